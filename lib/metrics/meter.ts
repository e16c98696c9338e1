import type { EncodedExample } from '../data/encoded';
import type { WorkSlice } from '../support/work-slice';
import { isMetric, type Metrics, type ScalarMetrics } from './metrics';

/** Takes in the results `R` of computed batches. */
export interface Meter<R = unknown> {
  /** The result of the batch of the examples with these indexes, with the pauses of `slice`. One call at a time. */
  add(examples: readonly EncodedExample[], indexes: Int32Array, result: R, slice?: WorkSlice): Promise<void>;
  result(): Omit<Metrics, 'seconds'>;
}

/** Those of the results that are one number and tell how good the model is. */
export function scalarsOf(meter: Meter): ScalarMetrics {
  return Object.fromEntries(
    Object.entries(meter.result()).filter(
      (entry): entry is [string, number] => isMetric(entry[0]) && typeof entry[1] === 'number',
    ),
  );
}
