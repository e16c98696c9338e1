import { existsSync } from 'node:fs';
import { basename } from 'node:path';

import type { EncoderDecoderArchitecture } from '../architecture/architecture';
import type { Mode } from '../architecture/mode';
import type { ExampleSource } from '../data/example';
import { checkWritable } from '../files/atomic-file';
import { sourceFormat } from '../files/file-source';
import type { Metrics } from '../metrics/metrics';
import { EncoderDecoder } from '../models/encoder-decoder';
import { ManyToMany } from '../models/many-to-many';
import { ManyToOne } from '../models/many-to-one';
import { machinery } from '../models/on-demand';
import { OneToMany } from '../models/one-to-many';
import type { SequenceModel } from '../models/sequence-model';
import { picked } from '../options/fit-options';
import type { OptimizerSpec } from '../options/optimizer';
import type { FitOptions, History, TableColumns } from '../options/options';
import { architectureFor, checkArchitectureFlags } from './architecture';
import { checkDataFlags, checkValidRows } from './data-options';
import { checkDistinct, checkNotOutput } from './distinct-files';
import { readTrainingExamples, type ReadingListener } from './examples';
import { fitFlags, validationFlags } from './fit-flags';
import { Interrupted, interruption } from './interruption';
import { ProgressDisplay } from './progress';
import { checkSequenceFlags, readTrainingSequences, sequenceArchitecture } from './sequences';
import { formsToTrain } from './table-columns';
import type { TrainFlags } from './train-options';
import { TrainingRates } from './training-rates';
import { trainingJSON, trainingTable } from './training-results';
import { refuse, usageError } from './usage';

/** `bptt train`: reads the data, trains, saves the best model, then writes the results. */
export async function train(mode: Mode, flags: TrainFlags): Promise<void> {
  checkFlags(mode, flags);
  const options = optionsOf(mode, flags);
  machinery().checkFit(options);
  await checkFiles(flags);
  const epochs = flags.epochs ?? (flags.minutes === undefined ? 10 : undefined);
  const display = new ProgressDisplay({ quiet: flags.quiet === true, epochs });
  const rates = new TrainingRates();
  const signal = interruption(() => {
    const saving = rates.trains ? '; the best so far will be saved.' : '.';
    display.end();
    process.stderr.write(`bptt: stopping${saving} Again to quit at once.\n`);
  });
  const { model, history, validation } = await trained(mode, flags, { options, display, rates, signal });
  await model.save(flags.out);
  const results = {
    model,
    history,
    rates: rates.result(),
    out: flags.out,
    validated: validation !== undefined,
  };
  const measured = flags.json === true ? await details(model, validation, flags, signal) : undefined;
  if (signal.aborted) {
    process.exitCode = (signal.reason as Interrupted).exitCode;
  }
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify(trainingJSON(results, measured))}\n`
      : `${trainingTable(results)}\n`,
  );
}

/** Of the validation data. Somebody who interrupts does not wait for them either. */
async function details(
  model: SequenceModel,
  validation: ExampleSource | undefined,
  { threads }: TrainFlags,
  signal: AbortSignal,
): Promise<Metrics | undefined> {
  if (validation === undefined) return undefined;
  try {
    return await model.evaluate(validation, { threads, signal });
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  }
}

interface Trained {
  model: SequenceModel;
  history: History;
  validation: ExampleSource | undefined;
}

/** Reads the data and trains. Rejects with `Interrupted` where that came before there was anything to save. */
async function trained(
  mode: Mode,
  flags: TrainFlags,
  {
    options,
    display,
    rates,
    signal,
  }: { options: FitOptions; display: ProgressDisplay; rates: TrainingRates; signal: AbortSignal },
): Promise<Trained> {
  try {
    const { model, training, validation } = await prepare(mode, flags, signal, display);
    const history = await model
      .fit(training, { ...options, validation, signal, onProgress: [rates.hear, display.show] })
      .catch(async (error: unknown) => {
        // A checkpoint could not be written: the best so far can perhaps.
        if (model.record !== undefined) await model.save(flags.out);
        throw error;
      });
    return { model, history, validation };
  } catch (error) {
    display.end();
    if (error instanceof Interrupted) {
      process.stderr.write('bptt: interrupted before the training began; nothing was saved.\n');
    }
    throw error;
  } finally {
    display.end();
  }
}

function checkFlags(mode: Mode, flags: TrainFlags): void {
  const { data, valid, validRows } = flags;
  checkDataFlags(flags, valid === undefined ? [data] : [data, valid], mode);
  checkArchitectureFlags(mode, flags);
  if (mode === 'one-to-many') checkSequenceFlags(flags);
  if (flags.columns === undefined) {
    refuse(flags, ['validRows'], 'needs --columns too');
  }
  if (valid === undefined) {
    checkValidRows(flags.rows, validRows);
  }
  checkCheckpointFlags(flags);
  if (valid === undefined && validRows === undefined) {
    refuse(flags, validationFlags, 'needs validation data too: --valid');
  }
}

function checkCheckpointFlags(flags: TrainFlags): void {
  if (flags.checkpoint === undefined) {
    refuse(flags, ['checkpointSteps'], 'needs --checkpoint too');
    if (flags.resume === true) {
      throw usageError('option --resume needs the file of a checkpoint, or --checkpoint, which names it.');
    }
  }
}

/** Everything that is to be written has a place, and none of it is that of what is read. */
async function checkFiles({ data, valid, out, checkpoint, resume }: TrainFlags): Promise<void> {
  const read = [
    { option: '--data', path: data },
    { option: '--valid', path: valid },
  ];
  const begun = { option: '--resume', path: resume === true ? undefined : resume };
  await checkNotOutput(read);
  await checkDistinct([{ option: '--checkpoint', path: checkpoint }], read);
  // A checkpoint is gone on with in its own place.
  await checkDistinct(
    [{ option: '--out', path: out }],
    [...read, begun, { option: '--checkpoint', path: checkpoint }],
  );
  await checkWritable(out);
  if (checkpoint !== undefined) await checkWritable(checkpoint);
}

function optionsOf(mode: Mode, flags: TrainFlags): FitOptions {
  const { optimizer, learningRate, checkpoint, checkpointSteps, resume, quiet, columns, lookback, horizon } =
    flags;
  return {
    ...picked(flags, fitFlags),
    ...(learningRate !== undefined && { optimizer: withRate(optimizer, learningRate) }),
    checkpoint: checkpoint === undefined ? undefined : { path: checkpoint, everySteps: checkpointSteps },
    series: columns && { columns, lookback: lookback!, horizon: horizon! },
    table: tableOf(flags, mode),
    resume: resume === true ? begun(checkpoint!, quiet) : resume,
  };
}

/** The columns of the examples, where they are read from a table. */
function tableOf({ data, columns, x, y = 'y', context }: TrainFlags, mode: Mode): TableColumns | undefined {
  const { format } = sourceFormat(data);
  if (columns !== undefined || (format !== 'csv' && format !== 'tsv')) return undefined;
  const hasX = mode !== 'one-to-many' || x !== undefined || (context ?? 'none') !== 'none';
  return { ...(hasX && { x: x ?? 'x' }), y };
}

function withRate(optimizer: TrainFlags['optimizer'] = 'adam', learningRate: number): OptimizerSpec {
  return { ...(typeof optimizer === 'string' ? { kind: optimizer } : optimizer), learningRate };
}

/** The checkpoint to go on from, if there is one yet: the same command begins a training and goes on with it. */
function begun(checkpoint: string, quiet: true | undefined): string | undefined {
  if (existsSync(checkpoint)) return checkpoint;
  if (quiet !== true) process.stderr.write(`bptt: there is no "${checkpoint}" yet; beginning anew.\n`);
  return undefined;
}

interface Prepared {
  model: SequenceModel;
  training: ExampleSource;
  validation?: ExampleSource;
}

/** The data, and a model for them. */
async function prepare(
  mode: Mode,
  flags: TrainFlags,
  signal: AbortSignal,
  display: ProgressDisplay,
): Promise<Prepared> {
  const onReading: ReadingListener = (file, step, steps, examples) => {
    const unit = examples > 0 ? { count: examples, unit: 'examples' } : {};
    display.showPhase(`reading ${basename(file)}`, { step, ...(steps !== undefined && { steps }), ...unit });
  };
  if (mode === 'one-to-many') {
    const sequences = await readTrainingSequences(flags, flags, { signal, onReading });
    const model = new OneToMany(await sequenceArchitecture(flags, sequences));
    return { model, ...(sequences as { training: ExampleSource; validation?: ExampleSource }) };
  }
  const examples = await readTrainingExamples(flags, {
    ...flags,
    forms: formsToTrain(mode, flags),
    target: mode === 'encoder-decoder' ? 'rows' : 'sequence',
    signal,
    onReading,
  });
  const architecture = await architectureFor(mode, flags, examples);
  switch (mode) {
    case 'many-to-one':
      return { model: new ManyToOne(architecture), ...examples };
    case 'many-to-many':
      return { model: new ManyToMany(architecture), ...examples };
    case 'encoder-decoder':
      return { model: new EncoderDecoder(architecture as EncoderDecoderArchitecture), ...examples };
  }
}
