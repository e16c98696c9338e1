import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { EncoderDecoderArchitecture } from '../architecture';
import type { Example } from '../data/example';
import { BpttError } from '../errors';
import { EncoderDecoder } from '../encoder-decoder';
import { ioError } from '../io-error';
import { ManyToMany } from '../many-to-many';
import { ManyToOne } from '../many-to-one';
import type { Mode } from '../mode';
import { optionsSchema } from '../on-demand';
import type { FitOptions, History } from '../options';
import type { SequenceModel } from '../sequence-model';
import { architectureFor, checkArchitectureFlags } from './architecture';
import { checkDataFlags, checkValidRows } from './data-options';
import { readTrainingExamples, type TrainingExamples } from './examples';
import { interruptedExitCode, interruption } from './interruption';
import { ProgressDisplay } from './progress';
import { trainingJSON, trainingTable } from './training-results';
import type { TrainFlags } from './train-options';
import { refuse } from './usage';

/** `bptt train`: reads the data, trains, saves the best model, then writes the results. */
export async function train(mode: Mode, flags: TrainFlags): Promise<void> {
  checkFlags(mode, flags);
  const options = fitOptions(flags);
  optionsSchema().checkFit(options);
  await checkOut(flags.out);
  const signal = interruption(() => {
    display.end();
    process.stderr.write('bptt: stopping; the best so far will be saved. Again to quit at once.\n');
  });
  const epochs = flags.epochs ?? (flags.minutes === undefined ? 10 : undefined);
  const display = new ProgressDisplay({ quiet: flags.quiet === true, epochs });
  const examples = await readTrainingExamples(flags, {
    ...flags,
    numericY: flags.output === 'values',
    target: mode === 'encoder-decoder' ? 'rows' : 'sequence',
    signal,
  });
  const { training, validation } = examples;
  const model = await modelFor(mode, flags, examples);
  const history = await fit(
    model,
    training,
    { ...options, validation, signal, onProgress: display.show },
    display,
  );
  await model.save(flags.out);
  const results = {
    model,
    history,
    rates: display.rates(),
    out: flags.out,
    validated: validation !== undefined,
  };
  if (history.stoppedBy === 'signal') {
    process.exitCode = interruptedExitCode;
  }
  if (flags.json !== true) {
    process.stdout.write(`${trainingTable(results)}\n`);
    return;
  }
  // Somebody who interrupts does not wait for details either.
  const measured =
    validation !== undefined && history.stoppedBy !== 'signal'
      ? await model.evaluate(validation, { threads: flags.threads, signal })
      : undefined;
  process.stdout.write(`${JSON.stringify(trainingJSON(results, measured))}\n`);
}

function checkFlags(mode: Mode, flags: TrainFlags): void {
  const { data, valid, validRows } = flags;
  checkDataFlags(flags, valid === undefined ? [data] : [data, valid], mode);
  checkArchitectureFlags(mode, flags);
  if (flags.columns === undefined) {
    refuse(flags, ['validRows'], 'needs --columns too');
  }
  if (valid === undefined) {
    checkValidRows(flags.rows, validRows);
  }
  if (valid === undefined && validRows === undefined) {
    refuse(flags, ['metric', 'patience'], 'needs validation data too: --valid');
  }
}

function fitOptions(flags: TrainFlags): FitOptions {
  const { epochs, minutes, batchSize, learningRate, schedule, clipNorm, metric, patience, threads } = flags;
  const optimizer =
    learningRate === undefined ? flags.optimizer : { ...(flags.optimizer ?? { kind: 'adam' }), learningRate };
  return {
    epochs,
    minutes,
    batchSize,
    // The library checks kinds and their options.
    optimizer: optimizer as FitOptions['optimizer'],
    schedule: schedule as FitOptions['schedule'],
    clipNorm,
    metric,
    patience,
    threads,
  };
}

/** Before hours are spent on training: there must be a place to write the model to. */
async function checkOut(out: string): Promise<void> {
  try {
    await access(dirname(out), constants.W_OK);
  } catch (error) {
    throw ioError('write', out, error);
  }
  const existing = await stat(out).catch(() => undefined);
  if (existing?.isDirectory() === true) {
    throw new BpttError('ERR_IO', `Could not write "${out}": it is a folder.`);
  }
}

async function modelFor(mode: Mode, flags: TrainFlags, examples: TrainingExamples): Promise<SequenceModel> {
  const architecture = await architectureFor(mode, flags, examples);
  switch (mode) {
    case 'many-to-one':
      return new ManyToOne(architecture);
    case 'many-to-many':
      return new ManyToMany(architecture);
    case 'encoder-decoder':
      return new EncoderDecoder(architecture as EncoderDecoderArchitecture);
  }
}

async function fit(
  model: SequenceModel,
  training: Example[],
  options: FitOptions,
  display: ProgressDisplay,
): Promise<History> {
  try {
    return await model.fit(training, options);
  } finally {
    display.end();
  }
}
