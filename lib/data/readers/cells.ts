import { BpttError } from '../../support/errors';
import { found, quoted } from '../../support/found';

/** What the cells of a column are: texts, JSON lists of strings, or numbers (alone, or in JSON lists). */
export type CellKind = 'text' | 'lists' | 'numbers';

/** What is known of a column before it is read. */
export interface ColumnForm {
  /** What its cells may be; which of these they are, most of them tell. Default: all. */
  readonly kinds?: readonly CellKind[];
  /** What a number alone stands for: a `text` (default), one `row` of numbers, or `rows` of which there is one. */
  readonly single?: 'text' | 'row' | 'rows';
  /** Whether whole numbers that come again and again are labels. Default false. */
  readonly labels?: boolean;
  /** What there must be in each cell, such as `a right answer`; else it may be empty. */
  readonly needs?: string;
}

/** What was found out about a column. */
export interface Column {
  readonly kind: CellKind;
  /** Where all of its cells are numbers alone: how many different ones there are. */
  readonly numbers?: number;
}

/** A column's kind, as most of these cells have it. */
export function columnOf(cells: readonly string[], form: ColumnForm): Column {
  const { kinds = ['text', 'lists', 'numbers'], single = 'text', labels = false } = form;
  const different = new Set<string>();
  const count = { text: 0, lists: 0, numbers: 0 };
  let alone = 0;
  let whole = 0;
  for (const cell of cells) {
    const kind = kindOf(cell);
    if (kind === undefined) continue;
    if (kind === 'number') {
      different.add(cell);
      alone += 1;
      if (Number.isInteger(Number(cell))) whole += 1;
    }
    count[kind !== 'number' ? kind : single === 'text' ? 'text' : 'numbers'] += 1;
  }
  const all = count.text + count.lists + count.numbers;
  const numbers = alone > 0 && alone === all ? { numbers: different.size } : {};
  if (labels && kinds.includes('text') && whole > 0 && whole === all && comeAgain(different.size, whole)) {
    return { kind: 'text', ...numbers };
  }
  if (kinds.includes('numbers') && (kinds.length === 1 || 2 * count.numbers > all)) {
    return { kind: 'numbers', ...numbers };
  }
  const isLists = kinds.includes('lists') && 2 * count.lists >= all && cells.length > 0;
  return { kind: isLists ? 'lists' : 'text', ...numbers };
}

/** What a cell holds. Errors: `ERR_DATA` where the column is numbers, but not this cell, or where it must not be empty. */
export function cellValue(cell: string, { kind }: Column, form: ColumnForm, where: string): unknown {
  if (form.needs !== undefined && cell.trim() === '') {
    throw new BpttError('ERR_DATA', `${where}: the cell is empty; expected ${form.needs}.`);
  }
  const list = listOf(cell);
  if (kind !== 'numbers') {
    const isStrings = list?.every((item) => typeof item === 'string') === true;
    return isStrings && (list.length > 0 || kind === 'lists') ? list : cell;
  }
  if (list !== undefined) return list;
  if (isNumber(cell) && form.single !== undefined && form.single !== 'text') {
    return form.single === 'row' ? [Number(cell)] : [[Number(cell)]];
  }
  const expected = form.single === undefined || form.single === 'text' ? '' : 'a number or ';
  const why = form.kinds?.length === 1 ? '' : ', as in most cells of the column';
  throw new BpttError(
    'ERR_DATA',
    `${where}: expected ${expected}a JSON list of numbers${why}; found ${found(cell)}.`,
  );
}

const decimal = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/** Whether a cell is written as a finite decimal number. */
export function isNumber(cell: string): boolean {
  return decimal.test(cell) && Number.isFinite(Number(cell));
}

/** Undefined for cells that fit any kind. */
function kindOf(cell: string): CellKind | 'number' | undefined {
  if (cell.trim() === '') return undefined;
  if (isNumber(cell)) return 'number';
  const list = listOf(cell);
  if (list === undefined) return 'text';
  if (list.length === 0) return undefined;
  return list.every((item) => typeof item === 'string') ? 'lists' : 'numbers';
}

function listOf(cell: string): unknown[] | undefined {
  if (!cell.trimStart().startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(cell);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Few different ones, or on average at least five of each. */
function comeAgain(different: number, all: number): boolean {
  return different <= Math.max(20, all / 5);
}

/** What is to be told of a column of numbers whose kind nobody said. */
export function aboutNumbers(part: 'x' | 'y', name: string, { kind, numbers }: Column): string {
  const column = `the column ${quoted(name)} is numbers`;
  if (part === 'x') {
    return `${column}: each is read as a sequence of one step with one number; --input words reads texts, --columns reads rows as a series.`;
  }
  return kind === 'text'
    ? `${column}, ${numbers} different whole ones: they are taken for classes; --output values takes them for values.`
    : `${column}: they are taken for values; --output classes takes them for classes.`;
}
