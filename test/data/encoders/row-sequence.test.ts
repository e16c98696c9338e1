import { RowSequenceEncoder } from '../../../lib/data/encoders/row-sequence';
import { locate } from '../../../lib/data/example';
import { failure, rejection } from '../failure';

const fit = (
  ys: readonly unknown[],
  spec: Parameters<typeof RowSequenceEncoder.fit>[0] = { kind: 'values' },
): Promise<RowSequenceEncoder> => RowSequenceEncoder.fit(spec, ys, locate(ys));

const where = 'example 3';

test('targets may have any number of rows, of one size', async () => {
  const ys = [
    [
      [1, 2],
      [3, 4],
    ],
    [],
    [[5, 6]],
  ];
  const encoder = await fit(ys, { kind: 'values', normalize: false });
  expect([encoder.size, encoder.longest, encoder.normalization]).toEqual([2, 2, undefined]);
  expect(encoder.encode([[7, 8]], { where })).toEqual({ values: Float32Array.of(7, 8), steps: 1 });
  expect(encoder.encode([], { where })).toEqual({ values: new Float32Array(), steps: 0 });
  expect(encoder.encode(Float32Array.of(1, 2, 3, 4, 5, 6), { where }).steps).toBe(3);
});

test('z-scores, by the training data or a scale that is given, in both ways', async () => {
  const encoder = await fit([[[1], [5]], [[3]]]);
  const deviation = Math.sqrt(8 / 3);
  expect(encoder.normalization!.toJSON()).toEqual({ mean: [3], deviation: [deviation] });
  const { values } = encoder.encode([[3 + deviation]], { where });
  expect(values).toEqual(Float32Array.of(1));
  expect(encoder.values(Float32Array.of(-1))[0]).toBeCloseTo(3 - deviation, 12);
  const given = RowSequenceEncoder.known({ kind: 'values', normalize: { mean: [1], deviation: [2] } })!;
  expect([given.size, given.longest]).toEqual([1, 0]);
  expect(given.encode([[5]], { where }).values).toEqual(Float32Array.of(2));
  expect(RowSequenceEncoder.known({ kind: 'values', size: 3 })!.size).toBe(3);
  expect(RowSequenceEncoder.known({ kind: 'values' })).toBeUndefined();
});

test('its JSON form makes the same encoder', async () => {
  const encoder = await fit([[[1], [5]]], { kind: 'values', normalize: true });
  const json = JSON.parse(JSON.stringify(encoder)) as object;
  expect(json).toEqual({
    kind: 'values',
    per: 'step',
    size: 1,
    normalization: { mean: [3], deviation: [2] },
    longest: 2,
  });
  expect(RowSequenceEncoder.fromJSON(json)).toEqual(encoder);
  for (const change of [
    { kind: 'multihot' },
    { per: 'sequence' },
    { longest: '2' },
    { longest: undefined },
    { longest: 2 ** 16 + 1 },
  ]) {
    expect(() => RowSequenceEncoder.fromJSON({ ...json, ...change })).toThrow(failure('ERR_DATA', ''));
  }
});

test.each([
  ['symbols', ['a'], 'ERR_DATA', 'example 3, y, step 0: expected a list of 1 numbers, found "a"'],
  ['a string', 'a', 'ERR_DATA', 'example 3, y: expected rows of 1 numbers'],
  ['another size', [[1, 2]], 'ERR_SHAPE', 'example 3, y, step 0: expected 1 numbers, found 2'],
  ['NaN', [[1], [NaN]], 'ERR_DATA', 'example 3, y, step 1, number 0: expected a finite number'],
  ['nothing', undefined, 'ERR_DATA', 'example 3, y: expected rows of 1 numbers, found nothing'],
] as const)('%s is no target', async (_name, y, code, message) => {
  const encoder = await fit([[[1]]]);
  expect(() => encoder.encode(y, { where })).toThrow(failure(code, message));
});

test('numbers that are no whole number of rows, and no rows at all', async () => {
  const encoder = await fit([[[1, 2]]]);
  expect(() => encoder.encode(new Float32Array(3), { where })).toThrow(
    failure('ERR_SHAPE', 'example 3, y: expected a multiple of 2 numbers'),
  );
  expect(await rejection(fit([[], []], { kind: 'values', size: 1 }))).toEqual(
    failure('ERR_DATA', 'No example has a row in y'),
  );
});
