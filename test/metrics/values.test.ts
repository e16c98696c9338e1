import { Normalization } from '../../lib/data/normalization';
import { errorsByColumn, ValueMetrics } from '../../lib/metrics/values';
import { failure } from '../data/failure';

test('means over all numbers, whatever the pieces', () => {
  const metrics = new ValueMetrics(1);
  metrics.add([1, 2], Float32Array.of(1.5, 0));
  metrics.add([], []);
  metrics.add(Float32Array.of(-1), [2]);
  const { mse, mae } = metrics.result();
  // (0.25 + 4 + 9) / 3 and (0.5 + 2 + 3) / 3
  expect(mse).toBeCloseTo(13.25 / 3, 12);
  expect(mae).toBeCloseTo(5.5 / 3, 12);
});

test('sums are kept in float64', () => {
  const metrics = new ValueMetrics(1);
  metrics.add([0], [1e6]);
  for (let i = 0; i < 1000; i++) metrics.add([0], [0.5]);
  expect(metrics.result().mse * 1001).toBeCloseTo(1e12 + 250, 3);
});

test('NaN is not hidden', () => {
  const metrics = new ValueMetrics(1);
  metrics.add([0, 1], [NaN, 1]);
  expect(metrics.result()).toMatchObject({ mse: NaN, mae: NaN, rmse: NaN });
});

test('nothing counted', () => {
  expect(new ValueMetrics(1).result()).toMatchObject({ mse: 0, mae: 0, rmse: 0 });
  expect(() => new ValueMetrics(1).add([1], [1, 2])).toThrow(failure('ERR_SHAPE', 'there are 2 and 1'));
});

const scale = Normalization.of([5, -1], [2, 10]);

test('z-scores are told in the units of the data, for each output and for all', () => {
  const metrics = new ValueMetrics(2, { normalization: scale });
  metrics.add([0, 0, 1, 1], [1, 0.5, 1, 0.5]);
  const first = { mse: 2, mae: 1, rmse: Math.sqrt(2), scaledMse: 0.5, scaledMae: 0.5 };
  const second = { mse: 25, mae: 5, rmse: 5, scaledMse: 0.25, scaledMae: 0.5 };
  expect(metrics.result()).toEqual({
    mse: 13.5,
    mae: 3,
    rmse: Math.sqrt(13.5),
    scaledMse: 0.375,
    scaledMae: 0.5,
    perOutput: [first, second],
  });
  expect(metrics.learnedMse).toBe(0.375);
});

test('values that are learned as they are have z-scores where their scale was measured', () => {
  const metrics = new ValueMetrics(2, { measured: scale });
  metrics.add([0, 0], [2, 5]);
  expect(metrics.result()).toMatchObject({ mse: 14.5, mae: 3.5, scaledMse: 0.625, scaledMae: 0.75 });
  const unknown = new ValueMetrics(1);
  unknown.add([0], [2]);
  expect(unknown.result()).toEqual({ mse: 4, mae: 2, rmse: 2, perOutput: [{ mse: 4, mae: 2, rmse: 2 }] });
});

test('the rows of a forecast are told column by column', () => {
  const metrics = new ValueMetrics(4, { normalization: Normalization.of([0, 0, 0, 0], [1, 10, 1, 10]) });
  metrics.add([0, 0, 0, 0], [1, 1, 3, 3]);
  const { perOutput } = metrics.result();
  expect(errorsByColumn(perOutput, ['a', 'b'])).toEqual([
    { column: 'a', mse: 5, mae: 2, rmse: Math.sqrt(5), scaledMse: 5, scaledMae: 2 },
    { column: 'b', mse: 500, mae: 20, rmse: Math.sqrt(500), scaledMse: 5, scaledMae: 2 },
  ]);
});
