import { firstDifference, firstDifferenceInSlices } from '../../lib/support/first-difference';
import { longPiece } from '../../lib/support/work-slice';
import { Impatient } from '../data/impatient';

test.each<[unknown, unknown, object | undefined]>([
  [{ a: [1, { b: 'x' }] }, { a: [1, { b: 'x' }], c: undefined }, undefined],
  [{ a: [1, { b: 'x' }] }, { a: [1, { b: 'y' }] }, { path: 'a.1.b', expected: '"x"', found: '"y"' }],
  [[1, 2], [1, 2, 3], { path: '2', expected: 'nothing', found: '3' }],
  [{ a: [] }, { a: {} }, { path: 'a' }],
  [{ a: 1 }, { b: 1 }, { path: 'a', expected: '1', found: 'nothing' }],
])('of %j and %j', (expected, actual, difference) => {
  const found = firstDifference(expected, actual);
  if (difference === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject(difference);
});

test('of long lists is found in slices', async () => {
  const list = Array.from({ length: 3 * longPiece + 1 }, (_, i) => `word ${i}`);
  const slice = new Impatient();
  expect(await firstDifferenceInSlices({ list }, { list: [...list] }, slice)).toBeUndefined();
  expect(slice.pauses).toBe(3);
  const other = [...list];
  other[9000] = 'another';
  const { path } = (await firstDifferenceInSlices({ list }, { list: other }, slice))!;
  expect(path).toBe('list.9000');
});
