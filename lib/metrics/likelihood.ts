import { BpttError } from '../support/errors';

export interface LikelihoodResults {
  /** Mean of −ln p(step | the steps before it), in nats. */
  nllPerStep: number;
  /** The exponential of `nllPerStep`. */
  perplexity: number;
  /** The same in bits. */
  bitsPerStep: number;
}

/** How probable a model finds sequences, step by step, in float64. NaN when there are no steps. */
export class Likelihood {
  private nats = 0;
  private steps = 0;

  /** @param nats the sum over these steps. */
  add(nats: number, steps: number): void {
    if (steps === 0) return;
    this.nats += nats;
    this.steps += steps;
  }

  result(): LikelihoodResults {
    const nllPerStep = this.nats / this.steps;
    return { nllPerStep, perplexity: Math.exp(nllPerStep), bitsPerStep: nllPerStep / Math.LN2 };
  }
}

/** No answer is held for less probable: float32 knows no probability nearer to 1, and one below would be infinite nats. */
const least = 2 ** -25;

/**
 * Nats of the steps 2…T of a multihot sequence, summed over its S outputs. The first step and the end, about which
 * models that do not begin and end by themselves say nothing, are not counted, nor is the output of the boundary.
 *
 * @param probabilities `[T + 1, S + 1]` of each output, the boundary last: row t tells of step t + 1.
 * @param truth `[T + 1, S + 1]` 0 or 1.
 * @returns the sum over the T − 1 steps, 0 where there are none.
 * @throws BpttError `ERR_SHAPE` when the two are not of one length, or of no whole number of rows.
 */
export function multihotNats(probabilities: Float32Array, truth: Float32Array, size: number): number {
  const width = size + 1;
  if (probabilities.length !== truth.length || truth.length % width !== 0) {
    throw new BpttError(
      'ERR_SHAPE',
      `Expected as many probabilities as truths, in rows of ${width}; there are ${probabilities.length} and ${truth.length}.`,
    );
  }
  let nats = 0;
  for (let row = width; row < truth.length - width; row += width) {
    for (let at = row; at < row + size; at++) {
      const p = probabilities[at] as number;
      const given = truth[at] === 1 ? p : 1 - p;
      // NaN stays NaN.
      nats -= Math.log(given < least ? least : given);
    }
  }
  return nats;
}
