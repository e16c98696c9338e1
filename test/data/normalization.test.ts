import { Normalization } from '../../lib/data/normalization';
import { failure } from './failure';

test('mean and deviation of the population, over all rows of all sequences, far from 0 too', () => {
  // Python: statistics.fmean and statistics.pstdev of the first column.
  const sequences = [
    [[1000000.5, 5]],
    [
      [1000001.25, 5],
      [999999.0, 5],
    ],
    Float32Array.of(),
    [
      [1000002.75, 5],
      [1000000.0, 5],
    ],
  ];
  const { mean, deviation } = Normalization.fit(sequences, 2);
  expect(mean[0]).toBeCloseTo(1000000.7, 8);
  expect(deviation[0]).toBeCloseTo(1.2589678312014172, 9);
  expect([mean[1], deviation[1]]).toEqual([5, 1]);
});

test('apply brings the rows to mean 0 and deviation 1, and constants to 0', () => {
  const rows = [
    [1, 7, -3],
    [2, 7, 5],
    [4, 7, 1],
  ];
  const normalization = Normalization.fit([rows], 3);
  const out = new Float64Array(9);
  rows.forEach((row, step) => normalization.apply(row, 0, out, step * 3));
  for (const column of [0, 2]) {
    const values = [0, 1, 2].map((step) => out[step * 3 + column] ?? NaN);
    expect(values.reduce((sum, value) => sum + value)).toBeCloseTo(0, 12);
    expect(values.reduce((sum, value) => sum + value * value, 0) / 3).toBeCloseTo(1, 12);
  }
  expect([out[1], out[4], out[7]]).toEqual([0, 0, 0]);
});

test('a column that is constant but for rounding counts as constant', () => {
  const column = Array.from({ length: 1000 }, () => [0.1]);
  expect(Normalization.fit([column], 1).deviation[0]).toBe(1);
});

test('no rows at all leave numbers as they are', () => {
  const { mean, deviation } = Normalization.fit([], 2);
  expect([...mean, ...deviation]).toEqual([0, 0, 1, 1]);
});

test.each([
  [
    [
      [[1, 2]],
      [
        [1, 2],
        [1, NaN],
      ],
    ],
    'ERR_DATA',
    'example 1, step 1, number 1: expected a finite number, found the number NaN',
  ],
  [[[[1, Infinity]]], 'ERR_DATA', 'example 0, step 0, number 1'],
  [[[[1, 2], [1]]], 'ERR_SHAPE', 'example 0, step 1: expected 2 numbers, found 1'],
  [
    [
      [
        [1e200, 0],
        [-1e200, 0],
      ],
    ],
    'ERR_DATA',
    'Feature 0 spreads too widely',
  ],
] as const)('%j cannot be measured', (sequences, code, message) => {
  expect(() => Normalization.fit(sequences, 2)).toThrow(failure(code, message));
});

test('JSON gives the same numbers back, to the last bit', () => {
  const normalization = Normalization.of([0.1, 1 / 3], [Math.PI, 1e-300]);
  const copy = Normalization.fromJSON(JSON.parse(JSON.stringify(normalization)));
  expect(copy).toEqual(normalization);
});

test.each([
  [null],
  [{ mean: [1] }],
  [{ mean: [1], deviation: [0] }],
  [{ mean: [1], deviation: [1, 1] }],
  [{ mean: ['1'], deviation: [1] }],
])('%j is no normalization', (json) => {
  expect(() => Normalization.fromJSON(json)).toThrow(failure('ERR_DATA', 'normalization'));
});
