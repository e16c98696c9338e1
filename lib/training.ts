import type { Network, Trainer, TrainerOptions } from '../binding';
import type { Codec } from './codec';
import { countBatches, trainingBatches } from './data/batch-order';
import type { EncodedExample } from './data/encoded';
import { Text, type Example } from './data/example';
import { countTextWindows, textWindows } from './data/text-windows';
import { BpttError } from './errors';
import { measure } from './evaluation';
import { train, type TrainingBatch, type TrainingPlan } from './fit';
import { scalarsOf } from './meter';
import { native } from './native';
import { nativeCall, nativeResult } from './native-call';
import type { Optimizer } from './optimizer';
import type { FitForm, History, Search } from './options';

/** Validation after each epoch is to be quick. */
const greedy: Search = { beam: 1, nBest: 1 };

/** Steps of a text that a gradient flows back through. */
export const defaultWindow = 100;

/** What `fit` is given, as arrays. */
export interface Examples {
  training: Example[];
  validation?: Example[];
}

export interface EncodedExamples {
  training: EncodedExample[];
  validation?: EncodedExample[];
}

export async function collectData(
  data: unknown,
  options: FitForm,
  collect: (data: unknown, name?: string) => Promise<Example[]>,
): Promise<Examples> {
  const { validation, tbptt } = options;
  if (validation === undefined) {
    refuseWithoutValidation('metric', options.metric);
    refuseWithoutValidation('patience', options.patience);
  }
  const training = await collect(data);
  if (tbptt !== undefined && !(training[0] instanceof Text)) {
    throw new BpttError(
      'ERR_OPTION',
      'fit: option "tbptt" cuts a text into windows, for models that write sequences; examples are learned from as a whole.',
    );
  }
  return {
    training,
    ...(validation !== undefined && { validation: await collect(validation, 'the validation data') }),
  };
}

function refuseWithoutValidation(name: string, value: unknown): void {
  if (value !== undefined) {
    throw new BpttError('ERR_OPTION', `fit: option "${name}" needs the option "validation" too.`);
  }
}

export async function encodeData(
  codec: Codec<unknown>,
  { training, validation }: Examples,
): Promise<EncodedExamples> {
  return {
    training: await codec.encodeExamples(training, 'error'),
    ...(validation && { validation: await codec.encodeExamples(validation, 'keep') }),
  };
}

export interface NetworkTraining {
  codec: Codec<unknown>;
  network: Network;
  data: EncodedExamples;
  options: FitForm;
  seed: number;
  /** Is given the trainer, to dispose of it early. */
  hold: (trainer: Trainer) => void;
}

/** Trains a copy of the network's parameters and puts the result in their place. */
export async function trainNetwork({
  codec,
  network,
  data,
  options,
  seed,
  hold,
}: NetworkTraining): Promise<History> {
  const trainer = nativeCall(() => new (native().Trainer)(network, trainerOptions(codec, options, seed)));
  hold(trainer);
  try {
    const history = await train(trainingPlan(codec, trainer, data, options, seed));
    await nativeResult(() => trainer.finish());
    return history;
  } finally {
    trainer.dispose();
  }
}

function trainerOptions(
  codec: Codec<unknown>,
  { optimizer, clipNorm, threads }: FitForm,
  seed: number,
): TrainerOptions {
  const rareTokens = codec.rareTokens();
  const rareCharacters = codec.rareCharacters();
  return {
    optimizer: nativeOptimizer(optimizer),
    clipNorm,
    threads: threads ?? native().system().threads,
    seed,
    ...(rareTokens && { rareTokens }),
    ...(rareCharacters && { rareCharacters }),
  };
}

/** What an optimizer does not use stays 0. */
function nativeOptimizer({ learningRate: _rate, ...given }: Optimizer): TrainerOptions['optimizer'] {
  const nothing = {
    momentum: 0,
    nesterov: false,
    decay: 0,
    beta1: 0,
    beta2: 0,
    epsilon: 0,
    weightDecay: 0,
  };
  return { ...nothing, ...given };
}

/** The batches of a training, made one by one. The same seed gives the same. */
type Feed = Pick<TrainingPlan, 'batches' | 'batchesPerEpoch'>;

/** Examples in an order that is another one in each epoch. */
function exampleFeed(
  codec: Codec<unknown>,
  examples: readonly EncodedExample[],
  batchSize: number,
  seed: number,
): Feed {
  const lengths = examples.map(({ input }) => input.length);
  const targetLengths = examples.map(({ target }) => target?.steps ?? 0);
  return {
    batchesPerEpoch: countBatches(examples.length, batchSize),
    *batches(epoch): Generator<TrainingBatch> {
      for (const indexes of trainingBatches(lengths, { batchSize, seed, epoch, targetLengths })) {
        let steps = 0;
        for (const index of indexes) {
          steps += lengths[index]!;
        }
        yield { batch: codec.assemble(examples, indexes, epoch), examples: indexes.length, steps };
      }
    },
  };
}

/** Windows of a text, in its order, each going on from where the one before it ended. */
function textFeed(text: Int32Array, parts: number, steps: number): Feed {
  return {
    batchesPerEpoch: countTextWindows(text.length, { parts, steps }),
    *batches(): Generator<TrainingBatch> {
      for (const { continues, ...window } of textWindows(text, { parts, steps })) {
        const { length } = window.tokens;
        yield {
          batch: { ...window, continues, keeps: true },
          examples: window.lengths.length,
          steps: length,
        };
      }
    },
  };
}

/** How a trainer is to be fed. */
function trainingPlan(
  codec: Codec<unknown>,
  trainer: Trainer,
  { training, validation }: EncodedExamples,
  options: FitForm,
  seed: number,
): TrainingPlan {
  const { batchSize, tbptt = defaultWindow } = options;
  const text = training[0]?.text;
  return {
    trainer,
    options,
    metric: options.metric ?? codec.metric,
    ...(text === undefined
      ? exampleFeed(codec, training, batchSize, seed)
      : textFeed(text, batchSize, tbptt)),
    validate:
      validation &&
      (async () => {
        const run = { examples: validation, batchSize, depth: 2, signal: options.signal };
        return scalarsOf(await measure(codec, { ...run, engine: trainer, search: greedy }));
      }),
  };
}

/** Before hours are spent on training: the metric must be one that will be there. */
export function checkMetric(codec: Codec<unknown>, metric: string | undefined): void {
  const known = Object.keys(scalarsOf(codec.meter()));
  if (metric !== undefined && !known.includes(metric)) {
    throw new BpttError(
      'ERR_OPTION',
      `fit: option "metric" must be one of ${known.join(', ')}; found "${metric}".`,
    );
  }
}
