import { byCodePoint } from '../support/code-point-order';
import { BpttError } from '../support/errors';
import { scores, share, type Scores } from './scores';

/** All shares are 0…1. */
export interface ClassResults {
  /** Share of right predictions; 0 when there are none. */
  accuracy: number;
  /** Mean F1 of the labels that occur, as a truth or a prediction, each weighing the same. */
  macroF1: number;
  perLabel: Record<string, Scores>;
  /** `counts[i][j]`: how often label i was taken for label j. Left out when more than 1000 labels occur. */
  confusion?: { labels: string[]; counts: number[][] };
}

/** A table of more labels would be larger than the model. */
const confusionLimit = 1000;

/** Keeps pairs of label numbers apart in one key. */
const radix = 2 ** 26;

/**
 * Counts single labels: one a sequence, or one a step. Labels that neither occur nor are predicted play no part, and
 * a label without any right prediction has F1 0, both as in scikit-learn's defaults. Labels stand in the order of
 * their code points.
 */
export class ClassMetrics {
  private readonly labels: string[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly pairs = new Map<number, number>();

  /** @throws BpttError `ERR_SHAPE` when there are not as many predictions as truths. */
  add(truth: readonly string[], predicted: readonly string[]): void {
    checkSameLength(truth, predicted);
    for (let i = 0; i < truth.length; i++) {
      const pair = this.number(truth[i] as string) * radix + this.number(predicted[i] as string);
      this.pairs.set(pair, (this.pairs.get(pair) ?? 0) + 1);
    }
  }

  result(): ClassResults {
    const size = this.labels.length;
    const support = new Float64Array(size);
    const predicted = new Float64Array(size);
    const correct = new Float64Array(size);
    for (const [pair, count] of this.pairs) {
      const t = Math.floor(pair / radix);
      const p = pair % radix;
      support[t] = (support[t] as number) + count;
      predicted[p] = (predicted[p] as number) + count;
      if (t === p) correct[t] = count;
    }
    const labels = [...this.labels].sort(byCodePoint);
    const perLabel = labels.map((label): [string, Scores] => {
      const i = this.number(label);
      return [label, scores(correct[i] as number, predicted[i] as number, support[i] as number)];
    });
    return {
      accuracy: share(sum(correct), sum(support)),
      macroF1: share(sum(perLabel.map(([, { f1 }]) => f1)), size),
      perLabel: Object.fromEntries(perLabel),
      ...(size <= confusionLimit && { confusion: this.confusion(labels) }),
    };
  }

  private confusion(labels: string[]): { labels: string[]; counts: number[][] } {
    const places = new Map(labels.map((label, place) => [this.number(label), place]));
    const counts = labels.map(() => new Array<number>(labels.length).fill(0));
    for (const [pair, count] of this.pairs) {
      const row = counts[places.get(Math.floor(pair / radix)) as number] as number[];
      row[places.get(pair % radix) as number] = count;
    }
    return { labels, counts };
  }

  private number(label: string): number {
    let number = this.numbers.get(label);
    if (number === undefined) {
      number = this.labels.push(label) - 1;
      this.numbers.set(label, number);
    }
    return number;
  }
}

export function checkSameLength(truth: ArrayLike<unknown>, predicted: ArrayLike<unknown>): void {
  if (truth.length !== predicted.length) {
    throw new BpttError(
      'ERR_SHAPE',
      `There must be as many predictions as truths, but there are ${predicted.length} and ${truth.length}.`,
    );
  }
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
