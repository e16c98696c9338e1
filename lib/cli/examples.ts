import type { Scale } from '../architecture';
import { FileExample, type Example } from '../data/example';
import { readExamples, readSeries, type FileSource, type RowRange, type Series } from '../data/files';
import { BpttError } from '../errors';
import type { DataFlags } from './data-options';

export interface ReadOptions extends DataFlags {
  /** Whether a table's y that is written as a number is a value. */
  numericY: boolean;
  /** What a forecast is: all its values, or a row for each step. */
  target: 'sequence' | 'rows';
  signal: AbortSignal;
}

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
    return {
      training: await readAll(data, options),
      ...(valid !== undefined && { validation: await readAll(valid, options) }),
    };
  }
  const series = await readSeries(data, options.columns, options.rows);
  const training = windows(series, options);
  const scale = series.normalization().toJSON();
  if (valid === undefined && validRows === undefined) {
    return { training, scale };
  }
  const validation = await readSeries(valid ?? data, options.columns, validRows);
  return { training, validation: windows(validation, options), scale };
}

/** The examples to measure a model with. */
export async function readEvaluationExamples(file: string, options: ReadOptions): Promise<Example[]> {
  if (options.columns === undefined) {
    return readAll(file, options);
  }
  return windows(await readSeries(file, options.columns, options.rows), options);
}

async function readAll(
  file: string,
  { x, y, numericY, signal }: Omit<ReadOptions, keyof DataFlags> & Pick<DataFlags, 'x' | 'y'>,
): Promise<Example[]> {
  const examples: Example[] = [];
  const columns = { ...(x !== undefined && { x }), ...(y !== undefined && { y }) };
  for await (const example of readExamples(file, { ...columns, numericY })) {
    signal.throwIfAborted();
    examples.push(example);
  }
  if (examples.length === 0) {
    throw new BpttError('ERR_DATA', `There is no example in ${file}; at least one is needed.`);
  }
  return examples;
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

/** What forecasts are to be made from: windows of a table, to the end of its rows. */
export async function* readWindows(
  source: FileSource,
  { columns, lookback, stride, rows }: Pick<DataFlags, 'columns' | 'lookback' | 'stride' | 'rows'>,
): AsyncGenerator<FileExample> {
  const series = await readSeries(source, columns!, rows);
  // The first row stands below the header.
  let line = (rows?.from ?? 0) + 2;
  for (const x of series.inputs({ lookback: lookback!, ...(stride !== undefined && { stride }) })) {
    yield new FileExample(series.name, line, { x });
    line += stride ?? 1;
  }
}
