import { teacherForcingAt } from '../../../lib/tasks/encoder-decoder/teacher-forcing';

test('a number is the share of all epochs', () => {
  expect([1, 2, 99].map((epoch) => teacherForcingAt(0.75, epoch))).toEqual([0.75, 0.75, 0.75]);
});

test('a schedule goes from the one to the other in equal steps, and stays there', () => {
  const falling = { from: 1, to: 0.5, epochs: 5 };
  const shares = [1, 2, 3, 4, 5, 6, 7, 1000].map((epoch) => teacherForcingAt(falling, epoch));
  [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.5, 0.5].forEach((share, i) => {
    expect(shares[i]).toBeCloseTo(share, 12);
  });
  expect([1, 2, 3].map((epoch) => teacherForcingAt({ from: 0, to: 1, epochs: 1 }, epoch))).toEqual([0, 1, 1]);
});

test('no share leaves the range of the two', () => {
  for (const [from, to] of [
    [1, 0.1],
    [0.3, 0.7],
    [0, 1],
    [0.1, 0.1],
  ] as const) {
    for (let epoch = 1; epoch < 40; epoch++) {
      const share = teacherForcingAt({ from, to, epochs: 31 }, epoch);
      expect(share).toBeGreaterThanOrEqual(Math.min(from, to));
      expect(share).toBeLessThanOrEqual(Math.max(from, to));
    }
  }
});
