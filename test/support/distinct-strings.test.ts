import { distinctStrings, distinguishing, type DistinctStrings } from '../../lib/support/distinct-strings';

const many = Array.from({ length: 5000 }, (_, i) => `name ${i}`);

/** How often work may be left alone. */
const pausesOf = (list: readonly string[]): number => [...distinguishing(list)].length;

test('different strings have their places, in a copy that nobody can change', () => {
  const given = ['b', 'a', '__proto__'];
  const { names, places } = distinctStrings(given) as DistinctStrings;
  given[0] = 'a';
  expect(names).toEqual(['b', 'a', '__proto__']);
  expect(Object.isFrozen(names)).toBe(true);
  expect([...places]).toEqual([
    ['b', 0],
    ['a', 1],
    ['__proto__', 2],
  ]);
});

test('the first that is no string or stands twice is told', () => {
  expect(distinctStrings(['a', 'b', 'a'])).toBe(2);
  expect(distinctStrings(['a', 7, 'a'])).toBe(1);
  // eslint-disable-next-line no-sparse-arrays
  expect(distinctStrings(['a', , 'b'])).toBe(1);
});

test('many are looked at in pieces, and what came of it is known the next time', () => {
  expect(pausesOf(many)).toBeGreaterThan(3);
  const known = distinctStrings(many) as DistinctStrings;
  expect(pausesOf(known.names)).toBe(0);
  expect(distinctStrings(known.names)).toBe(known);
});
