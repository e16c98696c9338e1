import Table from 'cli-table3';

/** Rows of cells with a frame around them, without colours; the first row may be a heading. */
export function table(rows: readonly (readonly string[])[], head: readonly string[] = []): string {
  const frame = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  frame.push(...rows.map((row) => [...row]));
  return frame.toString();
}
