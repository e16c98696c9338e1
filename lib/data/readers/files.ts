import { sourceFormat, sourceName, type FileSource } from '../../files/file-source';
import { BpttError } from '../../support/errors';
import type { Example, FileExample, Sequence } from '../example';
import type { Column, ColumnForm } from './cells';
import { readCsvExamples } from './csv';
import { readJsonLines, type Part } from './jsonl';
import { readSeries, type RowRange, type WindowOptions } from './series';

export type { ByteSource, FileFormat, FileSource } from '../../files/file-source';
export { readSeries, Series, type RowRange, type WindowOptions } from './series';
export { readText } from './text-reader';

/** How the examples of a `.csv` or `.tsv` file are found; `.jsonl` needs no options. */
export interface FileOptions {
  /** The column with x. Default `x`. */
  x?: string;
  /** The column with y. Default `y`. */
  y?: string;
  /** What is known of a table's columns. */
  forms?: Partial<Record<Part, ColumnForm>>;
  /** How many rows of a table tell what its columns are; default: all. */
  lookAhead?: number;
  /** Is told what was found out about a column of a table. */
  onColumn?: (part: Part, column: Column, name: string) => void;
  /** Is told of keys that are passed over, each once. */
  onIgnored?: (message: string) => void;
  /** Cut windows for forecasting out of these columns instead. */
  series?: WindowOptions & { columns: readonly string[]; rows?: RowRange };
}

/**
 * The examples of a `.jsonl`, `.csv` or `.tsv` file, each also `.gz`, as they are read.
 *
 * @throws BpttError `ERR_IO` when the file cannot be read; `ERR_DATA` naming file and line (and column) for anything
 * that is not as it should be; `ERR_OPTION` for options that do not fit the file.
 */
export async function* readExamples(source: FileSource, options: FileOptions = {}): AsyncGenerator<Example> {
  if (options.series !== undefined) {
    const { columns, rows, ...windows } = options.series;
    const { format } = sourceFormat(source);
    if (format !== 'csv' && format !== 'tsv') {
      throw new BpttError(
        'ERR_OPTION',
        `${sourceName(source)}: a series is read from .csv or .tsv, not .${format}.`,
      );
    }
    yield* (await readSeries(source, columns, rows)).windows(windows);
    return;
  }
  for await (const example of readParts(source, ['x', 'y'], options)) yield example as FileExample & Example;
}

/** The inputs alone, for predictions; a y may be missing. Errors as `readExamples`. */
export async function* readInputs(
  source: FileSource,
  options: Pick<FileOptions, 'x'> = {},
): AsyncGenerator<Sequence> {
  for await (const { x } of readParts(source, ['x'], options)) yield x as Sequence;
}

/**
 * The examples with the parts that are needed; others may be missing.
 *
 * @throws BpttError as `readExamples`.
 */
export async function* readParts(
  source: FileSource,
  needed: readonly Part[],
  { x = 'x', y = 'y', forms = {}, lookAhead, onColumn, onIgnored }: Omit<FileOptions, 'series'> = {},
): AsyncGenerator<FileExample> {
  const { format } = sourceFormat(source);
  switch (format) {
    case 'jsonl':
      yield* readJsonLines(source, needed, onIgnored);
      return;
    case 'csv':
    case 'tsv':
      yield* readCsvExamples(source, { columns: { x, y }, needed, forms, lookAhead, onColumn });
      return;
    case 'txt':
      throw new BpttError(
        'ERR_OPTION',
        `${sourceName(source)} is a plain text, one stream and no examples; expected .jsonl, .csv or .tsv.`,
      );
  }
}
