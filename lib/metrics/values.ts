import type { ValueScale } from '../data/normalization';
import { atOnce, longPiece } from '../support/work-slice';
import { checkSameLength } from './classes';
import { share } from './scores';

/** How far numbers are from the right ones. */
export interface ValueErrors {
  /** Mean squared error, in the units of the data. */
  mse: number;
  /** Mean absolute error, in the units of the data. */
  mae: number;
  /** Square root of `mse`. */
  rmse: number;
  /** `mse` of z-scores, by mean and deviation of the training data: columns of different size count alike. Missing where these
   * are not known. */
  scaledMse?: number;
  /** `mae` of the same z-scores. */
  scaledMae?: number;
}

/** The errors of one output, or of a column of a table. */
export interface OutputErrors extends ValueErrors {
  /** Of the column, where it is known. */
  column?: string;
}

export interface ValueResults extends ValueErrors {
  /** The errors of each output, in their order; of a model of a series those of each column. */
  perOutput: OutputErrors[];
}

/** Counts errors of predicted numbers, in float64. All means are 0 when there are none. */
export class ValueMetrics {
  private readonly squares: Float64Array;
  private readonly absolutes: Float64Array;
  private count = 0;

  /** @param size O, numbers of a result. */
  constructor(
    private readonly size: number,
    private readonly scale: ValueScale = {},
  ) {
    this.squares = new Float64Array(size);
    this.absolutes = new Float64Array(size);
  }

  /**
   * Rows of O numbers as the network learns them.
   *
   * @throws BpttError `ERR_SHAPE` when there are not as many predictions as truths.
   */
  add(truth: ArrayLike<number>, predicted: ArrayLike<number>): void {
    atOnce(this.adding(truth, predicted));
  }

  /** `add`, which may be left alone wherever it yields. */
  *adding(truth: ArrayLike<number>, predicted: ArrayLike<number>): Generator<undefined, void> {
    checkSameLength(truth, predicted);
    const { size, squares, absolutes } = this;
    let numbers = 0;
    for (let from = 0; from < truth.length; from += size) {
      for (let i = 0; i < size; i++) {
        const error = (predicted[from + i] as number) - (truth[from + i] as number);
        squares[i] = squares[i]! + error * error;
        absolutes[i] = absolutes[i]! + Math.abs(error);
      }
      numbers += size;
      if (numbers >= longPiece) {
        yield;
        numbers = 0;
      }
    }
    this.count += truth.length / size;
  }

  /** Mean squared error of the numbers as they are learned. */
  get learnedMse(): number {
    return share(
      this.squares.reduce((sum, square) => sum + square, 0),
      this.count * this.size,
    );
  }

  result(): ValueResults {
    const perOutput = Array.from(this.squares, (_, output) => this.ofOutput(output));
    return { ...meanErrors(perOutput), perOutput };
  }

  private ofOutput(output: number): OutputErrors {
    const { normalization, measured } = this.scale;
    const mse = share(this.squares[output]!, this.count);
    const mae = share(this.absolutes[output]!, this.count);
    // A mean has no part in a difference.
    const deviation = (normalization ?? measured)?.deviation[output];
    const unit = normalization === undefined ? 1 : deviation!;
    const score = unit / (deviation ?? 1);
    return errors(
      mse * unit * unit,
      mae * unit,
      deviation === undefined ? {} : { scaledMse: mse * score * score, scaledMae: mae * score },
    );
  }
}

/** The errors of the columns of a table, of which each result has some rows: the i-th output belongs to the column i mod n. */
export function errorsByColumn(
  perOutput: readonly OutputErrors[],
  columns: readonly string[],
): OutputErrors[] {
  return columns.map((column, place) => ({
    column,
    ...meanErrors(perOutput.filter((_, output) => output % columns.length === place)),
  }));
}

/** Over outputs of which there are equally many numbers. */
function meanErrors(outputs: readonly OutputErrors[]): ValueErrors {
  const mean = (numbers: readonly number[]): number =>
    share(
      numbers.reduce((sum, number) => sum + number, 0),
      numbers.length,
    );
  const scaled = outputs.every(({ scaledMse }) => scaledMse !== undefined);
  return errors(
    mean(outputs.map(({ mse }) => mse)),
    mean(outputs.map(({ mae }) => mae)),
    scaled
      ? {
          scaledMse: mean(outputs.map(({ scaledMse }) => scaledMse!)),
          scaledMae: mean(outputs.map(({ scaledMae }) => scaledMae!)),
        }
      : {},
  );
}

function errors(mse: number, mae: number, scaled: Pick<ValueErrors, 'scaledMse' | 'scaledMae'>): ValueErrors {
  return { mse, mae, rmse: Math.sqrt(mse), ...scaled };
}
