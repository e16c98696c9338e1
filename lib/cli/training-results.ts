import type { Metrics } from '../metrics/metrics';
import type { SequenceModel } from '../models/sequence-model';
import type { EpochRecord, History } from '../options/options';
import { duration, metricName, shortNumber } from './format';
import { table } from './table';
import type { Rates } from './training-rates';

export interface TrainingResults {
  model: SequenceModel;
  history: History;
  rates: Rates;
  out: string;
  /** Whether there were validation data. */
  validated: boolean;
}

const stopped: Record<History['stoppedBy'], string> = {
  epochs: 'all epochs done',
  minutes: 'the time was over',
  patience: 'no better epoch came',
  signal: 'interrupted',
};

/** What a person wants to see of a training run. */
export function trainingTable({ model, history, rates, out }: TrainingResults): string {
  const best = bestEpoch(history);
  const metrics = Object.entries(best.metrics ?? {});
  return table([
    ['train loss', shortNumber(best.loss)],
    ...metrics.map(([key, value]) => [`validation ${metricName(key)}`, shortNumber(value)]),
    ...baselineRow(history),
    ['best epoch', `${best.epoch} of ${history.epochs.at(-1)!.epoch} (${stopped[history.stoppedBy]})`],
    ['time', duration(seconds(history))],
    ['examples a second', shortNumber(Math.round(rates.examplesPerSecond))],
    ['steps a second', shortNumber(Math.round(rates.stepsPerSecond))],
    ['parameters', shortNumber(model.parameterCount)],
    ['model', out],
  ]);
}

/**
 * The keys of `evaluate`, of the validation data, or without them of the training; `training` tells how it went.
 * After an interruption only the metrics that are one number.
 */
export function trainingJSON(
  { model, history, rates, out, validated }: TrainingResults,
  measured: Metrics | undefined,
): Record<string, unknown> {
  const best = bestEpoch(history);
  const { examples, steps } = model.record!;
  const counts = validated ? {} : { loss: best.loss, examples, steps, seconds: seconds(history) };
  return {
    ...(measured ?? best.metrics ?? counts),
    training: {
      loss: best.loss,
      epochs: history.epochs.at(-1)!.epoch,
      bestEpoch: history.bestEpoch,
      stoppedBy: history.stoppedBy,
      ...(history.baseline && { baseline: history.baseline }),
      examples,
      steps,
      seconds: seconds(history),
      ...rates,
      parameters: model.parameterCount,
      model: out,
    },
  };
}

/** What the same answer for every input would have, and whether that is all the model has come to. */
export function baselineRow({ baseline }: Pick<History, 'baseline'>): string[][] {
  if (baseline === undefined) return [];
  const { metric, score, beaten } = baseline;
  const level = `${metricName(metric)} ${shortNumber(score)}`;
  return [['a constant answer', beaten ? level : `${level}: not beaten by more than chance gives`]];
}

function bestEpoch({ epochs, bestEpoch }: History): EpochRecord {
  // There may be gaps in a long history that was gone on with.
  return epochs.find(({ epoch }) => epoch === bestEpoch)!;
}

function seconds({ epochs }: History): number {
  return epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
}
