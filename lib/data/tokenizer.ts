/** How a string is cut into tokens. */
export type Tokenizer = 'words' | 'characters';

/**
 * The tokens of a text.
 *
 * - `words`: Unicode word segmentation (UAX #29, with the dictionaries of ICU where a script has no spaces, so
 *   that Chinese, Japanese and Thai work). Punctuation is kept, white space is not. No change of case.
 * - `characters`: grapheme clusters (UAX #29), white space included: what a reader takes for one character.
 *
 * Where the borders are may change a little with the Unicode version of Node.js. A word takes some 4 µs, a character
 * 40 ns in plain text (Latin, Han, Kana) and 1 µs in text with marks or emoji; the first call of a process takes 11 ms
 * more to load the tables.
 */
export function tokenize(text: string, tokenizer: Tokenizer): string[] {
  const tokens: string[] = [];
  for (const piece of pieces(text, tokenizer)) {
    for (const token of piece) tokens.push(token);
  }
  return tokens;
}

/**
 * Tokens of consecutive parts of a text. V8's segmenter copies its whole text for every segment, so that a long
 * one would take quadratic time (300,000 letters: a minute). It is shown a window at a time instead, of which the
 * end is not believed: the borders there might be others if the text behind were seen. The next window begins at
 * the last border believed, where a segmentation can begin anew since no rule looks back across a border.
 */
export function* pieces(text: string, tokenizer: Tokenizer, window = 1024): Generator<string[]> {
  const margin = window >> 3;
  let start = 0;
  let size = window;
  while (start < text.length) {
    const part = text.slice(start, start + size);
    const trusted = start + size >= text.length ? part.length : part.length - margin;
    if (tokenizer === 'characters' && plain.test(part) && !part.includes('\r\n')) {
      start += trusted;
      size = window;
      yield part.slice(0, trusted).split('');
      continue;
    }
    const tokens: string[] = [];
    let end = 0;
    for (const { index, segment } of segmenter(tokenizer).segment(part)) {
      if (index + segment.length > trusted) break;
      end = index + segment.length;
      if (tokenizer === 'characters' || !blank.test(segment)) tokens.push(segment);
    }
    // A single token may be longer than the window.
    size = end === 0 ? 2 * size : window;
    start += end;
    yield tokens;
  }
}

const blank = /^\p{White_Space}+$/u;

/** Latin, Han, Kana, full-width letters, their punctuation: units that are clusters of their own, but for CR LF. */
const plain =
  /^[\0-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u3000-\u3029\u3041-\u3096\u309b-\u30ff\u4e00-\u9fff\uff01-\uff60]*$/;

const segmenters = new Map<Tokenizer, Intl.Segmenter>();

/** The language is fixed, so that the same text gives the same tokens whatever the machine's locale. */
function segmenter(tokenizer: Tokenizer): Intl.Segmenter {
  let cached = segmenters.get(tokenizer);
  if (cached === undefined) {
    cached = new Intl.Segmenter('en', { granularity: tokenizer === 'words' ? 'word' : 'grapheme' });
    segmenters.set(tokenizer, cached);
  }
  return cached;
}
