import type { TokensInput } from '../../architecture/architecture';
import { BpttError } from '../../support/errors';
import { GrowingIntegers } from '../../support/growing-integers';
import { isInt32Array } from '../../support/realms';
import type { WorkSlice } from '../../support/work-slice';
import type { EncodedSequence } from '../encoded';
import type { Locate } from '../example';
import { isDetached, wrongKind } from '../rows';
import { TokenNumbers } from '../text/token-numbers';
import { pieces, tokenize, type Tokenizer } from '../text/tokenizer';
import { countTokens, Vocabulary, type VocabularyJSON } from '../text/vocabulary';
import { WordForms } from '../text/word-forms';
import { CutTexts, type CutText } from './cut-texts';

export type TokenInputJSON =
  | { kind: 'tokens'; tokenizer: Tokenizer; vocabulary: VocabularyJSON; characters?: VocabularyJSON }
  | { kind: 'tokens'; ids: number };

/** Tokens of a list handled between two looks at the clock. */
const pieceLength = 1024;

/** Encodes text, lists of tokens, or ids the caller made. */
export class TokenInput {
  readonly kind = 'tokens';
  /** The texts of the training data, until they have been encoded. */
  #cut: CutTexts | undefined;

  /** Without a vocabulary only ids are taken. */
  constructor(
    /** Number of ids. */
    readonly size: number,
    private readonly tokenizer: Tokenizer,
    readonly vocabulary?: Vocabulary,
    /** Of the words' characters, where they are read too; only with a vocabulary. */
    readonly characters?: Vocabulary,
  ) {}

  static withVocabulary(
    vocabulary: Vocabulary,
    tokenizer: Tokenizer = 'words',
    characters?: Vocabulary,
  ): TokenInput {
    return new TokenInput(vocabulary.size, tokenizer, vocabulary, characters);
  }

  /** What a vocabulary that was given says alone. */
  static known({ tokenizer, characters }: TokensInput, vocabulary: Vocabulary): TokenInput {
    const ofTokens = isGiven(characters)
      ? Vocabulary.build(vocabulary.toJSON().tokens.map((token) => tokenize(token, 'characters')))
      : undefined;
    return TokenInput.withVocabulary(vocabulary, tokenizer, ofTokens);
  }

  /** Learns the tokens (or the number of ids) of the training data, unless the vocabulary is given. */
  static async fit(
    spec: TokensInput,
    sequences: readonly unknown[],
    locate: Locate,
    slice: WorkSlice,
  ): Promise<TokenInput> {
    const tokenizer = spec.tokenizer ?? 'words';
    const charactersOf = async (words: () => Iterable<string>): Promise<Vocabulary | undefined> =>
      isGiven(spec.characters) ? characterVocabulary(words(), slice) : undefined;
    const { vocabulary: given } = spec;
    if (given !== undefined) {
      const characters = await charactersOf(() => given.toJSON().tokens);
      return TokenInput.withVocabulary(given, tokenizer, characters);
    }
    const seen = new TokenNumbers();
    const cut = new CutTexts(seen);
    let withIds = -1;
    let withText = -1;
    let largest = Vocabulary.unknown;
    for (const [i, x] of sequences.entries()) {
      if (slice.spent) await slice.pause();
      if (isInt32Array(x)) {
        withIds = i;
        for (const id of copiedIds(x, 2 ** 31 - 1, locate(i))) if (id > largest) largest = id;
      } else {
        const counted = typeof x === 'string' ? cut : seen;
        for (const piece of tokenPieces(x, tokenizer, locate(i))) {
          counted.push(piece);
          if (piece.length > 0) withText = i;
          if (slice.spent) await slice.pause();
        }
        if (typeof x === 'string') cut.end(x);
      }
      slice.count();
      if (withIds >= 0 && withText >= 0) {
        throw new BpttError(
          'ERR_DATA',
          `${locate(withText)} is text, but ${locate(withIds)} an Int32Array of ids; with ids and no vocabulary, all must be ids.`,
        );
      }
    }
    if (withIds >= 0) {
      if (isGiven(spec.characters)) {
        throw new BpttError(
          'ERR_DATA',
          `${locate(withIds)} is an Int32Array of ids, which have no characters; the option "input.characters" needs words, or the vocabulary of the ids.`,
        );
      }
      return new TokenInput(largest + 1, tokenizer);
    }
    const vocabulary = await Vocabulary.fromCounts(seen, { minCount: spec.minCount ?? 1 }, slice);
    const input = TokenInput.withVocabulary(vocabulary, tokenizer, await charactersOf(() => seen.tokens()));
    if (!cut.isEmpty) {
      await cut.settle(vocabulary, slice);
      input.#cut = cut;
    }
    return input;
  }

  /** For the words of sequences that are encoded together, where their characters are read. */
  wordForms(): WordForms | undefined {
    return this.characters && new WordForms(this.characters);
  }

  encode(x: unknown, where: string, forms = this.wordForms()): EncodedSequence {
    if (isInt32Array(x)) return this.encodeIds(x, where, forms);
    const cut = this.take(x, forms);
    if (cut !== undefined) {
      cut.encode(0, cut.length);
      return cut.sequence();
    }
    const ids = this.idsFor(x, where, forms);
    for (const piece of tokenPieces(x, this.tokenizer, where)) ids.add(piece);
    return ids.sequence();
  }

  /** Whether a sequence is encoded within a slice of work. */
  isShort(x: unknown): boolean {
    return isInt32Array(x) || !(typeof x === 'string' || Array.isArray(x)) || x.length <= pieceLength;
  }

  /** With pauses, for one that is not short. */
  async encodeInSlices(
    x: unknown,
    where: string,
    slice: WorkSlice,
    forms = this.wordForms(),
  ): Promise<EncodedSequence> {
    const cut = this.take(x, forms);
    if (cut !== undefined) {
      for (let begin = 0; begin < cut.length; begin += pieceLength) {
        const end = Math.min(begin + pieceLength, cut.length);
        if (forms !== undefined) await forms.addLong(cut.slice(begin, end), slice);
        cut.encode(begin, end);
        if (slice.spent) await slice.pause();
      }
      return cut.sequence();
    }
    const ids = this.idsFor(x, where, forms);
    for (const piece of tokenPieces(x, this.tokenizer, where)) {
      if (forms !== undefined) await forms.addLong(piece, slice);
      ids.add(piece);
      if (slice.spent) await slice.pause();
    }
    return ids.sequence();
  }

  /** [size] 1 for the tokens seen exactly once in training; none where the caller made the ids. */
  rare(): Uint8Array {
    return this.vocabulary?.rare() ?? new Uint8Array(this.size);
  }

  toJSON(): TokenInputJSON {
    return this.vocabulary === undefined
      ? { kind: 'tokens', ids: this.size }
      : {
          kind: 'tokens',
          tokenizer: this.tokenizer,
          vocabulary: this.vocabulary.toJSON(),
          ...(this.characters && { characters: this.characters.toJSON() }),
        };
  }

  /** The characters of an id are those of its token; padding and the unknown token have none. */
  private encodeIds(x: Int32Array, where: string, forms: WordForms | undefined): EncodedSequence {
    const { vocabulary } = this;
    const tokens = copiedIds(x, this.size, where);
    if (forms === undefined || vocabulary === undefined) return { length: x.length, tokens };
    const words = tokens.map((id) => forms.index(vocabulary.known(id) ?? ''));
    return { length: x.length, tokens, words, forms };
  }

  /** What is known of a text that the vocabulary was learned from. */
  private take(x: unknown, forms: WordForms | undefined): CutText | undefined {
    const cut = this.#cut;
    if (cut === undefined || typeof x !== 'string') return undefined;
    const text = cut.take(x, forms);
    if (cut.isEmpty) this.#cut = undefined;
    return text;
  }

  private idsFor(x: unknown, where: string, forms: WordForms | undefined): TokenIds {
    const length = typeof x === 'string' || Array.isArray(x) ? x.length : 0;
    if (this.vocabulary === undefined && length > 0) {
      throw wrongKind(where, 'an Int32Array of ids, since the training data had no tokens but ids', x);
    }
    return new TokenIds(this.vocabulary, forms);
  }
}

/** The ids of tokens that come piece by piece. */
class TokenIds {
  private readonly ids = new GrowingIntegers();
  /** Where there are forms. */
  private readonly words: GrowingIntegers | undefined;

  constructor(
    private readonly vocabulary: Vocabulary | undefined,
    private readonly forms: WordForms | undefined,
  ) {
    this.words = forms && new GrowingIntegers();
  }

  add(tokens: readonly string[]): void {
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i] as string;
      this.ids.push(this.vocabulary?.id(token) ?? Vocabulary.unknown);
      if (this.forms !== undefined) this.words!.push(this.forms.index(token));
    }
  }

  sequence(): EncodedSequence {
    const { forms, words } = this;
    const { length } = this.ids;
    const tokens = this.ids.toArray();
    return forms === undefined ? { length, tokens } : { length, tokens, words: words!.toArray(), forms };
  }
}

function isGiven(characters: TokensInput['characters']): boolean {
  return characters !== undefined && characters !== false;
}

/** The characters of different words; how often a character was seen is in how many of them, not how often in the text. */
async function characterVocabulary(words: Iterable<string>, slice: WorkSlice): Promise<Vocabulary> {
  const counts = new Map<string, number>();
  for (const word of words) {
    for (const piece of pieces(word, 'characters')) {
      countTokens(counts, piece);
      if (slice.spent) await slice.pause();
    }
  }
  return Vocabulary.fromCounts(counts, {}, slice);
}

function* tokenPieces(x: unknown, tokenizer: Tokenizer, where: string): Generator<readonly string[]> {
  if (typeof x === 'string') {
    yield* pieces(x, tokenizer);
    return;
  }
  const tokens = checkedTokens(x, where);
  for (let start = 0; start < tokens.length; start += pieceLength) {
    yield tokens.length <= pieceLength ? tokens : tokens.slice(start, start + pieceLength);
  }
}

function checkedTokens(x: unknown, where: string): readonly string[] {
  if (!Array.isArray(x))
    throw wrongKind(where, 'tokens (a string, a list of strings or an Int32Array of ids)', x);
  const tokens = x as readonly unknown[];
  for (let step = 0; step < tokens.length; step++) {
    if (typeof tokens[step] !== 'string') throw wrongKind(`${where}, step ${step}`, 'a string', tokens[step]);
  }
  return tokens as readonly string[];
}

/** The copy is what is checked: other threads may write into shared memory. */
function copiedIds(x: Int32Array, size: number, where: string): Int32Array {
  if (isDetached(x)) throw new BpttError('ERR_DATA', `${where}: the Int32Array is detached.`);
  const ids = x.slice();
  const wrong = ids.findIndex((id) => id < 0 || id >= size);
  if (wrong >= 0) throw wrongKind(`${where}, step ${wrong}`, `an id from 0 to ${size - 1}`, ids[wrong]);
  return ids;
}
