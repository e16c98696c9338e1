import Table from 'cli-table3';

/**
 * Rows of cells with a frame around them, without colours; the first row may be a heading. The first `left` columns of it
 * begin at one edge, the others end at one.
 */
export function table(
  rows: readonly (readonly string[])[],
  head: readonly string[] = [],
  left = head.length,
): string {
  const frame = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (column < left ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  frame.push(...rows.map((row) => [...row]));
  return frame.toString();
}
