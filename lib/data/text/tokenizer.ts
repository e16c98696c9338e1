import { PlainCharacters } from './plain-characters';
import { PlainWords } from './plain-words';
import { Segmentation } from './segmentation';

/** How a string is cut into tokens. */
export type Tokenizer = 'words' | 'characters';

/**
 * The tokens of a text.
 *
 * - `words`: Unicode word segmentation (UAX #29, with the dictionaries of ICU where a script has no spaces, so
 *   that Chinese, Japanese and Thai work). Punctuation is kept, white space is not. No change of case.
 * - `characters`: grapheme clusters (UAX #29), white space included: what a reader takes for one character.
 *
 * Where the borders are may change a little with the Unicode version of Node.js. The time is that of the length, whatever the
 * text: some 100 ns a word and 10 ns a character of plain text, 4 µs a word and 1 µs a character where the segmenter of the
 * engine is needed (words without spaces, Hebrew, Korean, emoji), whose tables take 11 ms to load.
 */
export function tokenize(text: string, tokenizer: Tokenizer): string[] {
  const tokens: string[] = [];
  for (const piece of pieces(text, tokenizer)) {
    for (let i = 0; i < piece.length; i++) tokens.push(piece[i] as string);
  }
  return tokens;
}

/** Most tokens of the segmenter between two pauses. */
const pieceLength = 64;

/**
 * Tokens of consecutive parts of a text, each found in less than a millisecond; a part may have none.
 *
 * @param window units that the segmenter is shown at a time.
 */
export function* pieces(text: string, tokenizer: Tokenizer, window = 1024): Generator<string[]> {
  const plain = tokenizer === 'words' ? new PlainWords(text, wordKinds) : new PlainCharacters(text);
  let segmentation: Segmentation | undefined;
  let tokens: string[] = [];
  while (!plain.isDone) {
    plain.scan(tokens);
    if (plain.isStuck) {
      segmentation ??= new Segmentation(text, segmenter(tokenizer), window);
      for (let { begin, from } = plain; plain.isStuck;) {
        const end = segmentation.end(from);
        if (end === undefined || tokens.length >= pieceLength) {
          yield tokens;
          tokens = [];
        }
        if (end === undefined) continue;
        const segment = text.slice(begin, end);
        if (tokenizer === 'characters' || !PlainWords.isBlank(segment)) tokens.push(segment);
        if (end >= text.length || plain.isPlain(end)) plain.resume(end);
        begin = from = end;
      }
    }
    yield tokens;
    tokens = [];
  }
}

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

const wordKinds = PlainWords.kinds(() => segmenter('words'));
