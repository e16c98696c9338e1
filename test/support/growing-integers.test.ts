import { GrowingIntegers } from '../../lib/support/growing-integers';

test.each([0, 1, 15, 16, 17, 1000])('%d integers in their order', (count) => {
  const numbers = new GrowingIntegers();
  for (let i = 0; i < count; i += 1) numbers.push(7 * i - 3);
  expect(numbers.length).toBe(count);
  expect(numbers.toArray()).toEqual(Int32Array.from({ length: count }, (_, i) => 7 * i - 3));
});

test('what was taken out does not change', () => {
  const numbers = new GrowingIntegers();
  numbers.push(1);
  const before = numbers.toArray();
  numbers.push(2);
  expect(before).toEqual(Int32Array.of(1));
});
