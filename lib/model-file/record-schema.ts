import * as v from 'valibot';

import type { WindowedSeries } from '../options/options';
import { recordedSchema, series } from '../options/fit-options';
import { checked, choice, finite, flag, options, seed, size, whole } from '../support/validation';
import type { TrainingRecord } from './training-record';

const count = whole(0, Number.MAX_SAFE_INTEGER);

const record = options({
  bptt: v.string(),
  fits: count,
  seed,
  examples: count,
  steps: count,
  epochs: v.array(
    options({
      epoch: size,
      loss: finite,
      metrics: v.exactOptional(v.record(v.string(), finite)),
    }),
  ),
  bestEpoch: count,
  stoppedBy: choice('epochs', 'minutes', 'patience', 'signal', 'checkpoint', 'error'),
  baseline: v.exactOptional(options({ metric: v.string(), score: finite, beaten: flag })),
  options: recordedSchema,
});

/** The training record of a model file, which anybody may have written. */
export function checkRecord(value: unknown): TrainingRecord {
  return checked('training record', record, value) as unknown as TrainingRecord;
}

/** What a model file says its examples were cut from. */
export function checkSeries(value: unknown): WindowedSeries {
  return checked('series', series, value);
}
