import type { ClassesOutput, SymbolsRead } from '../../architecture/architecture';
import { BpttError } from '../../support/errors';
import { found } from '../../support/found';
import { maximumUsualSteps } from '../../support/option-bounds';
import { longPiece, WorkSlice } from '../../support/work-slice';
import type { EncodedTarget } from '../encoded';
import type { Locate } from '../example';
import { wrongKind } from '../rows';
import { TokenNumbers } from '../text/token-numbers';
import { pieces, tokenize, type Tokenizer } from '../text/tokenizer';
import { Vocabulary, type VocabularyJSON } from '../text/vocabulary';
import { CutTexts, type CutText } from './cut-texts';
import type { TargetContext } from './target-context';

export interface SymbolSequenceJSON {
  kind: 'classes';
  tokenizer: Tokenizer;
  vocabulary: VocabularyJSON;
  longest: number;
}

/** What the options say of the symbols. */
export type SymbolSequenceOptions = Pick<ClassesOutput, 'labels'> & Omit<SymbolsRead, 'kind' | 'embedding'>;

type SymbolContext = Omit<TargetContext, 'steps'>;

/** Units of a text that are encoded within a slice of work. */
const longText = 1 << 14;

/**
 * Turns targets that are symbols in any number into their ids: 0 is the boundary, which stands in no target, 1 the unknown
 * symbol. Methods that see data throw a BpttError naming the example: `ERR_DATA` for the wrong kind of thing.
 */
export class SymbolSequenceEncoder {
  readonly kind = 'classes';
  /** The texts of the training data, until they have been encoded. */
  #cut: CutTexts | undefined;

  private constructor(
    readonly vocabulary: Vocabulary,
    /** How a target that is a string is cut. */
    readonly tokenizer: Tokenizer,
    /** Symbols of the longest training target; 0 before the first training. */
    readonly longest: number,
  ) {}

  /** Learns the symbols of the training data unless they are given, and how many a target may have. */
  static async fit(
    options: SymbolSequenceOptions,
    targets: readonly unknown[],
    locate: Locate,
    slice = new WorkSlice(),
  ): Promise<SymbolSequenceEncoder> {
    const { tokenizer = 'words', minCount = 1 } = options;
    const seen = new TokenNumbers();
    const cut = new CutTexts(seen);
    let longest = 0;
    for (const [i, y] of targets.entries()) {
      if (slice.spent) await slice.pause();
      if (typeof y === 'string') {
        for (const piece of pieces(y, tokenizer)) {
          cut.push(piece);
          if (slice.spent) await slice.pause();
        }
        longest = Math.max(longest, cut.end(y));
      } else {
        const symbols = symbolsOf(y, tokenizer, locate(i));
        await slice.inPieces(symbols.length, (begin, end) => {
          seen.push(begin === 0 && end === symbols.length ? symbols : symbols.slice(begin, end));
        });
        longest = Math.max(longest, symbols.length);
      }
    }
    const given = givenVocabulary(options);
    if (given === undefined && seen.size === 0) {
      throw new BpttError('ERR_DATA', 'No example has a symbol in y; at least one is needed.');
    }
    const vocabulary = given ?? (await Vocabulary.fromCounts(seen, { minCount }, slice));
    const encoder = new SymbolSequenceEncoder(vocabulary, tokenizer, Math.min(longest, maximumUsualSteps));
    if (!cut.isEmpty) {
      await cut.settle(vocabulary, slice);
      encoder.#cut = cut;
    }
    return encoder;
  }

  /** The encoder of options that leave no size to the training data. */
  static known(options: SymbolSequenceOptions): SymbolSequenceEncoder | undefined {
    const vocabulary = givenVocabulary(options);
    return vocabulary && new SymbolSequenceEncoder(vocabulary, options.tokenizer ?? 'words', 0);
  }

  /** @throws BpttError `ERR_DATA` when the value is not what `toJSON` gives. */
  static fromJSON(value: unknown): SymbolSequenceEncoder {
    const { kind, tokenizer, vocabulary, longest } = (
      typeof value === 'object' && value !== null ? value : {}
    ) as Partial<Record<string, unknown>>;
    if (
      kind !== 'classes' ||
      (tokenizer !== 'words' && tokenizer !== 'characters') ||
      !Number.isInteger(longest) ||
      Number(longest) < 0 ||
      Number(longest) > maximumUsualSteps
    ) {
      throw new BpttError('ERR_DATA', `Expected the JSON form of targets of symbols, found ${found(value)}.`);
    }
    return new SymbolSequenceEncoder(Vocabulary.fromJSON(vocabulary), tokenizer, Number(longest));
  }

  /** O: the boundary, the unknown symbol and those known. */
  get size(): number {
    return this.vocabulary.size;
  }

  encode(y: unknown, { where, unknown = 'error', alternatives = [] }: SymbolContext): EncodedTarget {
    if (unknown === 'error') {
      const known = this.taken(y);
      if (known !== undefined) return { classes: known, steps: known.length };
    }
    const symbols = symbolsOf(y, this.tokenizer, where);
    const classes = Int32Array.from(symbols, (symbol) => this.vocabulary.id(symbol));
    return this.target(classes, symbols, { where, unknown, alternatives });
  }

  /** Whether a target is encoded within a slice of work. */
  isShort(y: unknown): boolean {
    if (typeof y === 'string') return y.length <= longText;
    return !Array.isArray(y) || y.length <= longPiece;
  }

  /** With pauses, for one that is not short. */
  async encodeInSlices(y: unknown, context: SymbolContext, slice: WorkSlice): Promise<EncodedTarget> {
    const cut = (context.unknown ?? 'error') === 'error' ? this.take(y) : undefined;
    if (cut !== undefined) {
      await slice.inPieces(cut.length, (begin, end) => {
        cut.encode(begin, end);
      });
      const { tokens, length } = cut.sequence();
      return { classes: tokens, steps: length };
    }
    const symbols = await this.cutInSlices(y, context.where, slice);
    const classes = new Int32Array(symbols.length);
    await slice.inPieces(symbols.length, (begin, end) => {
      for (let i = begin; i < end; i++) classes[i] = this.vocabulary.id(symbols[i]!);
    });
    const target = { classes, steps: classes.length };
    if (context.unknown !== 'keep') return target;
    const references = [symbols];
    for (const [i, other] of (context.alternatives ?? []).entries()) {
      references.push(await this.cutInSlices(other, `${context.where}, alternative ${i}`, slice));
    }
    return { ...target, references };
  }

  /** A copy of the symbols, or those of a text. */
  private async cutInSlices(y: unknown, where: string, slice: WorkSlice): Promise<string[]> {
    if (typeof y !== 'string') {
      const given = symbolsOf(y, this.tokenizer, where);
      if (slice.spent) await slice.pause();
      return given.slice();
    }
    const symbols: string[] = [];
    for (const piece of pieces(y, this.tokenizer)) {
      for (const symbol of piece) symbols.push(symbol);
      if (slice.spent) await slice.pause();
    }
    return symbols;
  }

  toJSON(): SymbolSequenceJSON {
    const { kind, tokenizer, vocabulary, longest } = this;
    return { kind, tokenizer, vocabulary: vocabulary.toJSON(), longest };
  }

  private target(
    classes: Int32Array,
    symbols: readonly string[],
    { where, unknown = 'error', alternatives = [] }: SymbolContext,
  ): EncodedTarget {
    const target = { classes, steps: classes.length };
    if (unknown === 'error') return target;
    const others = alternatives.map((other, i) =>
      symbolsOf(other, this.tokenizer, `${where}, alternative ${i}`),
    );
    return { ...target, references: [[...symbols], ...others.map((other) => [...other])] };
  }

  /** The ids of a text that the vocabulary was learned from. */
  private taken(y: unknown): Int32Array | undefined {
    const text = this.take(y);
    text?.encode(0, text.length);
    return text?.sequence().tokens;
  }

  private take(y: unknown): CutText | undefined {
    const cut = this.#cut;
    if (cut === undefined || typeof y !== 'string') return undefined;
    const text = cut.take(y);
    if (cut.isEmpty) this.#cut = undefined;
    return text;
  }
}

function givenVocabulary({ labels, vocabulary }: SymbolSequenceOptions): Vocabulary | undefined {
  return labels === undefined ? vocabulary : Vocabulary.of(labels);
}

function symbolsOf(y: unknown, tokenizer: Tokenizer, where: string): readonly string[] {
  if (typeof y === 'string') return tokenize(y, tokenizer);
  if (!Array.isArray(y)) throw wrongKind(where, 'y to be symbols (a string or a list of strings)', y);
  const wrong = y.findIndex((symbol: unknown) => typeof symbol !== 'string');
  if (wrong >= 0) throw wrongKind(`${where}, symbol ${wrong}`, 'a string', y[wrong]);
  return y as readonly string[];
}
