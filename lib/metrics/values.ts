import { checkSameLength } from './classes';
import { share } from './scores';

export interface ValueResults {
  /** Mean squared error over all numbers. */
  mse: number;
  /** Mean absolute error over all numbers. */
  mae: number;
}

/** Counts errors of predicted numbers, in float64. Both means are 0 when there are none. */
export class ValueMetrics {
  private squares = 0;
  private absolutes = 0;
  private count = 0;

  /** @throws BpttError `ERR_SHAPE` when there are not as many predictions as truths. */
  add(truth: ArrayLike<number>, predicted: ArrayLike<number>): void {
    checkSameLength(truth, predicted);
    for (let i = 0; i < truth.length; i++) {
      const error = (predicted[i] as number) - (truth[i] as number);
      this.squares += error * error;
      this.absolutes += Math.abs(error);
    }
    this.count += truth.length;
  }

  result(): ValueResults {
    return { mse: share(this.squares, this.count), mae: share(this.absolutes, this.count) };
  }
}
