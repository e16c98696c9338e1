'use strict';

function title(text) {
  console.log(`\n${text}\n${'='.repeat(width(text))}`);
}

/** Writes in place of the line the cursor is in, if there is a cursor. */
function overwrite(text) {
  process.stdout.write(process.stdout.isTTY ? `\r\x1b[K${text}` : text);
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

const wide =
  /[\p{Script=Han}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uff01-\uff60\uffe0-\uffe6]/u;

/** Columns of a terminal that a text takes: Chinese characters take two, combining marks none. */
function width(text) {
  let columns = 0;
  for (const character of text) columns += /\p{M}/u.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return columns;
}

/** A text filled up with spaces to a number of columns. */
function pad(text, columns) {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

/** Rows of texts one under the other, each column as wide as its widest text. */
function aligned(rows, indent = '  ') {
  const columns = rows[0].map((_, column) => Math.max(...rows.map((row) => width(row[column]))));
  return rows
    .map(
      (row) =>
        indent +
        row
          .map((text, i) => pad(text, columns[i]))
          .join(' ')
          .trimEnd(),
    )
    .join('\n');
}

/** A text in a colour, where there are colours. */
function coloured(text, colour) {
  const codes = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, grey: 90 };
  return process.stdout.isTTY && !process.env.NO_COLOR ? `\x1b[${codes[colour]}m${text}\x1b[0m` : text;
}

module.exports = { title, overwrite, percent, width, pad, aligned, coloured };
