import { createRequire } from 'node:module';
import { pipeline, Readable } from 'node:stream';

import type * as CsvParse from 'csv-parse';

import { sourceFormat, sourceName, type FileSource } from '../../files/file-source';
import { BpttError } from '../../support/errors';
import { quoted } from '../../support/found';
import { WorkSlice } from '../../support/work-slice';
import { FileExample, type Sequence, type Target } from '../example';
import { cellValue, columnOf, type Column, type ColumnForm } from './cells';
import type { Part } from './jsonl';
import { readTextPieces } from './text-reader';

/** Loaded by those who read tables only: it takes as long as the rest of the package. */
const load = createRequire(__filename);

/** The longest row, in bytes. */
const longestRow = 2 ** 26;

export interface CsvRow {
  /** The line the row ends at, counted from 1. */
  line: number;
  cells: readonly string[];
  /** All cells of the row. */
  row: readonly string[];
}

/**
 * The cells of the named columns, row by row below the header. `.csv` as in RFC 4180 with commas; `.tsv` with tabs and
 * no quoting, as registered for text/tab-separated-values. Blank lines are passed over.
 *
 * @param onHeader is told the names of all columns, before the first row.
 * @throws BpttError `ERR_DATA` naming file, line and column; and as `readTextPieces`.
 */
export async function* readCsvRows(
  source: FileSource,
  columns: readonly string[],
  onHeader?: (header: readonly string[]) => void,
): AsyncGenerator<CsvRow> {
  const name = sourceName(source);
  const { format } = sourceFormat(source);
  const { parse, CsvError } = load('csv-parse') as typeof CsvParse;
  let places: number[] | undefined;
  const parser = parse({
    // The header is looked at before the rows below it, which are cut as wrongly as it is.
    on_record: (row: string[]) => {
      // With `info` it is more than its cells, other than its type says.
      const { record } = row as unknown as { record: string[] };
      if (places === undefined) {
        places = columns.map((column) => place(column, record, name));
        onHeader?.(record);
      }
      return row;
    },
    bom: true,
    delimiter: format === 'tsv' ? '\t' : ',',
    quote: format === 'tsv' ? null : '"',
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    max_record_size: longestRow,
    info: true,
  });
  const text = Readable.from(inSlices(readTextPieces(source)));
  pipeline(text, parser, () => undefined);
  let isHeader = true;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: CsvParse.Info }>) {
      if (isHeader) isHeader = false;
      else yield { line: info.lines, cells: places!.map((at) => record[at] as string), row: record };
    }
  } catch (error) {
    throw error instanceof CsvError ? csvError(error, name) : error;
  } finally {
    text.destroy();
    parser.destroy();
  }
  if (isHeader) throw new BpttError('ERR_DATA', `${name} is empty; expected a header line.`);
}

/** How the examples of a table are read. */
export interface TableOptions {
  /** The names of the columns with x and y. */
  columns: Record<Part, string>;
  needed: readonly Part[];
  /** What is known of the columns. */
  forms: Partial<Record<Part, ColumnForm>>;
  /** How many rows tell what the cells of a column are. Default: all, which then are in memory. */
  lookAhead?: number | undefined;
  /** Is told what was found out about a column. */
  onColumn?: ((part: Part, column: Column, name: string) => void) | undefined;
}

/**
 * The examples of a table, a row each.
 *
 * @throws BpttError `ERR_DATA` naming line and column for a cell that is not as the column is, and as `readCsvRows`.
 */
export async function* readCsvExamples(
  source: FileSource,
  options: TableOptions,
): AsyncGenerator<FileExample> {
  const { columns, needed, lookAhead = Infinity } = options;
  const names = needed.map((part) => columns[part]);
  let first: CsvRow[] = [];
  let found: Column[] | undefined;
  const slice = new WorkSlice();
  for await (const row of readCsvRows(source, names)) {
    if (found !== undefined) {
      yield exampleOf(row, found, source, options);
      continue;
    }
    first.push(row);
    if (first.length < lookAhead) continue;
    found = columnsOf(first, options);
    for (const held of first) yield exampleOf(held, found, source, options);
    first = [];
  }
  found ??= columnsOf(first, options);
  for (const held of first) {
    yield exampleOf(held, found, source, options);
    if (slice.spent) await slice.pause();
  }
}

function columnsOf(rows: readonly CsvRow[], { columns, needed, forms, onColumn }: TableOptions): Column[] {
  return needed.map((part, i) => {
    const column = columnOf(
      rows.map(({ cells }) => cells[i]!),
      forms[part] ?? {},
    );
    onColumn?.(part, column, columns[part]);
    return column;
  });
}

function exampleOf(
  { line, cells }: CsvRow,
  found: readonly Column[],
  source: FileSource,
  { columns, needed, forms }: TableOptions,
): FileExample {
  const name = sourceName(source);
  const values = needed.map((part, i) => [
    part,
    cellValue(cells[i]!, found[i]!, forms[part] ?? {}, `${name}:${line}, column ${quoted(columns[part])}`),
  ]);
  return new FileExample(name, line, Object.fromEntries(values) as { x?: Sequence; y?: Target });
}

/** Small pieces with pauses: the parser does all of a piece at once, 64 KiB of numbers in some 15 ms. */
async function* inSlices(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  const slice = new WorkSlice();
  for await (const piece of pieces) {
    for (let start = 0; start < piece.length; start += 4096) {
      if (slice.spent) await slice.pause();
      yield piece.slice(start, start + 4096);
    }
  }
}

function place(column: string, header: readonly string[], name: string): number {
  const at = header.indexOf(column);
  if (at < 0) {
    throw new BpttError(
      'ERR_DATA',
      `${name}: there is no column ${quoted(column)}; the first line, which is read as the header, has ${someOf(header)}${aboutHeader(header)}.`,
    );
  }
  if (header.indexOf(column, at + 1) >= 0) {
    throw new BpttError('ERR_DATA', `${name}: the header has the column ${quoted(column)} twice.`);
  }
  return at;
}

/** What is to be done: a header may have other names, be a row of data, or look like one that is cut at another character. */
function aboutHeader(header: readonly string[]): string {
  const [only = ''] = header.length === 1 ? header : [];
  const delimiter = [
    [';', 'semicolons'],
    ['\t', 'tabs, as a .tsv file has them'],
    ['|', 'vertical bars'],
    [',', 'commas, as a .csv file has them'],
  ].find(([character]) => only.includes(character!));
  return delimiter === undefined
    ? '. Say with --x, --y or --columns which are meant; or, where that is a row of data, put a line with names above it'
    : `, one name with ${delimiter[1]}; expected names with a comma between them (.csv) or a tab (.tsv)`;
}

function csvError(error: CsvParse.CsvError, name: string): BpttError {
  const details = error as unknown as Partial<Record<string, unknown>>;
  const line = typeof details['lines'] === 'number' ? `:${details['lines']}` : '';
  return new BpttError(
    'ERR_DATA',
    `${name}${line}: ${error.message}${error.message.endsWith('.') ? '' : '.'}`,
    {
      cause: error,
    },
  );
}

const columnsShown = 20;

function someOf(header: readonly string[]): string {
  const shown = header.slice(0, columnsShown).map(quoted).join(', ');
  return header.length > columnsShown ? `${shown}, … (${header.length})` : shown;
}
