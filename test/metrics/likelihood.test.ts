import { Likelihood, multihotNats } from '../../lib/metrics/likelihood';
import { atOnce, longPiece } from '../../lib/support/work-slice';
import { failure } from '../data/failure';

/** Of the active outputs of each row. */
const nats = (probabilities: Float32Array, rows: number[][], size: number): number => {
  const truth = {
    active: Int32Array.from(rows.flat()),
    activeCounts: Int32Array.from(rows, ({ length }) => length),
  };
  return atOnce(multihotNats(probabilities, truth, size));
};

test('nats, perplexity and bits a step, whatever the pieces', () => {
  const likelihood = new Likelihood();
  likelihood.add(Math.log(8) * 3, 3);
  likelihood.add(NaN, 0);
  likelihood.add(0, 1);
  const { nllPerStep, perplexity, bitsPerStep } = likelihood.result();
  expect(nllPerStep).toBeCloseTo((Math.LN2 * 9) / 4, 12);
  expect(perplexity).toBeCloseTo(2 ** 2.25, 12);
  expect(bitsPerStep).toBeCloseTo(2.25, 12);
});

test('nothing counted', () => {
  expect(new Likelihood().result()).toEqual({ nllPerStep: NaN, perplexity: NaN, bitsPerStep: NaN });
});

test('multihot: steps 2…T, without the boundary', () => {
  // T = 3 steps of S = 2 outputs; the rows of the first step and of the end are wrong on purpose.
  const truth = [[0], [1], [0, 1], [2]];
  const given = Float32Array.of(0.01, 0.9, 0.9, 0.25, 0.5, 0.9, 0.5, 0.25, 0.9, 0.9, 0.9, 0.01);
  expect(nats(given, truth, 2)).toBeCloseTo(
    -(Math.log(0.75) + Math.log(0.5) + Math.log(0.5) + Math.log(0.25)),
    7,
  );
});

test('multihot: sequences of one step or none have nothing to count', () => {
  expect(nats(new Float32Array(3), [[2]], 2)).toBe(0);
  expect(nats(new Float32Array(6), [[0], [2]], 2)).toBe(0);
});

test('multihot: what float32 holds for certain is never infinitely wrong, and NaN is not hidden', () => {
  const truth = [[], [], []];
  expect(nats(Float32Array.of(0, 0, 1, 0, 0, 0), truth, 1)).toBeCloseTo(25 * Math.LN2, 12);
  expect(nats(Float32Array.of(0, 0, NaN, 0, 0, 0), truth, 1)).toBeNaN();
});

test('multihot: rows of one width', () => {
  expect(() => nats(new Float32Array(7), [[0], [2]], 2)).toThrow(
    failure('ERR_SHAPE', '2 rows of 3; there are 7'),
  );
});

test('multihot: many steps may be left alone between', () => {
  const rows = Array.from({ length: 4 * longPiece }, () => [0]);
  const work = multihotNats(
    new Float32Array(2 * rows.length).fill(0.5),
    { active: new Int32Array(rows.length), activeCounts: new Int32Array(rows.length).fill(1) },
    1,
  );
  expect([...work].length).toBeGreaterThanOrEqual(3);
});
