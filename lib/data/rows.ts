import { BpttError } from '../support/errors';
import { found } from '../support/found';
import { isFloat32Array, isFloat64Array } from '../support/realms';
import { longPiece } from '../support/work-slice';

/** A row of numbers somewhere in an array. */
export type Row = ArrayLike<number>;

/** What is said of a place that holds the wrong kind of thing. */
export function wrongKind(where: string, expected: string, value: unknown): BpttError {
  return new BpttError('ERR_DATA', `${where}: expected ${expected}, found ${found(value)}.`);
}

/** What is said of the right kind of thing in the wrong size. */
export function wrongSize(where: string, expected: string, came: number | string): BpttError {
  return new BpttError('ERR_SHAPE', `${where}: expected ${expected}, found ${came}.`);
}

/**
 * Whether memory was taken from under an array (transferred to a worker, or its buffer shrunk): it would read as
 * an empty one.
 */
export function isDetached(array: Float32Array | Int32Array): boolean {
  try {
    if (array.length > 0) return false;
    // The methods of typed arrays check what their length hides.
    array.indexOf(0);
    return false;
  } catch {
    return true;
  }
}

/** Rows of the same number of numbers: a list of rows, or the numbers of all rows one after the other. */
export type Rows = Float32Array | readonly Row[];

/**
 * Checks that these are rows of `size` finite numbers: a `number[][]`, or T·size numbers in a `Float32Array`.
 *
 * @throws BpttError `ERR_SHAPE` for a wrong number of numbers, `ERR_DATA` for anything that is no finite number.
 */
export function checkedRows(rows: unknown, size: number, where: string): Rows {
  const checked = rowsOf(rows, size, where);
  checkRows(checked, size, where, 0, countRows(checked, size));
  return checked;
}

/** The same for what holds the rows alone: what is in them is for `checkRows`, piece by piece. */
export function rowsOf(rows: unknown, size: number, where: string): Rows {
  if (isFloat32Array(rows)) {
    if (isDetached(rows)) throw new BpttError('ERR_DATA', `${where}: the Float32Array is detached.`);
    if (rows.length % size !== 0) {
      throw wrongSize(where, `a multiple of ${size} numbers (steps × ${size})`, rows.length);
    }
    return rows;
  }
  if (!Array.isArray(rows)) throw wrongKind(where, `rows of ${size} numbers`, rows);
  return rows as readonly Row[];
}

/** Checks the rows from `begin` to before `end`. */
export function checkRows(rows: Rows, size: number, where: string, begin: number, end: number): void {
  if (isFloat32Array(rows)) {
    for (let step = begin; step < end; step++) checkNumbers(rows, step * size, size, where, step);
    return;
  }
  for (let step = begin; step < end; step++) {
    const row: unknown = rows[step];
    if (!isNumberList(row)) {
      const hint = typeof row === 'number' ? ` A step with one number is written [${row}].` : '';
      throw new BpttError(
        'ERR_DATA',
        `${where}, step ${step}: expected a list of ${size} numbers, found ${found(row)}.${hint}`,
      );
    }
    if (row.length !== size) throw wrongSize(`${where}, step ${step}`, `${size} numbers`, row.length);
    checkNumbers(row, 0, size, where, step);
  }
}

/** Rows of `size` numbers that make a piece of work. */
export function rowsAPiece(size: number): number {
  return Math.max(1, Math.floor(longPiece / size));
}

/** T of checked rows. */
export function countRows(rows: Rows, size: number): number {
  return isFloat32Array(rows) ? rows.length / size : rows.length;
}

/** Visits checked rows, all or those from `begin` to before `end`: the `size` numbers of `row` from `from` on. */
export function eachRow(
  rows: Rows,
  size: number,
  visit: (row: Row, from: number, step: number) => void,
  begin = 0,
  end = countRows(rows, size),
): void {
  if (isFloat32Array(rows)) {
    for (let step = begin; step < end; step++) visit(rows, step * size, step);
  } else {
    for (let step = begin; step < end; step++) visit(rows[step] as Row, 0, step);
  }
}

/** Whether it may hold many numbers. */
export function hasLength(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || isFloat32Array(value);
}

export function isNumberList(value: unknown): value is Row {
  return Array.isArray(value) || isFloat32Array(value) || isFloat64Array(value);
}

function checkNumbers(row: Row, from: number, size: number, where: string, step: number): void {
  for (let i = 0; i < size; i++) {
    const value: unknown = row[from + i];
    if (!Number.isFinite(value)) {
      throw wrongKind(`${where}, step ${step}, number ${i}`, 'a finite number', value);
    }
  }
}

/** Numbers beyond float32 become infinite when they are stored; the native core takes none such. */
export function checkStored(
  values: Float32Array,
  size: number,
  where: string,
  begin = 0,
  end = values.length,
): void {
  for (let i = begin; i < end; i++) {
    if (Number.isFinite(values[i])) continue;
    throw wrongKind(
      `${where}, step ${Math.floor(i / size)}, number ${i % size}`,
      'a number that float32 can hold (up to 3.4e38)',
      'a larger one',
    );
  }
}
