import type { WorkSlice } from '../../support/work-slice';
import type { Normalization } from '../normalization';
import { checkRows, checkStored, countRows, eachRow, rowsAPiece, rowsOf, type Rows } from '../rows';

/** Rows of numbers as float32, as z-scores where there is a scale. Errors: `ERR_DATA`, `ERR_SHAPE`, naming the step. */
export class ScaledRows {
  /** T */
  readonly length: number;
  /** [T·size], as far as they are encoded. Memory is taken once the first rows are there: a length alone costs none. */
  values = new Float32Array();
  private readonly rows: Rows;

  constructor(
    rows: unknown,
    private readonly size: number,
    private readonly scale: Normalization | undefined,
    private readonly where: string,
  ) {
    this.rows = rowsOf(rows, size, where);
    this.length = countRows(this.rows, size);
  }

  /** Encodes all rows. */
  atOnce(): this {
    this.encode(0, this.length);
    return this;
  }

  /** The same with pauses. */
  async inSlices(slice: WorkSlice): Promise<this> {
    const encode = (begin: number, end: number): void => {
      this.encode(begin, end);
    };
    await slice.inPieces(this.length, encode, rowsAPiece(this.size));
    return this;
  }

  private encode(begin: number, end: number): void {
    const { rows, size, scale, where } = this;
    checkRows(rows, size, where, begin, end);
    if (begin === 0) this.values = new Float32Array(this.length * size);
    const { values } = this;
    const store = (row: ArrayLike<number>, from: number, step: number): void => {
      if (scale !== undefined) scale.apply(row, from, values, step * size);
      else for (let i = 0; i < size; i++) values[step * size + i] = row[from + i] as number;
    };
    eachRow(rows, size, store, begin, end);
    checkStored(values, size, where, begin * size, end * size);
  }
}
