/** How a string is cut into tokens. */
export type Tokenizer = 'words' | 'characters';

/**
 * The tokens of a text.
 *
 * - `words`: Unicode word segmentation (UAX #29, with the dictionaries of ICU where a script has no spaces, so
 *   that Chinese, Japanese and Thai work). Punctuation is kept, white space is not. No change of case.
 * - `characters`: grapheme clusters (UAX #29), white space included: what a reader takes for one character.
 *
 * Where the borders are may change a little with the Unicode version of Node.js. Words take about 2 µs each,
 * characters 10 ns each in plain text (Latin, Han, Kana) and 2 µs each in text with marks or emoji.
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
    const last = start + size >= text.length;
    const borders = tokenizer === 'words' ? wordBorders(part) : characterBorders(part);
    const trusted = last ? part.length : part.length - margin;
    const tokens: string[] = [];
    let from = 0;
    for (const to of borders) {
      if (to > trusted) break;
      const token = part.slice(from, to);
      if (tokenizer === 'characters' || !blank.test(token)) tokens.push(token);
      from = to;
    }
    // A single token may be longer than the window.
    size = from === 0 ? 2 * size : window;
    start += from;
    yield tokens;
  }
}

const blank = /^\p{White_Space}+$/u;

// The language is fixed, so that the same text gives the same tokens whatever the machine's locale.
let words: Intl.Segmenter | undefined;
let characters: Intl.Segmenter | undefined;

function* wordBorders(text: string): Generator<number> {
  words ??= new Intl.Segmenter('en', { granularity: 'word' });
  for (const { index, segment } of words.segment(text)) yield index + segment.length;
}

/** Latin, Han, Kana and full-width letters: units that are whole clusters next to each other, CR LF apart. */
const plain = /^[\0-\u02ff\u3000-\u3029\u3041-\u3096\u309b-\u30ff\u4e00-\u9fff\uff01-\uff60]*$/;

function* characterBorders(text: string): Generator<number> {
  if (plain.test(text) && !text.includes('\r\n')) {
    for (let border = 1; border <= text.length; border++) yield border;
    return;
  }
  characters ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  for (const { index, segment } of characters.segment(text)) yield index + segment.length;
}
