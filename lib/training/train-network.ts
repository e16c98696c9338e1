import type {
  Network,
  NetworkOptions,
  Parameters,
  Trainer,
  TrainerOptions,
  TrainerState,
} from '../../binding';
import { native } from '../addon/native';
import { nativeCall, nativeResult } from '../addon/native-call';
import { layerStates } from '../architecture/cells';
import { scalarsOf } from '../metrics/meter';
import { damaged, writeModelFile, type ModelFile } from '../model-file/model-file';
import { nativeParameters } from '../model-file/parameters';
import { recordOf } from '../model-file/record-of';
import type { TrainingFacts, TrainingRecord } from '../model-file/training-record';
import { nativeOptimizer } from '../options/optimizers';
import type { FitForm, Search } from '../options/forms';
import type { TrainingBaseline } from '../options/options';
import { BpttError } from '../support/errors';
import { WorkSlice } from '../support/work-slice';
import type { Task } from '../tasks/task';
import { Baseline } from './baseline';
import { checkpointParts, type Checkpoint } from './checkpoint';
import { measure } from './evaluation';
import type { TrainingPosition } from './epoch-progress';
import { bestEpoch, runEpochs, type TrainingPlan, type TrainingResult } from './epoch-loop';
import { defaultWindow, exampleFeed, textFeed } from './feed';
import type { EncodedExamples } from './training-data';

/** Validation after each epoch is to be quick. */
const greedy: Search = { beam: 1, nBest: 1 };

export interface NetworkTraining {
  task: Task<unknown>;
  network: Network;
  data: EncodedExamples;
  options: FitForm;
  facts: TrainingFacts;
  /** Where an earlier run was broken off. */
  from?: Pick<Checkpoint, 'trainer' | 'position'> | undefined;
  /** Where checkpoints are written: what tells the data from others. */
  identity?: Checkpoint['data'] | undefined;
  /** What a file of the model holds besides parameters. */
  describe: (record: TrainingRecord) => Omit<ModelFile, 'tensors'>;
  /** Is given the trainer, to dispose of it early. */
  hold: (trainer: Trainer) => void;
}

/** Trains a copy of the network's parameters and puts the result in their place. */
export async function trainNetwork(training: NetworkTraining): Promise<TrainingResult> {
  const { task, network, options, facts, from, hold } = training;
  const baseline = await baselineOf(training);
  const settings = trainerOptions(task, options, facts.seed);
  const state = from && (await nativeState(task.network, from.trainer));
  const trainer = nativeCall(() => new (native().Trainer)(network, settings, state));
  hold(trainer);
  try {
    const result = await runEpochs({ ...trainingPlan(training, trainer), baseline });
    await nativeResult(() => trainer.finish());
    return result;
  } finally {
    trainer.dispose();
  }
}

/** A state as a trainer takes it. */
async function nativeState(
  network: NetworkOptions,
  { parameters, first, second, kept, ...others }: TrainerState,
): Promise<TrainerState<Parameters>> {
  const all = (arrays: Record<string, Float32Array>): Promise<Parameters> =>
    nativeParameters(network, Object.entries(arrays));
  return {
    ...others,
    parameters: await all(parameters),
    ...(first && { first: await all(first) }),
    ...(second && { second: await all(second) }),
    ...(kept && { kept: await all(kept) }),
  };
}

async function baselineOf({ task, data, options }: NetworkTraining): Promise<Baseline | undefined> {
  const { training, validation } = data;
  const metric = options.metric ?? task.metric;
  const slice = new WorkSlice({ signal: options.signal });
  const baseline =
    validation === undefined
      ? await Baseline.ofTraining(task, training, slice)
      : await Baseline.of(task, training, { validation, metric, slice });
  return Number.isNaN(baseline.score) ? undefined : baseline;
}

/** Writes the checkpoints that are wanted. */
function checkpointWriter({
  task,
  options,
  facts,
  identity,
  describe,
}: NetworkTraining): TrainingPlan['save'] {
  const { checkpoint } = options;
  if (checkpoint === undefined || identity === undefined) return undefined;
  return async (trainer: TrainerState, position: TrainingPosition, baseline?: TrainingBaseline) => {
    const { history, best, epoch } = position;
    const result = {
      epochs: history,
      bestEpoch: bestEpoch(epoch - 1, identity.validation && best),
      ...(baseline && { baseline }),
    };
    const record = recordOf({ ...result, stoppedBy: 'checkpoint' }, options, facts);
    const { parameters, ...parts } = checkpointParts(task.network, { data: identity, position, trainer });
    await writeModelFile(checkpoint.path, { ...describe(record), tensors: parameters, checkpoint: parts });
  };
}

function trainerOptions(
  task: Task<unknown>,
  { optimizer, clipNorm, threads, priority }: FitForm,
  seed: number,
): TrainerOptions {
  const rareTokens = task.rareTokens();
  const rareCharacters = task.rareCharacters();
  return {
    optimizer: nativeOptimizer(optimizer),
    clipNorm,
    threads: threads ?? native().system().threads,
    background: priority !== 'normal',
    seed,
    ...(rareTokens && { rareTokens }),
    ...(rareCharacters && { rareCharacters }),
  };
}

/** How a trainer is to be fed. */
function trainingPlan(network: NetworkTraining, trainer: Trainer): TrainingPlan {
  const { task, data, options, facts, from } = network;
  const { training, validation } = data;
  const { batchSize, tbptt = defaultWindow } = options;
  const text = training[0]?.text;
  const feed =
    text === undefined
      ? exampleFeed(task, training, batchSize, facts.seed)
      : textFeed(text, batchSize, tbptt);
  const { step = 0 } = from?.position.sums ?? {};
  if (step > feed.batchesPerEpoch) {
    throw damaged(options.resume!, `it stands behind batch ${step} of ${feed.batchesPerEpoch}`);
  }
  if (text !== undefined && from !== undefined && step > 0) {
    checkCarried(options.resume!, from.trainer, task.network, Math.min(batchSize, text.length - 1));
  }
  return {
    trainer,
    options,
    metric: options.metric ?? task.metric,
    ...feed,
    validate:
      validation &&
      (async () => {
        const run = {
          examples: validation,
          locate: data.locate,
          batchSize,
          depth: 2,
          signal: options.signal,
        };
        return scalarsOf(await measure(task, { ...run, engine: trainer, search: greedy }));
      }),
    position: from?.position,
    save: checkpointWriter(network),
  };
}

/** The states that the next window of a text goes on from must be those of its parts. */
function checkCarried(path: string, { carried }: TrainerState, network: NetworkOptions, parts: number): void {
  const found = (carried?.h.length ?? 0) / (network.layers * layerStates(network).h);
  if (found !== parts) {
    throw damaged(path, `its states are those of ${found} parts of the text; there are ${parts}`);
  }
}

/** Before hours are spent on training: the metric must be one that will be there. */
export function checkMetric(task: Task<unknown>, metric: string | undefined): void {
  const known = Object.keys(scalarsOf(task.meter()));
  if (metric !== undefined && !known.includes(metric)) {
    throw new BpttError(
      'ERR_OPTION',
      `fit: option "metric" must be one of ${known.join(', ')}; found "${metric}".`,
    );
  }
}
