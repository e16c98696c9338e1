import { Random, splitMix64 } from '../../lib/support/random';

test('splitMix64 gives the published numbers', () => {
  const next = splitMix64(1234567n);
  expect([next(), next(), next()]).toEqual([
    6457827717110365317n,
    3203168211198807973n,
    9817491932198370423n,
  ]);
});

test('xoshiro128** gives the published numbers from the state 1 2 3 4', () => {
  const random = Random.fromState([1, 2, 3, 4]);
  const numbers = Array.from({ length: 6 }, () => random.next());
  expect(numbers).toEqual([11520, 0, 5927040, 70819200, 2031721883, 1637235492]);
});

test('a seed and a stream fill the state as documented (numbers computed in Python)', () => {
  const random = new Random(42, 3);
  const numbers = Array.from({ length: 4 }, () => random.next());
  expect(numbers).toEqual([4270423161, 4248737757, 1865820134, 1673553217]);
});

test('seeds and streams up to 2^53 − 1 all differ', () => {
  const largest = Number.MAX_SAFE_INTEGER;
  const first = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
    [largest, 0],
    [largest, largest],
    [largest - 1, 0],
  ].map(([seed, stream]) => new Random(seed as number, stream).next());
  expect(new Set(first).size).toBe(first.length);
});

test('below is even, also for bounds that do not divide 2^32', () => {
  const random = new Random(5);
  const counts = new Array<number>(7).fill(0);
  for (let i = 0; i < 70_000; i++) {
    const number = random.below(7);
    counts[number] = (counts[number] ?? 0) + 1;
  }
  expect(counts).toHaveLength(7);
  // Five standard deviations of a count are 463.
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(463);
});

test('below draws again what lies past the last whole multiple of the bound', () => {
  const bound = 3 * 2 ** 30;
  const raw = new Random(9);
  const expected = Array.from({ length: 40 }, () => raw.next()).filter((number) => number < bound);
  const random = new Random(9);
  expect(expected.length).toBeLessThan(40);
  expect(expected.map(() => random.below(bound))).toEqual(expected);
});

test('shuffle keeps all items, and every order of three comes up equally often', () => {
  const random = new Random(1);
  const counts = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = random.shuffle(Int32Array.of(0, 1, 2)).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(['012', '021', '102', '120', '201', '210']);
  // Five standard deviations are 144.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(144);
});
