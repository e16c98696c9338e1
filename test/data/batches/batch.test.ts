import { assembleBatch } from '../../../lib/data/batches/batch';
import type { EncodedExample } from '../../../lib/data/encoded';

test('tokens with one class a step', () => {
  const examples: EncodedExample[] = [
    { input: { length: 2, tokens: Int32Array.of(5, 6) }, target: { classes: Int32Array.of(0, 1) } },
    { input: { length: 0, tokens: new Int32Array() }, target: { classes: new Int32Array() } },
    { input: { length: 1, tokens: Int32Array.of(7) }, target: { classes: Int32Array.of(-1) } },
  ];
  expect(assembleBatch(examples, [2, 1, 0])).toEqual({
    lengths: Int32Array.of(1, 0, 2),
    tokens: Int32Array.of(7, 5, 6),
    classes: Int32Array.of(-1, 0, 1),
  });
});

test('features with values', () => {
  const examples: EncodedExample[] = [
    { input: { length: 1, features: Float32Array.of(1, 2) }, target: { values: Float32Array.of(9) } },
    { input: { length: 2, features: Float32Array.of(3, 4, 5, 6) }, target: { values: Float32Array.of(8) } },
  ];
  expect(assembleBatch(examples, Int32Array.of(1, 0))).toEqual({
    lengths: Int32Array.of(2, 1),
    features: Float32Array.of(3, 4, 5, 6, 1, 2),
    values: Float32Array.of(8, 9),
  });
});

test('active indexes, in and out; the targets become rows of 0 and 1', () => {
  const steps = { active: Int32Array.of(0, 2, 1), activeCounts: Int32Array.of(2, 0, 1) };
  const one = { active: Int32Array.of(2), activeCounts: Int32Array.of(1) };
  const examples: EncodedExample[] = [
    { input: { length: 3, ...steps }, target: steps },
    { input: { length: 1, ...one }, target: one },
  ];
  expect(assembleBatch(examples, [1, 0], 3)).toEqual({
    lengths: Int32Array.of(1, 3),
    active: Int32Array.of(2, 0, 2, 1),
    activeCounts: Int32Array.of(1, 2, 0, 1),
    values: Float32Array.of(0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 1, 0),
  });
});

test('no targets, no examples', () => {
  expect(assembleBatch([{ input: { length: 1, tokens: Int32Array.of(2) } }], [0])).toEqual({
    lengths: Int32Array.of(1),
    tokens: Int32Array.of(2),
  });
  expect(assembleBatch([], [])).toEqual({ lengths: new Int32Array() });
});
