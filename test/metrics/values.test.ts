import { ValueMetrics } from '../../lib/metrics/values';
import { failure } from '../data/failure';

test('means over all numbers, whatever the pieces', () => {
  const metrics = new ValueMetrics();
  metrics.add([1, 2], Float32Array.of(1.5, 0));
  metrics.add([], []);
  metrics.add(Float32Array.of(-1), [2]);
  const { mse, mae } = metrics.result();
  // (0.25 + 4 + 9) / 3 and (0.5 + 2 + 3) / 3
  expect(mse).toBeCloseTo(13.25 / 3, 12);
  expect(mae).toBeCloseTo(5.5 / 3, 12);
});

test('sums are kept in float64', () => {
  const metrics = new ValueMetrics();
  metrics.add([0], [1e6]);
  for (let i = 0; i < 1000; i++) metrics.add([0], [0.5]);
  expect(metrics.result().mse * 1001).toBeCloseTo(1e12 + 250, 3);
});

test('NaN is not hidden', () => {
  const metrics = new ValueMetrics();
  metrics.add([0, 1], [NaN, 1]);
  expect(metrics.result()).toEqual({ mse: NaN, mae: NaN });
});

test('nothing counted', () => {
  expect(new ValueMetrics().result()).toEqual({ mse: 0, mae: 0 });
  expect(() => new ValueMetrics().add([1], [1, 2])).toThrow(failure('ERR_SHAPE', 'there are 2 and 1'));
});
