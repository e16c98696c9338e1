import type { Batch, Network, NetworkOptions } from '../../binding';
import type { EncodedExample } from '../data/encoded';
import type { StepEncoder } from '../data/encoders/step-encoder';
import type { Data, Locate, Sequence } from '../data/example';
import type { Normalization } from '../data/normalization';
import type { Vocabulary } from '../data/text/vocabulary';
import type { Meter } from '../metrics/meter';
import type { PredictForm, Search } from '../options/forms';
import type { WorkSlice } from '../support/work-slice';
import type { ConstantAnswer } from './constant-answer';

/** What stands in a model file for a task. */
export interface TaskJSON {
  input: unknown;
  output: unknown;
}

/** Computes batches: with a network's present parameters, or those a trainer is at. */
export type Engine = Pick<Network, 'evaluate' | 'decode'>;

/**
 * What a model has learned from its training data besides parameters (vocabulary, labels, sizes, scales), and with it
 * all that differs from mode to mode: how examples become numbers, and numbers predictions. `P` is a prediction, `R` the
 * result of a computed batch.
 */
export interface Task<P, R = unknown> {
  readonly network: NetworkOptions;
  readonly vocabulary: Vocabulary | undefined;
  readonly labels: string[] | undefined;
  /** Of the symbols put out, where there are some and they stand in a vocabulary. */
  readonly targetVocabulary?: Vocabulary | undefined;
  /** Of the values put out, where they are z-scores. */
  readonly scale: Normalization | undefined;
  /** The key of the metric that tells which epoch is best, where the caller does not. */
  readonly metric: string;
  /** [vocabulary] 1 for the tokens that training now and then reads as unknown. */
  rareTokens(): Uint8Array | undefined;
  /** [character vocabulary] the same for characters. */
  rareCharacters(): Uint8Array | undefined;
  /** Labels not seen in training are an `error`, or for evaluation `keep` them: they count as wrong. */
  encode(
    data: Data,
    unknown: 'error' | 'keep',
    slice?: WorkSlice,
    locate?: Locate,
  ): Promise<EncodedExample[]>;
  encodeInputs(xs: readonly Sequence[], locate: Locate, slice?: WorkSlice): Promise<EncodedExample[]>;
  /** @param epoch from 1, of a batch to train with. */
  assemble(examples: readonly EncodedExample[], indexes: Int32Array, epoch?: number): Batch;
  /** Has a batch computed, with its loss where it has targets. */
  compute(engine: Engine, batch: Batch, search: Search): Promise<R>;
  /** The predictions of a batch, in its order; of long sequences with pauses. */
  predictions(result: R, batch: Batch, options: PredictForm): P[] | Promise<P[]>;
  meter(): Meter<R>;
  /** What models would compute that give the same answer to everything, as likely as the training targets make it; at least one. The
   * answers themselves are the most frequent of `measured`, of which nothing else of the same kind can be better. */
  constantAnswers(
    training: readonly EncodedExample[],
    measured: readonly EncodedExample[],
    slice: WorkSlice,
  ): Promise<ConstantAnswer<R>[]>;
  stepEncoder(): StepEncoder;
  toJSON(): TaskJSON;
}

/** Where the task of a model comes from. */
export interface TaskSource<P> {
  /** The examples of the data that a caller gives, or the one text among those that read one. Default: examples. */
  collect?(data: unknown, name?: string, slice?: WorkSlice): Promise<Data>;
  /** The task of an architecture that leaves nothing to the training data. */
  known(): Task<P> | undefined;
  /** The task that training data teach. */
  learn(data: Data, slice?: WorkSlice): Promise<Task<P>>;
  /** Errors: `ERR_DATA` for what `toJSON` does not give, or not for this architecture. */
  fromJSON(json: TaskJSON): Task<P>;
}
