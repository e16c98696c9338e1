import type { ScalarMetrics } from '../metrics/metrics';
import { picked, recordedOptions } from '../options/fit-options';
import type { FitForm } from '../options/forms';
import { thinned, type TrainingFacts, type TrainingRecord } from './training-record';

/** The record of a training that went so, with these options. */
export function recordOf(
  history: Pick<TrainingRecord, 'epochs' | 'bestEpoch' | 'stoppedBy' | 'baseline'>,
  options: FitForm,
  facts: TrainingFacts,
): TrainingRecord {
  return {
    ...facts,
    epochs: thinned(history.epochs, [history.bestEpoch]).map(({ epoch, loss, metrics }) => ({
      epoch,
      loss,
      ...(metrics && { metrics: finite(metrics) }),
    })),
    bestEpoch: history.bestEpoch,
    stoppedBy: history.stoppedBy,
    ...(Number.isFinite(history.baseline?.score) && { baseline: { ...history.baseline! } }),
    options: picked(options, recordedOptions),
  };
}

/** JSON has no NaN. */
function finite(metrics: ScalarMetrics): ScalarMetrics {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}
