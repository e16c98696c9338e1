import type { ActiveIndexes } from '../data/active-indexes';
import { BpttError } from '../support/errors';
import { longPiece } from '../support/work-slice';

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
 * models that do not begin and end by themselves say nothing, are not counted, nor is the output of the boundary. May be left alone
 * wherever it yields.
 *
 * @param probabilities `[T + 1, S + 1]` of each output, the boundary last: row t tells of step t + 1.
 * @param truth the active outputs of the T + 1 rows.
 * @returns the sum over the T − 1 steps, 0 where there are none.
 * @throws BpttError `ERR_SHAPE` when the two are not of one length.
 */
export function* multihotNats(
  probabilities: Float32Array,
  { active, activeCounts }: ActiveIndexes,
  size: number,
): Generator<undefined, number> {
  const width = size + 1;
  const rows = activeCounts.length;
  if (probabilities.length !== rows * width) {
    throw new BpttError(
      'ERR_SHAPE',
      `Expected the probabilities of ${rows} rows of ${width}; there are ${probabilities.length}.`,
    );
  }
  const isGiven = new Uint8Array(width);
  let nats = 0;
  let at = activeCounts[0] ?? 0;
  for (let row = 1, numbers = 0; row < rows - 1; row++, numbers += width) {
    const end = at + activeCounts[row]!;
    for (let i = at; i < end; i++) isGiven[active[i]!] = 1;
    const first = row * width;
    for (let output = 0; output < size; output++) {
      const p = probabilities[first + output]!;
      const given = isGiven[output] === 1 ? p : 1 - p;
      // NaN stays NaN.
      nats -= Math.log(given < least ? least : given);
    }
    for (; at < end; at++) isGiven[active[at]!] = 0;
    if (numbers >= longPiece) {
      yield;
      numbers = 0;
    }
  }
  return nats;
}
