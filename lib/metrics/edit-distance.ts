import { atOnce } from '../support/work-slice';

/** Cells of the table that are filled between two looks at the clock. */
const cellsAtOnce = 2 ** 17;

/** `editing` without a pause. */
export function editDistance(a: Int32Array, b: Int32Array): number {
  return atOnce(editing(a, b));
}

/**
 * The fewest insertions, deletions and substitutions that make one sequence into the other (Levenshtein 1966). Two rows of
 * the table of Wagner and Fischer (1974) are kept, in one array; what both have in common at their ends costs nothing.
 */
export function* editing(a: Int32Array, b: Int32Array): Generator<undefined, number> {
  let start = 0;
  let endA = a.length;
  let endB = b.length;
  while (start < endA && start < endB && a[start] === b[start]) start++;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  const width = endB - start;
  // row[j]: edits between what was read of a and the first j of b.
  const row = new Uint32Array(width + 1);
  for (let j = 1; j <= width; j++) row[j] = j;
  const inner = b.subarray(start, endB);
  let cells = 0;
  for (let i = start; i < endA; i++) {
    nextRow(row, a[i]!, inner);
    cells += width;
    if (cells >= cellsAtOnce) {
      yield;
      cells = 0;
    }
  }
  return row[width] as number;
}

function nextRow(row: Uint32Array, symbol: number, b: Int32Array): void {
  let diagonal = row[0] as number;
  let left = diagonal + 1;
  row[0] = left;
  for (let j = 1; j <= b.length; j++) {
    const above = row[j] as number;
    const substituted = symbol === b[j - 1] ? diagonal : diagonal + 1;
    const shorter = above < left ? above : left;
    left = substituted <= shorter ? substituted : shorter + 1;
    diagonal = above;
    row[j] = left;
  }
}
