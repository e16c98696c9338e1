import { byCodePoint } from '../../lib/support/code-point-order';
import { Random } from '../../lib/support/random';
import { sortInSlices } from '../../lib/support/sort-in-slices';
import { WorkSlice } from '../../lib/support/work-slice';

test.each([0, 1, 511, 512, 513, 1024, 5000])(
  '%i items are sorted as by sort, equal ones in their order',
  async (count) => {
    const random = new Random(count);
    const items = Array.from({ length: count }, (_, place) => ({ key: random.below(50), place }));
    const compare = (a: { key: number }, b: { key: number }) => a.key - b.key;
    const before = [...items];
    expect(await sortInSlices(items, compare, new WorkSlice())).toEqual([...items].sort(compare));
    expect(items).toEqual(before);
  },
);

test('strings go by code point, shorter ones first', () => {
  const sorted = ['', 'Z', 'a', 'a\u{1f600}', 'aa', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{1f600}'];
  sorted.splice(4, 1);
  sorted.splice(3, 0, 'aa');
  const random = new Random(2);
  const shuffled = [...random.shuffle(Int32Array.from(sorted.keys()))].map(
    (place) => sorted[place] as string,
  );
  expect(shuffled).not.toEqual(sorted);
  expect(shuffled.sort(byCodePoint)).toEqual(sorted);
  expect(byCodePoint('ab', 'ab')).toBe(0);
});
