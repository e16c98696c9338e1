import { sourceName, type FileSource } from '../../files/file-source';
import { BpttError } from '../../support/errors';
import { quoted } from '../../support/found';
import type { Example, Sequence } from '../example';
import { Moments, type Normalization } from '../normalization';
import { isNumber } from './cells';
import { readCsvRows } from './csv';
import { RowOrder } from './row-order';

/** Rows of a table below its header, counted from 0. */
export interface RowRange {
  /** The first row. Default 0. */
  from?: number;
  /** The row behind the last one. Default: to the end of the file. */
  to?: number;
}

export interface WindowOptions {
  /** Rows a forecast is made from, at least 1: T of the input. */
  lookback: number;
  /** Rows to forecast, the ones that follow; at least 1. */
  horizon: number;
  /** Rows from the begin of a window to that of the next, at least 1. Default 1. */
  stride?: number;
  /**
   * y as one list of horizon·columns values, row by row (`sequence`, default; many-to-one), or as horizon rows of
   * values (`rows`; encoder-decoder).
   */
  target?: 'sequence' | 'rows';
}

/** Several variables measured at equal times. */
export class Series {
  constructor(
    /** What messages call it. */
    readonly name: string,
    readonly columns: readonly string[],
    /** The columns' values, row by row. */
    readonly rows: readonly (readonly number[])[],
  ) {}

  /** Mean and deviation of each column. */
  normalization(): Normalization {
    const moments = new Moments(this.columns.length);
    moments.addRows(this.rows);
    return moments.normalization();
  }

  /**
   * Windows that lie wholly within the rows: x the `lookback` rows, y the `horizon` rows behind them. Windows share
   * rows.
   *
   * @throws BpttError `ERR_OPTION` for lengths that are not whole numbers of at least 1; `ERR_DATA` when there are
   * fewer rows than one window needs.
   */
  *windows(options: WindowOptions): Generator<Example> {
    const { lookback, horizon, stride = 1, target = 'sequence' } = options;
    checkLengths({ lookback, horizon, stride });
    for (const start of this.starts(lookback, horizon, stride)) {
      const middle = start + lookback;
      const future = this.rows.slice(middle, middle + horizon);
      yield { x: this.rows.slice(start, middle), y: target === 'rows' ? future : future.flat() };
    }
  }

  /** What forecasts are made from: x of windows of which only the `lookback` rows need lie within the rows. Errors as
   * `windows`. */
  *inputs({ lookback, stride = 1 }: Pick<WindowOptions, 'lookback' | 'stride'>): Generator<Sequence> {
    checkLengths({ lookback, stride });
    for (const start of this.starts(lookback, 0, stride)) yield this.rows.slice(start, start + lookback);
  }

  private *starts(lookback: number, horizon: number, stride: number): Generator<number> {
    const { length } = this.rows;
    if (length < lookback + horizon) {
      const needed = horizon === 0 ? String(lookback) : `${lookback} + ${horizon}`;
      throw new BpttError(
        'ERR_DATA',
        `${this.name}: a window needs ${needed} rows, but there are ${length}.`,
      );
    }
    for (let start = 0; start + lookback + horizon <= length; start += stride) yield start;
  }
}

function checkLengths(lengths: Record<string, number>): void {
  for (const [option, value] of Object.entries(lengths)) {
    if (!Number.isInteger(value) || value < 1) {
      throw new BpttError('ERR_OPTION', `${option} must be a whole number of at least 1, but ${value} came.`);
    }
  }
}

/**
 * Reads columns of a `.csv` or `.tsv` file as a series. Rows outside the range are not looked at.
 *
 * @param onDoubt is told what is strange in the order of the rows, but may be meant.
 * @throws BpttError `ERR_OPTION` for a range or columns that make no sense; `ERR_DATA` naming file, line and column
 * for a cell that is no number, a missing column, dates beside them that go back, and a file with fewer rows than the range says; and as
 * `readCsvRows`.
 */
export async function readSeries(
  source: FileSource,
  columns: readonly string[],
  { from = 0, to = Infinity }: RowRange = {},
  onDoubt?: (message: string) => void,
): Promise<Series> {
  const name = sourceName(source);
  if (columns.length === 0) throw new BpttError('ERR_OPTION', 'A series needs at least one column.');
  if (!Number.isInteger(from) || from < 0 || !(Number.isInteger(to) || to === Infinity) || to <= from) {
    throw new BpttError(
      'ERR_OPTION',
      `The rows ${from}:${to} must be whole numbers from:to with 0 ≤ from < to; the row "to" itself is not read.`,
    );
  }
  const rows: number[][] = [];
  let order: RowOrder | undefined;
  const onHeader = (header: readonly string[]): void => {
    order = new RowOrder(name, header, columns);
  };
  let index = 0;
  for await (const { line, cells, row } of readCsvRows(source, columns, onHeader)) {
    if (index >= from) {
      rows.push(cells.map((cell, i) => cellNumber(cell, `${name}:${line}`, columns[i] as string)));
      order!.add(line, row);
    }
    if (++index >= to) break;
  }
  if (index < to && to !== Infinity) {
    throw new BpttError(
      'ERR_DATA',
      `${name}: rows ${from}:${to} were asked for, but there are ${index} rows.`,
    );
  }
  if (rows.length === 0) {
    throw new BpttError('ERR_DATA', `${name}: there is no row from ${from} on; the file has ${index} rows.`);
  }
  const doubt = order!.judge();
  if (doubt !== undefined) onDoubt?.(doubt);
  return new Series(name, columns, rows);
}

function cellNumber(cell: string, where: string, column: string): number {
  if (!isNumber(cell)) {
    throw new BpttError(
      'ERR_DATA',
      `${where}, column ${quoted(column)}: expected a number, found ${quoted(cell)}.`,
    );
  }
  return Number(cell);
}
