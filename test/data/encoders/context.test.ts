import { ContextEncoder, contextRows } from '../../../lib/data/encoders/context';
import { failure, rejection } from '../failure';

const byNumber = (index: number): string => `example ${index}`;

test('classes are numbered in the order of their names', async () => {
  const context = await ContextEncoder.fit('class', ['jazz', 'blues', 'jazz'], byNumber);
  expect([context.kind, context.size]).toEqual(['class', 2]);
  expect([context.encode('blues', 'x'), context.encode('jazz', 'x')]).toEqual([0, 1]);
  expect(() => context.encode('folk', 'example 4')).toThrow(
    failure('ERR_DATA', 'example 4, context: unknown label "folk"', '"blues", "jazz"'),
  );
  expect(() => context.encode([1], 'example 4')).toThrow(failure('ERR_DATA', 'example 4', 'a class'));
  expect(ContextEncoder.fromJSON(JSON.parse(JSON.stringify(context))).encode('jazz', 'x')).toBe(1);
});

test('numbers become z-scores', async () => {
  const context = await ContextEncoder.fit('values', [[0, 5], Float32Array.of(4, 5)], byNumber);
  expect(context.encode([4, 5], 'x')).toEqual(Float32Array.of(1, 0));
  expect(ContextEncoder.fromJSON(JSON.parse(JSON.stringify(context))).encode([0, 6], 'x')).toEqual(
    Float32Array.of(-1, 1),
  );
  for (const [x, code, message] of [
    [[1], 'ERR_SHAPE', 'a context of 2 numbers'],
    [[1, NaN], 'ERR_DATA', 'number 1 of the context'],
    ['jazz', 'ERR_DATA', 'a list of 2 numbers'],
    [undefined, 'ERR_DATA', 'a list of 2 numbers'],
    [[1e300, 0], 'ERR_DATA', 'float32'],
  ] as const) {
    expect(() => context.encode(x, 'here')).toThrow(failure(code, 'here', message));
  }
});

test('what cannot be learned is an error that names the example', async () => {
  const learned = (kind: 'class' | 'values', xs: unknown[]): Promise<unknown> =>
    rejection(ContextEncoder.fit(kind, xs, byNumber));
  expect(await learned('class', ['a', undefined])).toEqual(failure('ERR_DATA', 'example 1'));
  expect(await learned('values', [[1], [1, 2]])).toEqual(failure('ERR_SHAPE', 'example 1'));
  expect(await learned('values', [[]])).toEqual(failure('ERR_DATA', 'example 0', 'at least one number'));
  for (const json of [undefined, {}, { kind: 'class' }, { kind: 'values', normalization: {} }]) {
    expect(() => ContextEncoder.fromJSON(json)).toThrow(failure('ERR_DATA'));
  }
});

test('rows of a batch: a one at the place of a class, or the numbers', () => {
  expect(contextRows([2, 0], 3)).toEqual(Float32Array.of(0, 0, 1, 1, 0, 0));
  expect(contextRows([Float32Array.of(1, 2), Float32Array.of(3, 4)], 2)).toEqual(Float32Array.of(1, 2, 3, 4));
});
