import { BpttError } from '../support/errors';
import { found } from '../support/found';
import type { WorkSlice } from '../support/work-slice';
import { checkedRows, checkRows, countRows, eachRow, rowsAPiece, rowsOf, type Row, type Rows } from './rows';

export interface NormalizationJSON {
  mean: number[];
  deviation: number[];
}

/**
 * Brings each feature to mean 0 and standard deviation 1 (z-scores), as measured on training data. The deviation
 * is that of the population (sum of squares over n). A feature that never changes gets deviation 1, so it becomes 0.
 */
export class Normalization {
  private constructor(
    /** [I] */
    readonly mean: Float64Array,
    /** [I], each greater than 0. */
    readonly deviation: Float64Array,
  ) {}

  /**
   * Measures sequences of rows of `size` numbers.
   *
   * @throws BpttError naming example, step and place: `ERR_DATA` for NaN and infinity, `ERR_SHAPE` for rows of
   * another size.
   */
  static fit(sequences: Iterable<Rows>, size: number): Normalization {
    const moments = new Moments(size);
    let example = 0;
    for (const rows of sequences) moments.addRows(checkedRows(rows, size, `example ${example++}`));
    return moments.normalization();
  }

  /** @throws BpttError `ERR_DATA` when these are not as many finite means as deviations above 0. */
  static of(mean: ArrayLike<number>, deviation: ArrayLike<number>): Normalization {
    const fits =
      mean.length === deviation.length &&
      Array.from(mean).every(Number.isFinite) &&
      Array.from(deviation).every((value) => Number.isFinite(value) && value > 0);
    if (!fits) {
      throw new BpttError(
        'ERR_DATA',
        'A normalization needs as many finite means as finite deviations greater than 0.',
      );
    }
    return new Normalization(Float64Array.from(mean), Float64Array.from(deviation));
  }

  /** @throws BpttError `ERR_DATA` when the value is no normalization. */
  static fromJSON(value: unknown): Normalization {
    const { mean, deviation } = (typeof value === 'object' && value !== null ? value : {}) as Partial<
      Record<string, unknown>
    >;
    if (!Array.isArray(mean) || !Array.isArray(deviation)) {
      throw new BpttError(
        'ERR_DATA',
        `A normalization must be { mean: number[], deviation: number[] }, found ${found(value)}.`,
      );
    }
    return Normalization.of(mean as number[], deviation as number[]);
  }

  get size(): number {
    return this.mean.length;
  }

  /** Writes the z-scores of the `size` numbers of `row` from `from` on into `out` from `to` on. */
  apply(row: Row, from: number, out: Float32Array | Float64Array | number[], to: number): void {
    const { mean, deviation } = this;
    for (let i = 0; i < mean.length; i++) {
      out[to + i] = ((row[from + i] as number) - (mean[i] as number)) / (deviation[i] as number);
    }
  }

  /** The numbers that have these z-scores: the reverse of `apply`. `out` may be `row`. */
  restore(row: Row, from: number, out: Float32Array | number[], to: number): void {
    const { mean, deviation } = this;
    for (let i = 0; i < mean.length; i++) {
      out[to + i] = (row[from + i] as number) * (deviation[i] as number) + (mean[i] as number);
    }
  }

  toJSON(): NormalizationJSON {
    return { mean: [...this.mean], deviation: [...this.deviation] };
  }
}

/** In what the values of a network are counted. */
export interface ValueScale {
  /** Of values that are learned as z-scores. */
  normalization?: Normalization | undefined;
  /** Of the training data, where the values are learned as they are. */
  measured?: Normalization | undefined;
}

/** Running mean and sum of squared differences of each feature (Welford 1962), in float64. */
export class Moments {
  private count = 0;
  private readonly mean: Float64Array;
  private readonly squares: Float64Array;

  constructor(size: number) {
    this.mean = new Float64Array(size);
    this.squares = new Float64Array(size);
  }

  /** Takes in checked rows, all or those from `begin` to before `end`. */
  addRows(rows: Rows, begin?: number, end?: number): void {
    eachRow(
      rows,
      this.mean.length,
      (row, from) => {
        this.add(row, from);
      },
      begin,
      end,
    );
  }

  /** Takes in rows that are to be checked, with pauses. Errors: `ERR_DATA`, `ERR_SHAPE`, naming the step. */
  async addInSlices(given: unknown, where: string, slice: WorkSlice): Promise<void> {
    const size = this.mean.length;
    const rows = rowsOf(given, size, where);
    const add = (begin: number, end: number): void => {
      checkRows(rows, size, where, begin, end);
      this.addRows(rows, begin, end);
    };
    await slice.inPieces(countRows(rows, size), add, rowsAPiece(size));
  }

  private add(row: Row, from: number): void {
    const { mean, squares } = this;
    this.count++;
    for (let i = 0; i < mean.length; i++) {
      const value = row[from + i] as number;
      const difference = value - (mean[i] as number);
      mean[i] = (mean[i] as number) + difference / this.count;
      squares[i] = (squares[i] as number) + difference * (value - (mean[i] as number));
    }
  }

  /** @throws BpttError `ERR_DATA` when a feature, or what `what` calls it, spreads beyond what a number can hold. */
  normalization(what = 'Feature'): Normalization {
    const deviation = this.squares.map((sum, i) => {
      const value = Math.sqrt(sum / Math.max(this.count, 1));
      // A spread within the rounding of the mean is none.
      return value <= Math.abs(this.mean[i] as number) * 2 ** -50 ? 1 : value;
    });
    const wrong = deviation.findIndex(
      (value, i) => !Number.isFinite(value) || !Number.isFinite(this.mean[i]),
    );
    if (wrong >= 0) {
      throw new BpttError('ERR_DATA', `${what} ${wrong} spreads too widely to be normalized.`);
    }
    return Normalization.of(this.mean, deviation);
  }
}
