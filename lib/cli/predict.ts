import { once } from 'node:events';

import { FileExample, type Sequence } from '../data/example';
import { readParts, type FileSource } from '../data/readers/files';
import { sourceFormat } from '../files/file-source';
import { loadModel } from '../models/load-model';
import { predictOne, type SequenceModel } from '../models/sequence-model';
import type { PredictWrittenOptions } from '../options/options';
import { BpttError } from '../support/errors';
import { inChunks } from './chunks';
import { checkNotOutput } from './distinct-files';
import { readWindows } from './examples';
import { interruption } from './interruption';
import { checkSeriesFlags, type PredictFlags } from './predict-options';
import type { PhaseProgress } from './phase-display';
import { predictionLine } from './prediction-line';
import { asTrained } from './series-flags';
import { searchOptions } from './serving-options';
import { ServingProgress } from './serving-progress';
import { standardInput } from './standard-input';
import { formsOf } from './table-columns';
import { checkThreads } from './threads';
import { refuse, usageError } from './usage';
import { warn } from './warning';
import { watchedFile } from './watched-file';

/** Batches that are sorted by length together. */
const batchesAChunk = 32;

/** Rows of a table that tell what its column is. */
const rowsToTell = 1000;

/** Whoever writes lines one by one and waits for answers does not wait longer than this. */
const longestWait = 20;

/** `bptt predict`: a line with a prediction for each input, in their order, as they come. */
export async function predict(path: string, given: PredictFlags): Promise<void> {
  const { data, x, batchSize = 32, threads } = given;
  const signal = interruption();
  const progress = new ServingProgress(process.stdout);
  let bytes: PhaseProgress = { step: 0 };
  let count = 0;
  const source: FileSource =
    data === undefined
      ? { ...standardInput(), signal }
      : watchedFile(data, {
          signal,
          onBytes: (read, size) => {
            bytes = { step: read, ...(size !== undefined && { steps: size }) };
          },
        });
  const { format } = sourceFormat(source);
  if (format === 'jsonl') {
    checkSeriesFlags(given, format);
    refuse({ x }, ['x'], 'names a column of a .csv or .tsv file');
  }
  await checkNotOutput([{ option: '--data', path: data }]);
  const model = await loadModel(path);
  const flags = asTrained(given, model, source);
  checkSeriesFlags(flags, format);
  if (model.mode === 'one-to-many') {
    throw usageError(`"${path}" is a one-to-many model, which writes sequences: bptt generate ${path}`);
  }
  const search = searchOptions(flags, model);
  checkThreads(threads);
  if (data === undefined && process.stdin.isTTY) {
    process.stderr.write('bptt: reading inputs from standard input, a line of JSON each.\n');
  }
  if (data === undefined) {
    // A read that waits for more would keep the process alive.
    signal.addEventListener('abort', () => process.stdin.destroy(signal.reason as Error));
  }
  const reading = {
    ...(flags.x !== undefined && { x: flags.x }),
    forms: formsOf(model),
    lookAhead: rowsToTell,
    onIgnored: warn,
  };
  // Somebody who names neither columns nor steps from one window to the next wants to know what comes now.
  const last = given.columns === undefined && given.stride === undefined;
  const inputs =
    flags.columns === undefined ? readParts(source, ['x'], reading) : readWindows(source, { ...flags, last });
  let answered = Promise.resolve();
  let isEmpty = true;
  try {
    for await (const chunk of inChunks(inputs, batchesAChunk * batchSize, longestWait)) {
      signal.throwIfAborted();
      await answered;
      isEmpty = false;
      progress.show('predicting', { ...bytes, count, unit: 'sequences' });
      count += chunk.length;
      answered = answer(model, chunk, { batchSize, threads, signal, ...search });
      // It is awaited a little later.
      answered.catch(() => undefined);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    // What came before a line that cannot be read is answered, and its errors come first.
    await answered.finally(() => {
      progress.end();
    });
  }
  if (isEmpty && data === undefined && process.stdin.isTTY) {
    throw new BpttError('ERR_DATA', 'There was no input on the terminal; at least one is needed.');
  }
}

async function answer(
  model: SequenceModel,
  inputs: FileExample[],
  options: PredictWrittenOptions,
): Promise<void> {
  const xs = inputs.map(({ x }) => x as Sequence);
  let predictions: unknown[];
  try {
    predictions = await model.predictMany(xs, options);
  } catch (error) {
    if (!(error instanceof BpttError)) throw error;
    await answerOneByOne(model, inputs, options);
    throw error;
  }
  await write(predictions);
}

/** Answers up to the input that is wrong, and names its place. */
async function answerOneByOne(
  model: SequenceModel,
  inputs: FileExample[],
  options: PredictWrittenOptions,
): Promise<void> {
  for (const input of inputs) {
    await write([await predictOne(model, input.x as Sequence, options, FileExample.place(input)!)]);
  }
}

async function write(predictions: unknown[]): Promise<void> {
  if (!process.stdout.write(predictions.map(predictionLine).join(''))) {
    await once(process.stdout, 'drain');
  }
}
