import { integers } from '../../lib/support/integers';

test('arrays of any length are zeros of their own', () => {
  const arrays = Array.from({ length: 3000 }, (_, i) => integers(i % 300));
  for (const [i, array] of arrays.entries()) {
    expect(array).toHaveLength(i % 300);
    expect(array.every((value) => value === 0)).toBe(true);
    array.fill(i + 1);
  }
  for (const [i, array] of arrays.entries()) expect(array.every((value) => value === i + 1)).toBe(true);
});

test('short arrays share their memory, a long one has its own', () => {
  expect(integers(10).buffer.byteLength).toBeGreaterThan(40);
  expect(integers(10_000).buffer.byteLength).toBe(40_000);
});
