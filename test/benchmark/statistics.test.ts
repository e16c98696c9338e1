import { median, quantile, summarize } from '../../lib/benchmark/statistics';

test('quantiles, whatever the order', () => {
  const values = [10, 2, 1, 3];
  expect(median(values)).toBe(2.5);
  expect(quantile(values, 0)).toBe(1);
  expect(quantile(values, 1)).toBe(10);
  expect(quantile(values, 0.9)).toBeCloseTo(3 + 0.7 * 7, 12);
  expect(values).toEqual([10, 2, 1, 3]);
  expect(median([7])).toBe(7);
});

test('turns are summed up by the median of all, and by how far their own medians lie apart', () => {
  expect(summarize([[1, 2, 3], [4], [8, 8]])).toEqual({ median: 3.5, spread: 6 / 3.5, steps: 6 });
  expect(summarize([[5]])).toEqual({ median: 5, spread: 0, steps: 1 });
});
