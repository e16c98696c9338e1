import type { ScalarMetrics } from '../metrics/metrics';
import type { RecordedOption } from '../options/fit-options';
import type { FitForm } from '../options/forms';
import type { History, TrainingBaseline } from '../options/options';

/** What the last `fit` of a model did; it is kept in the model file. No times: the same training leaves the same file. */
export interface TrainingRecord {
  /** Version of this package. */
  bptt: string;
  /** How often the model was fitted, this time included. */
  fits: number;
  /** Of this training: that of the architecture, and another one each time the model is fitted again. */
  seed: number;
  /** Of the training data. */
  examples: number;
  /** Time steps of the training data. */
  steps: number;
  /** Each epoch that was begun; of more than 4096 only each second, fourth, eighth and so on, with the first, the best and the last. */
  epochs: { epoch: number; loss: number; metrics?: ScalarMetrics }[];
  /** The epoch whose parameters are in place, from 1. */
  bestEpoch: number;
  /** `checkpoint`: nothing yet, the file is a checkpoint. `error`: a checkpoint could not be written. */
  stoppedBy: History['stoppedBy'] | 'checkpoint' | 'error';
  /** What a constant answer scores, as far as it was measured. */
  baseline?: TrainingBaseline;
  /** Those that have a part in the result, with their defaults. */
  options: Pick<FitForm, RecordedOption>;
}

/** What is known before a training begins. */
export type TrainingFacts = Pick<TrainingRecord, 'bptt' | 'fits' | 'seed' | 'examples' | 'steps'>;

/** A file has no room for millions of epochs. */
const epochsKept = 4096;

/**
 * Of many epochs those whose numbers are multiples of 1, 2, 4 …, with the first, the last and those that are named: what is left of epochs
 * that were thinned out before is what is left of all.
 */
export function thinned<E extends { epoch: number }>(epochs: readonly E[], named: readonly number[]): E[] {
  const last = epochs.at(-1)?.epoch ?? 0;
  let every = 1;
  while (last / every > epochsKept) every *= 2;
  const kept = new Set([1, last, ...named]);
  return epochs.filter(({ epoch }) => epoch % every === 0 || kept.has(epoch));
}
