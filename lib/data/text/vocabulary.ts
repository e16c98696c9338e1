import { byCodePoint } from '../../support/code-point-order';
import { BpttError } from '../../support/errors';
import { found, quoted } from '../../support/found';
import { sortInSlices } from '../../support/sort-in-slices';
import { atOnce, WorkSlice } from '../../support/work-slice';

/** A vocabulary as it is written into a model file: the tokens from id 2 on, and how often each was seen. */
export interface VocabularyJSON {
  tokens: string[];
  counts: number[];
}

export interface VocabularyOptions {
  /** How often a token must occur to be known, at least 1. Default 1. */
  minCount?: number;
}

/** Marks the vocabularies of all copies of this package. */
const mark = Symbol.for('bptt.Vocabulary');

/** The first id of a token; 0 and 1 have a meaning of their own. */
const first = 2;

/** Between two looks at the clock. */
const tokensAtOnce = 256;

/**
 * Numbers for the tokens of a model. Id 0 is the padding beyond a sequence's ends, 1 the unknown token, and the
 * tokens follow from 2, the most frequent first; those seen equally often stand in the order of their code points.
 */
export class Vocabulary {
  static {
    Object.defineProperty(this.prototype, mark, { value: true });
  }

  /** The id that stands beyond the ends of a sequence. */
  static readonly padding = 0;
  /** The id of all tokens that are not known. */
  static readonly unknown = 1;

  private constructor(
    private readonly tokens: readonly string[],
    /** [size] how often each id was seen in the training data; 0 where that is not known. */
    readonly counts: Uint32Array,
    private readonly ids: ReadonlyMap<string, number>,
  ) {}

  /**
   * The vocabulary of these sequences of tokens.
   *
   * @throws BpttError `ERR_DATA` when they are no sequences of strings, `ERR_OPTION` when minCount is no whole number of at least 1.
   */
  static build(sequences: Iterable<Iterable<string>>, options: VocabularyOptions = {}): Vocabulary {
    const minCount: unknown = (options as VocabularyOptions | null)?.minCount ?? 1;
    if (typeof minCount !== 'number' || !Number.isInteger(minCount) || minCount < 1) {
      throw new BpttError(
        'ERR_OPTION',
        `Vocabulary: minCount must be a whole number of at least 1, found ${found(minCount)}.`,
      );
    }
    const counts = new Map<string, number>();
    for (const sequence of iterable(sequences, 'sequences of tokens')) {
      countTokens(counts, [...iterable(sequence, 'tokens')]);
    }
    const kept = [...counts].filter(([, count]) => count >= minCount).sort(byCount);
    return Vocabulary.of(
      kept.map(([token]) => token),
      kept.map(([, count]) => count),
    );
  }

  /** `build` from counted tokens, with pauses. */
  static async fromCounts(
    counts: Iterable<readonly [token: string, count: number]>,
    options: VocabularyOptions = {},
    slice = new WorkSlice(),
  ): Promise<Vocabulary> {
    const { minCount = 1 } = options;
    const entries: (readonly [string, number])[] = [];
    for (const entry of counts) {
      if (entry[1] >= minCount) entries.push(entry);
      if (slice.spent) await slice.pause();
    }
    const kept = await sortInSlices(entries, byCount, slice);
    const tokens: string[] = [];
    const seen = new Uint32Array(first + kept.length);
    const ids = new Map<string, number>();
    for (const [token, count] of kept) {
      const id = first + tokens.push(token) - 1;
      seen[id] = count;
      ids.set(token, id);
      if (slice.spent) await slice.pause();
    }
    return new Vocabulary(tokens, seen, ids);
  }

  /**
   * A vocabulary with these tokens from id 2 on, in this order.
   *
   * @param counts how often each occurs, if known.
   * @throws BpttError `ERR_DATA` when something is not a string, stands twice, or is counted wrongly.
   */
  static of(tokens: readonly string[], counts?: readonly number[]): Vocabulary {
    return atOnce(Vocabulary.making(tokens, counts));
  }

  /** `of`, which may be left alone from time to time. */
  private static *making(
    tokens: readonly string[],
    counts: readonly number[] | undefined,
  ): Generator<undefined, Vocabulary> {
    const given: unknown[] = counts === undefined ? [tokens] : [tokens, counts];
    const wrong = given.findIndex((list) => !Array.isArray(list));
    if (wrong >= 0) {
      throw new BpttError(
        'ERR_DATA',
        `Vocabulary: expected a list of tokens and one of counts, found ${found(given[wrong])}.`,
      );
    }
    const ids = new Map<string, number>();
    const seen = new Uint32Array(first + tokens.length);
    if (counts !== undefined && counts.length !== tokens.length) {
      throw new BpttError(
        'ERR_DATA',
        `A vocabulary of ${tokens.length} tokens needs as many counts, found ${counts.length}.`,
      );
    }
    for (let i = 0; i < tokens.length; i++) {
      const token: unknown = tokens[i];
      if (typeof token !== 'string') {
        throw new BpttError('ERR_DATA', `Vocabulary: token ${i} must be a string, found ${found(token)}.`);
      }
      if (ids.has(token)) {
        throw new BpttError('ERR_DATA', `Vocabulary: the token ${quoted(token)} stands twice.`);
      }
      ids.set(token, first + i);
      const count: unknown = counts?.[i] ?? 0;
      if (!Number.isInteger(count) || Number(count) < 0 || Number(count) >= 2 ** 32) {
        throw new BpttError(
          'ERR_DATA',
          `Vocabulary: the count of ${quoted(token)} must be a whole number of at least 0, found ${found(count)}.`,
        );
      }
      seen[first + i] = Number(count);
      if (i % tokensAtOnce === 0) yield;
    }
    return new Vocabulary([...tokens], seen, ids);
  }

  /** @throws BpttError `ERR_DATA` when the value is no vocabulary. */
  static fromJSON(value: unknown): Vocabulary {
    // What is read from a file is one already.
    return value instanceof Vocabulary ? value : Vocabulary.of(...listsOf(value));
  }

  /** `fromJSON` with pauses. */
  static async fromJSONInSlices(value: unknown, slice: WorkSlice): Promise<Vocabulary> {
    return slice.through(Vocabulary.making(...listsOf(value)));
  }

  /** Number of ids: the tokens and the two special ids. */
  get size(): number {
    return first + this.tokens.length;
  }

  /** 1 where the token is not known. */
  id(token: string): number {
    return this.ids.get(token) ?? Vocabulary.unknown;
  }

  /** Whether the token has an id of its own. */
  has(token: string): boolean {
    return this.ids.has(token);
  }

  /** The token with this id, if it is one of those from 2 on. */
  known(id: number): string | undefined {
    return this.tokens[id - first];
  }

  /** The token with this id; for 0 and 1 names that only serve to be shown. */
  token(id: number): string {
    if (id === Vocabulary.padding) return '<padding>';
    if (id === Vocabulary.unknown) return '<unknown>';
    const token = this.tokens[id - first];
    if (token === undefined) {
      throw new BpttError('ERR_DATA', `A vocabulary of ${this.size} ids has no id ${id}.`);
    }
    return token;
  }

  /** [size] 1 for the tokens seen exactly once, which training now and then reads as unknown. */
  rare(): Uint8Array {
    const rare = new Uint8Array(this.counts.length);
    for (let id = first; id < rare.length; id++) rare[id] = this.counts[id] === 1 ? 1 : 0;
    return rare;
  }

  /** What `fromJSON` reads. */
  toJSON(): VocabularyJSON {
    const counts = new Array<number>(this.tokens.length);
    for (let i = 0; i < counts.length; i++) counts[i] = this.counts[first + i]!;
    return { tokens: this.tokens.slice(), counts };
  }
}

/** Whether this is a vocabulary, of this or another copy of the package. */
export function isVocabulary(value: unknown): value is Vocabulary {
  return typeof value === 'object' && value !== null && mark in value;
}

/** The same vocabulary as one of this copy. Errors: `ERR_DATA`. */
export function ownVocabulary(vocabulary: Vocabulary): Vocabulary {
  return vocabulary instanceof Vocabulary
    ? vocabulary
    : Vocabulary.fromJSON((vocabulary as Vocabulary).toJSON());
}

/** Adds the tokens of a sequence to the counts; by index, since iterating makes an object for each token before it is compiled. */
export function countTokens(counts: Map<string, number>, tokens: readonly string[]): void {
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as string;
    counts.set(token, (counts.get(token) ?? 0) + 1);
  }
}

function listsOf(value: unknown): [tokens: string[], counts: number[]] {
  const { tokens, counts } = (typeof value === 'object' && value !== null ? value : {}) as Partial<
    Record<string, unknown>
  >;
  if (!Array.isArray(tokens) || !Array.isArray(counts)) {
    throw new BpttError(
      'ERR_DATA',
      `A vocabulary must be { tokens: string[], counts: number[] }, found ${found(value)}.`,
    );
  }
  return [tokens as string[], counts as number[]];
}

function byCount(a: readonly [string, number], b: readonly [string, number]): number {
  return b[1] - a[1] || byCodePoint(a[0], b[0]);
}

function iterable<T>(value: Iterable<T>, of: string): Iterable<T> {
  const given: unknown = value;
  if (
    typeof given !== 'string' &&
    (typeof given !== 'object' || given === null || !(Symbol.iterator in given))
  ) {
    throw new BpttError('ERR_DATA', `Vocabulary: expected an iterable of ${of}, found ${found(given)}.`);
  }
  return value;
}
