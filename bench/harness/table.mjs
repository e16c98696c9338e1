/** Rows of strings → lines; the first `left` columns begin, the others end at one edge. */
export function formatTable(header, rows, left = 1) {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, column) => (column < left ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ');
  return [line(header), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

/** Three significant digits, without an exponent. */
export function digits(value) {
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  return value >= 1 ? value.toFixed(2) : value.toFixed(3);
}

export const percent = (share) => `${(100 * share).toFixed(0)} %`;

/** With two decimals and without the sign: for columns of a table. */
export const hundredths = (share) => (100 * share).toFixed(2);

export const superscript = (integer) =>
  String(integer).replace(/[-\d]/g, (sign) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.indexOf(sign)]);

/** `1 thread`, `2 threads`. */
export const counted = (count, what) => `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
