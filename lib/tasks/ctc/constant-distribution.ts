import type { EncodedExample, EncodedTarget } from '../../data/encoded';
import { longPiece, type WorkSlice } from '../../support/work-slice';
import type { Likelihood } from '../constant-answer';

/** Products that one look at the examples takes, on the average, while the share of the blank is looked for. */
const lookAt = 1e6;

/** Odds of a label against the blank that are tried first: from 2^−16 to 2^8. */
const [rarest, commonest, coarse] = [-16, 8, 2];

/** Above this, a sum is written as a smaller one and a logarithm. */
const large = 2 ** 256;

/**
 * The shares [O] of the classes that make the labels of these examples most likely where every step has the same ones. Those of the
 * labels, without the blank, are as often as they stand in the targets, which is close to the best.
 *
 * @param labels [O] the share of each label among all labels; that of the blank, class 0, does not count.
 */
export async function likeliestShares(
  examples: readonly EncodedExample[],
  labels: Float32Array,
  slice: WorkSlice,
): Promise<Float64Array> {
  const some = await evenlySpread(examples, slice);
  const sharesAt = (exponent: number): Float64Array => {
    const odds = 2 ** exponent;
    const each = odds / (1 + odds) / (1 - labels[0]!);
    return Float64Array.from(labels, (share, id) => (id === 0 ? 1 / (1 + odds) : share * each));
  };
  const nats = async (exponent: number): Promise<number> => {
    const shares = sharesAt(exponent);
    let sum = 0;
    for (const { input, target } of some) {
      sum -= await slice.through(logProbability(target!.classes!, input.length, shares));
    }
    return sum;
  };
  let best = { exponent: rarest, nats: Infinity };
  const look = async (exponent: number): Promise<void> => {
    const found = await nats(exponent);
    if (found < best.nats) best = { exponent, nats: found };
  };
  for (let exponent = rarest; exponent <= commonest; exponent += coarse) await look(exponent);
  for (let step = coarse / 2; step >= 1 / 8; step /= 2) {
    const { exponent } = best;
    await look(exponent - step);
    await look(exponent + step);
  }
  return sharesAt(best.exponent);
}

/** As many of the examples as can be looked at often. */
async function evenlySpread(
  examples: readonly EncodedExample[],
  slice: WorkSlice,
): Promise<EncodedExample[]> {
  let products = 0;
  await slice.inPieces(examples.length, (begin, end) => {
    for (let i = begin; i < end; i++) {
      const { input, target } = examples[i]!;
      products += input.length * (2 * target!.classes!.length + 1);
    }
  });
  const stride = Math.max(1, Math.ceil(products / lookAt));
  return examples.filter((_, i) => i % stride === 0);
}

/** Of targets where every step has the same shares of the classes. Each is computed once, whatever is written. */
export function alignedLikelihood(
  shares: Float64Array,
  slice: WorkSlice,
): (target: EncodedTarget, steps: number) => Promise<Likelihood> {
  const known = new Map<EncodedTarget, Likelihood>();
  return async (target, steps) => {
    const before = known.get(target);
    if (before !== undefined) return before;
    const { classes = new Int32Array() } = target;
    const found = { loss: 0, count: 0, infeasible: 0 };
    if (!classes.some((id) => id < 0)) {
      const logarithm = await slice.through(logProbability(classes, steps, shares));
      if (logarithm === -Infinity) found.infeasible = 1;
      else Object.assign(found, { loss: -logarithm, count: 1 });
    }
    known.set(target, found);
    return found;
  };
}

/** Blanks that have to stand between equal labels. */
function repeatsIn(labels: Int32Array): number {
  return labels.reduce((count, label, i) => count + (i > 0 && label === labels[i - 1] ? 1 : 0), 0);
}

/**
 * ln p(labels | T steps) where every step has the same shares p of the classes, 0 the blank. With N = T − U − r, where r blanks have
 * to be there, each of the U labels is emitted once, and N more steps go to the labels and the U + 1 places for blanks as they
 * like:
 *
 *     p(labels | T) = p₀^r · Π p(l_i) · [z^N] 1 / ((1 − p₀ z)^(U + 1) · Π (1 − p(l_i) z))
 *
 * The coefficient is found by one pass over N + 1 sums for each factor. All p are divided by the largest, p*, so that the sums rise
 * from each to the next and the last, which is wanted, is never lost; p*^N is added in the end. −∞ where N < 0.
 */
export function* logProbability(
  labels: Int32Array,
  steps: number,
  shares: ArrayLike<number>,
): Generator<undefined, number> {
  const repeats = repeatsIn(labels);
  const free = steps - labels.length - repeats;
  if (free < 0) return -Infinity;
  const blank = shares[0]!;
  const largest = labels.reduce((most, label) => Math.max(most, shares[label]!), blank);
  let logarithm = repeats * Math.log(blank) + free * Math.log(largest);
  // Of the largest itself.
  const sums = new Float64Array(free + 1).fill(1);
  let first = true;
  const factors = function* (): Generator<number> {
    for (let i = 0; i <= labels.length; i++) yield blank;
    for (const label of labels) yield shares[label]!;
  };
  for (const label of labels) logarithm += Math.log(shares[label]!);
  for (const share of factors()) {
    if (first && share === largest) {
      first = false;
      continue;
    }
    const ratio = share / largest;
    for (let begin = 1; begin <= free; begin += longPiece) {
      const end = Math.min(begin + longPiece, free + 1);
      for (let t = begin; t < end; t++) sums[t] = sums[t]! + ratio * sums[t - 1]!;
      yield;
    }
    const last = sums[free]!;
    if (last > large) {
      logarithm += Math.log(last);
      for (let t = 0; t <= free; t++) sums[t] = sums[t]! / last;
    }
  }
  return logarithm + Math.log(sums[free]!);
}
