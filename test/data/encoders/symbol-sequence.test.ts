import { SymbolSequenceEncoder } from '../../../lib/data/encoders/symbol-sequence';
import { locate } from '../../../lib/data/example';
import { Vocabulary } from '../../../lib/data/text/vocabulary';
import { failure, rejection } from '../failure';

const fit = (
  ys: readonly unknown[],
  options: Parameters<typeof SymbolSequenceEncoder.fit>[0] = {},
): Promise<SymbolSequenceEncoder> => SymbolSequenceEncoder.fit(options, ys, locate(ys));

const where = 'example 3';

test('symbols get ids behind the boundary and the unknown one, the most frequent first', async () => {
  const encoder = await fit([['b', 'a', 'b'], [], ['b', 'c']]);
  expect(encoder.size).toBe(5);
  expect(encoder.longest).toBe(3);
  expect(encoder.encode(['c', 'b', 'x'], { where })).toEqual({ classes: Int32Array.of(4, 2, 1), steps: 3 });
  expect(encoder.encode([], { where })).toEqual({ classes: new Int32Array(), steps: 0 });
});

test('a string is cut into words, or characters if that is said', async () => {
  const words = await fit(['the cat sat', 'the dog']);
  expect(words.vocabulary.toJSON().tokens).toEqual(['the', 'cat', 'dog', 'sat']);
  expect(words.encode('the cat', { where }).classes).toEqual(Int32Array.of(2, 3));
  const characters = await fit(['né', 'e'], { tokenizer: 'characters' });
  expect(characters.vocabulary.toJSON().tokens).toEqual(['e', 'n', 'é']);
  // A list is taken as it is.
  expect(characters.encode(['né', 'n'], { where }).classes).toEqual(Int32Array.of(1, 3));
});

test('rare symbols may be left out; labels and a vocabulary may be given', async () => {
  const rare = await fit([['a', 'a', 'b']], { minCount: 2 });
  expect(rare.encode(['a', 'b'], { where }).classes).toEqual(Int32Array.of(2, 1));
  const labels = await fit([['a', 'z']], { labels: ['z', 'y'] });
  expect(labels.encode(['a', 'z', 'y'], { where }).classes).toEqual(Int32Array.of(1, 2, 3));
  expect(labels.longest).toBe(2);
  const vocabulary = Vocabulary.of(['q']);
  const known = SymbolSequenceEncoder.known({ vocabulary, tokenizer: 'characters' })!;
  expect([known.vocabulary, known.tokenizer, known.longest]).toEqual([vocabulary, 'characters', 0]);
  expect(SymbolSequenceEncoder.known({})).toBeUndefined();
});

test('for evaluation all right answers are kept as they are written', async () => {
  const encoder = await fit(['a b']);
  expect(encoder.encode('a c', { where, unknown: 'keep', alternatives: ['b', ['c', 'd']] })).toEqual({
    classes: Int32Array.of(2, 1),
    steps: 2,
    references: [['a', 'c'], ['b'], ['c', 'd']],
  });
});

test('its JSON form makes the same encoder', async () => {
  const encoder = await fit(['abca'], { tokenizer: 'characters' });
  const json = JSON.parse(JSON.stringify(encoder)) as unknown;
  expect(json).toEqual({
    kind: 'classes',
    tokenizer: 'characters',
    vocabulary: { tokens: ['a', 'b', 'c'], counts: [2, 1, 1] },
    longest: 4,
  });
  expect(SymbolSequenceEncoder.fromJSON(json)).toEqual(encoder);
  const changes = [
    { kind: 'values' },
    { tokenizer: 'lines' },
    { longest: -1 },
    { longest: 1.5 },
    { longest: 2 ** 16 + 1 },
    { vocabulary: 1 },
  ];
  for (const wrong of [...changes.map((change) => Object.assign({ ...encoder.toJSON() }, change)), null, 7]) {
    expect(() => SymbolSequenceEncoder.fromJSON(wrong)).toThrow(failure('ERR_DATA', ''));
  }
});

test.each([
  ['a number', 7, 'example 1: expected y to be symbols (a string or a list of strings), found the number 7'],
  ['rows', [[1]], 'example 1, symbol 0: expected a string, found a list of 1'],
  ['a hole', ['a', undefined], 'example 1, symbol 1: expected a string, found nothing'],
])('%s is no target', async (_name, y, message) => {
  expect(await rejection(fit([['a'], y]))).toEqual(failure('ERR_DATA', message));
});

test('a wrong alternative is named; targets without any symbol teach nothing', async () => {
  const encoder = await fit([['a']]);
  expect(() => encoder.encode('a', { where, unknown: 'keep', alternatives: ['a', 1] })).toThrow(
    failure('ERR_DATA', 'example 3, alternative 1: expected y to be symbols'),
  );
  expect(await rejection(fit([[], '']))).toEqual(failure('ERR_DATA', 'No example has a symbol in y'));
  expect((await fit([[]], { labels: ['a'] })).longest).toBe(0);
});
