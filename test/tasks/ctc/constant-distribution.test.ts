import type { EncodedExample } from '../../../lib/data/encoded';
import { atOnce } from '../../../lib/support/work-slice';
import {
  alignedLikelihood,
  likeliestShares,
  logProbability,
} from '../../../lib/tasks/ctc/constant-distribution';
import { Impatient } from '../../data/impatient';

/** By all paths: repeats merged, then blanks taken out. */
function overAllPaths(labels: readonly number[], steps: number, shares: readonly number[]): number {
  let sum = 0;
  for (let code = 0; code < shares.length ** steps; code++) {
    const path = Array.from(
      { length: steps },
      (_, t) => Math.floor(code / shares.length ** t) % shares.length,
    );
    const read = path.filter((id, t) => id !== 0 && id !== path[t - 1]);
    if (read.join() === labels.join()) sum += path.reduce((product, id) => product * shares[id]!, 1);
  }
  return Math.log(sum);
}

const shares = [0.5, 0.3, 0.2];

test.each([
  [[], 0],
  [[], 4],
  [[1], 1],
  [[1], 5],
  [[1, 2], 5],
  [[2, 2], 3],
  [[2, 2], 6],
  [[1, 1, 2, 1], 7],
])('labels %j in %d steps are as likely as all their paths together', (labels, steps) => {
  const sum = atOnce(logProbability(Int32Array.from(labels), steps, shares));
  expect(sum).toBeCloseTo(overAllPaths(labels, steps, shares), 12);
  // A label may be more frequent than the blank.
  const others = [0.1, 0.2, 0.7];
  expect(atOnce(logProbability(Int32Array.from(labels), steps, others))).toBeCloseTo(
    overAllPaths(labels, steps, others),
    12,
  );
});

test('too few steps are infeasible, and a label that is not known counts for nothing', async () => {
  expect(atOnce(logProbability(Int32Array.of(2, 2), 2, shares))).toBe(-Infinity);
  const likelihood = alignedLikelihood(Float64Array.from(shares), new Impatient());
  expect(await likelihood({ classes: Int32Array.of(2, 2) }, 2)).toEqual({
    loss: 0,
    count: 0,
    infeasible: 1,
  });
  expect(await likelihood({ classes: Int32Array.of(2, -1) }, 5)).toEqual({
    loss: 0,
    count: 0,
    infeasible: 0,
  });
});

test('long sequences neither overflow nor vanish, and are looked at in slices', async () => {
  const labels = Int32Array.from({ length: 400 }, (_, i) => 1 + (i % 2));
  // All steps are of one distribution: what is likely is a share of all that can be.
  const nats = -atOnce(logProbability(labels, 9000, [0.9, 0.05, 0.05]));
  expect(nats).toBeGreaterThan(0);
  expect(nats).toBeLessThan(9000 * Math.log(3));
  const slice = new Impatient();
  const example: EncodedExample = { input: { length: 9000 }, target: { classes: labels } };
  const likeliest = await likeliestShares([example], Float32Array.of(0.02, 0.49, 0.49), slice);
  expect(slice.pauses).toBeGreaterThan(1000);
  expect(likeliest.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
  // About 400 of 9000 steps are labels.
  expect(likeliest[0]).toBeGreaterThan(0.9);
  expect(likeliest[0]).toBeLessThan(0.98);
});

test('one label that is always right leaves hardly anything to the blank', async () => {
  const examples = [3, 5, 8].map((length) => ({ input: { length }, target: { classes: Int32Array.of(1) } }));
  const [blank] = await likeliestShares(examples, Float32Array.of(0.1, 0.9), new Impatient());
  expect(blank).toBeLessThan(0.01);
});
