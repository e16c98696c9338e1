import type { EncodedExample } from '../data/encoded';
import { scalarsOf } from '../metrics/meter';
import { isBetter, isErrorRate, isLoss, type ScalarMetrics } from '../metrics/metrics';
import type { WorkSlice } from '../support/work-slice';
import { targetsOf } from '../tasks/constant-answer';
import type { Task } from '../tasks/task';

/**
 * What the best answer scores that is the same for every input: the most frequent class, the mean. A network that has not begun to
 * learn is at this level, more or less, for as long as it takes.
 */
export class Baseline {
  constructor(
    readonly metric: string,
    private readonly metrics: ScalarMetrics,
    /** Results that were measured. */
    private readonly count: number,
  ) {}

  /** On the data given, by the metric given. */
  static async of(
    task: Task<unknown>,
    training: readonly EncodedExample[],
    {
      validation,
      metric,
      slice,
    }: { validation: readonly EncodedExample[]; metric: string; slice: WorkSlice },
  ): Promise<Baseline> {
    let best: Baseline | undefined;
    for (const answer of await task.constantAnswers(training, validation, slice)) {
      const meter = task.meter();
      let count = 0;
      for (const [index, example] of validation.entries()) {
        for (const target of targetsOf([example])) {
          if (slice.spent) await slice.pause();
          const result = await answer(target, example.input.length);
          await meter.add(validation, Int32Array.of(index), result, slice);
          count += Math.max(1, result.count);
        }
      }
      const baseline = new Baseline(metric, scalarsOf(meter), count);
      if (best === undefined || isBetter(metric, baseline.score, best.score)) best = baseline;
    }
    return best!;
  }

  /** Of the training loss, where there is nothing else. */
  static async ofTraining(
    task: Task<unknown>,
    training: readonly EncodedExample[],
    slice: WorkSlice,
  ): Promise<Baseline> {
    const [answer] = await task.constantAnswers(training, training, slice);
    let loss = 0;
    let count = 0;
    for (const example of training) {
      for (const target of targetsOf([example])) {
        if (slice.spent) await slice.pause();
        const result = await answer!(target, example.input.length);
        loss += result.loss;
        count += result.count;
      }
    }
    return new Baseline('loss', { loss: loss / count }, count);
  }

  get score(): number {
    return this.metrics[this.metric] ?? NaN;
  }

  /**
   * Whether a model has left the level of a constant answer: its score is better, and it or the loss by more than chance would
   * give so often. True where there is nothing to be better than.
   */
  isLeftBy(metrics: ScalarMetrics): boolean {
    const { metric, score } = this;
    if (Number.isNaN(score) || isPerfect(metric, score)) return true;
    const reached = metrics[metric] ?? NaN;
    if (Number.isNaN(reached) || !isBetter(metric, reached, score)) return false;
    return [metric, 'loss'].some((key) => this.isFarFrom(key, metrics[key] ?? NaN));
  }

  /**
   * Four standard errors of a share. A loss falls by chance by a share of about 1/n for each free parameter (Wilks 1938): 16/n of it
   * is as rare. Where there is little to measure, half of what can be gained is enough.
   */
  private isFarFrom(metric: string, reached: number): boolean {
    const { count } = this;
    const level = this.metrics[metric] ?? NaN;
    if (isLoss(metric) && !isErrorRate(metric)) return level - reached >= level * Math.min(1 / 2, 16 / count);
    const share = Math.min(Math.max(level, 1 / count), 1 - 1 / count);
    const chance = 4 * Math.sqrt((share * (1 - share)) / count);
    return isErrorRate(metric)
      ? level - reached >= Math.min(level / 2, chance)
      : reached - level >= Math.min((1 - level) / 2, chance);
  }
}

function isPerfect(metric: string, score: number): boolean {
  return score === (isLoss(metric) ? 0 : 1);
}
