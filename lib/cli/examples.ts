import type { Scale } from '../architecture/architecture';
import { FileExample, type Example } from '../data/example';
import {
  readExamples,
  readSeries,
  Series,
  type FileOptions,
  type FileSource,
  type RowRange,
} from '../data/readers/files';
import { BpttError } from '../support/errors';
import type { DataFlags } from './data-options';
import { TrainingColumns, type ColumnForms } from './table-columns';
import { warn } from './warning';
import { watchedFile } from './watched-file';

export interface ReadOptions extends DataFlags {
  /** What is known of a table's columns. */
  forms: ColumnForms;
  /** What a forecast is: all its values, or a row for each step. */
  target: 'sequence' | 'rows';
  signal: AbortSignal;
  /** How far the reading of a file is. */
  onReading?: ReadingListener;
}

/** Hears how many bytes of a file have been read, of so many where that is known, and how many examples they were. */
export type ReadingListener = (
  file: string,
  read: number,
  size: number | undefined,
  examples: number,
) => void;

export interface TrainingFiles {
  data: string;
  valid?: string | undefined;
  validRows?: RowRange | undefined;
}

export interface TrainingExamples {
  training: Example[];
  validation?: Example[];
  /** Of the columns of a series, as its training rows have it. */
  scale?: Scale;
}

/** The examples to train with. Errors: as `readExamples`. */
export async function readTrainingExamples(
  files: TrainingFiles,
  options: ReadOptions,
): Promise<TrainingExamples> {
  const { data, valid, validRows } = files;
  if (options.columns === undefined) {
    const columns = new TrainingColumns(options.forms, warn);
    const training = await readAll(data, options, columns.found);
    if (valid === undefined) return { training };
    return { training, validation: await readAll(valid, { ...options, forms: columns.forms }) };
  }
  const series = await readSeries(watched(data, options), options.columns, options.rows, warn);
  const training = windows(series, options);
  const scale = series.normalization().toJSON();
  if (valid === undefined && validRows === undefined) {
    return { training, scale };
  }
  const validation = await readSeries(watched(valid ?? data, options), options.columns, validRows, warn);
  return { training, validation: windows(validation, options), scale };
}

/** The examples to measure a model with. */
export async function readEvaluationExamples(file: string, options: ReadOptions): Promise<Example[]> {
  if (options.columns === undefined) {
    return readAll(file, options);
  }
  return windows(await readSeries(watched(file, options), options.columns, options.rows, warn), options);
}

async function readAll(
  file: string,
  { x, y, forms, ...watch }: Omit<ReadOptions, keyof DataFlags> & Pick<DataFlags, 'x' | 'y'>,
  onColumn?: FileOptions['onColumn'],
): Promise<Example[]> {
  const examples: Example[] = [];
  const reading: FileOptions = {
    ...(x !== undefined && { x }),
    ...(y !== undefined && { y }),
    ...(onColumn !== undefined && { onColumn }),
    forms,
    onIgnored: warn,
  };
  const source = watched(file, watch, () => examples.length);
  for await (const example of readExamples(source, reading)) {
    examples.push(example);
  }
  if (examples.length === 0) {
    throw new BpttError('ERR_DATA', `There is no example in ${file}; at least one is needed.`);
  }
  return examples;
}

/** A file that is read until the signal is aborted, with a look at how far. */
export function watched(
  file: string,
  { signal, onReading }: Pick<ReadOptions, 'signal' | 'onReading'>,
  examples = (): number => 0,
): FileSource {
  return watchedFile(file, {
    signal,
    onBytes: (read, size) => {
      onReading?.(file, read, size, examples());
    },
  });
}

function windows(series: Series, { lookback, horizon, stride, target }: ReadOptions): Example[] {
  return [
    ...series.windows({
      lookback: lookback!,
      horizon: horizon!,
      target,
      ...(stride !== undefined && { stride }),
    }),
  ];
}

/** What forecasts are to be made from: windows of a table, to the end of its rows, or the `last` one alone. */
export async function* readWindows(
  source: FileSource,
  {
    columns,
    lookback,
    stride,
    rows,
    last,
  }: Pick<DataFlags, 'columns' | 'lookback' | 'stride' | 'rows'> & { last: boolean },
): AsyncGenerator<FileExample> {
  const all = await readSeries(source, columns!, rows, warn);
  const series = last ? new Series(all.name, all.columns, all.rows.slice(-lookback!)) : all;
  // The first row stands below the header.
  let line = (rows?.from ?? 0) + all.rows.length - series.rows.length + 2;
  for (const x of series.inputs({ lookback: lookback!, ...(stride !== undefined && { stride }) })) {
    yield new FileExample(series.name, line, { x });
    line += stride ?? 1;
  }
}
