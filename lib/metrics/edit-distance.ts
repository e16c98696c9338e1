/**
 * The fewest insertions, deletions and substitutions that make one sequence into the other (Levenshtein 1966). Two rows of
 * the table of Wagner and Fischer (1974) are kept, in one array; what both have in common at their ends costs nothing.
 */
export function editDistance(a: Int32Array, b: Int32Array): number {
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
  for (let i = start; i < endA; i++) {
    const symbol = a[i];
    let diagonal = row[0] as number;
    let left = diagonal + 1;
    row[0] = left;
    for (let j = 1; j <= width; j++) {
      const above = row[j] as number;
      const substituted = symbol === b[start + j - 1] ? diagonal : diagonal + 1;
      const shorter = above < left ? above : left;
      left = substituted <= shorter ? substituted : shorter + 1;
      diagonal = above;
      row[j] = left;
    }
  }
  return row[width] as number;
}
