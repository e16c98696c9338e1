import type { Example } from '../data/example';
import { readExamples, readSeries, type RowRange, type Series } from '../data/files';
import { BpttError } from '../errors';
import type { DataFlags } from './data-options';

export interface ReadOptions extends DataFlags {
  /** Whether a table's y that is written as a number is a value. */
  numericY: boolean;
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
  const training = windows(series, series, options);
  if (valid === undefined && validRows === undefined) {
    return { training };
  }
  const validation = await readSeries(valid ?? data, options.columns, validRows);
  return { training, validation: windows(validation, series, options) };
}

/** The examples to measure a model with; `trainRows` are those a forecasting model was trained with. */
export async function readEvaluationExamples(
  file: string,
  options: ReadOptions & { trainRows?: RowRange | undefined },
): Promise<Example[]> {
  if (options.columns === undefined) {
    return readAll(file, options);
  }
  const scale = await readSeries(file, options.columns, options.trainRows);
  return windows(await readSeries(file, options.columns, options.rows), scale, options);
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

/** The windows of a series as z-scores by mean and deviation of the training rows. */
function windows(series: Series, training: Series, { lookback, horizon, stride }: ReadOptions): Example[] {
  return [
    ...series.windows({
      lookback: lookback!,
      horizon: horizon!,
      ...(stride !== undefined && { stride }),
      normalization: training.normalization(),
    }),
  ];
}
