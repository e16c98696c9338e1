import { countTokens, Vocabulary } from '../../../lib/data/text/vocabulary';
import { failure } from '../failure';

const sequences = [
  ['b', 'a', 'b'],
  ['c', 'a', '\u{10000}', '\uffff', 'b'],
];

test('ids go by count, then by code point; 0 and 1 are special', () => {
  const vocabulary = Vocabulary.build(sequences);
  expect(vocabulary.size).toBe(7);
  expect(Array.from({ length: 7 }, (_, id) => vocabulary.token(id))).toEqual([
    '<padding>',
    '<unknown>',
    'b',
    'a',
    'c',
    '\uffff',
    '\u{10000}',
  ]);
  expect(vocabulary.id('b')).toBe(2);
  expect(vocabulary.id('\u{10000}')).toBe(6);
  expect([...vocabulary.counts]).toEqual([0, 0, 3, 2, 1, 1, 1]);
  expect([...vocabulary.rare()]).toEqual([0, 0, 0, 0, 1, 1, 1]);
});

test('what is not known is 1, also the names of the special ids and of object properties', () => {
  const vocabulary = Vocabulary.build(sequences);
  for (const token of ['d', '', '<padding>', '<unknown>', '__proto__', 'constructor']) {
    expect(vocabulary.id(token)).toBe(1);
    expect(vocabulary.has(token)).toBe(false);
  }
  expect(Vocabulary.build([['__proto__', '<unknown>']]).id('__proto__')).toBe(3);
});

test('minCount drops rarer tokens', () => {
  const vocabulary = Vocabulary.build(sequences, { minCount: 2 });
  expect(vocabulary.size).toBe(4);
  expect(vocabulary.id('c')).toBe(1);
  expect([...vocabulary.rare()]).toEqual([0, 0, 0, 0]);
});

test('counted tokens give the same vocabulary as sequences, in any order of the data', async () => {
  const many = Array.from({ length: 3000 }, (_, i) => [`w${i % 1700}`, `v${i % 13}`]);
  const counts = new Map<string, number>();
  for (const sequence of [...many].reverse()) countTokens(counts, sequence);
  const vocabulary = await Vocabulary.fromCounts(counts, { minCount: 1 });
  expect(vocabulary.toJSON()).toEqual(Vocabulary.build(many).toJSON());
  expect(vocabulary.id('v3')).toBe(Vocabulary.build(many).id('v3'));
});

test('JSON gives the same vocabulary back', () => {
  const vocabulary = Vocabulary.build([['\ud800', 'é', 'é', '"\n']]);
  const copy = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)));
  expect(copy.toJSON()).toEqual(vocabulary.toJSON());
  expect(copy.id('é')).toBe(2);
  expect(copy.id('\ud800')).toBe(vocabulary.id('\ud800'));
  expect([...copy.rare()]).toEqual([...vocabulary.rare()]);
});

test.each([
  [null, 'found null'],
  [{ tokens: ['a'] }, 'tokens: string[], counts: number[]'],
  [{ tokens: ['a', 'b'], counts: [1] }, '2 tokens needs as many counts, found 1'],
  [{ tokens: ['a', 3], counts: [1, 1] }, 'token 1 must be a string, found the number 3'],
  [{ tokens: ['a', 'a'], counts: [1, 1] }, '"a" stands twice'],
  [{ tokens: ['a'], counts: [-1] }, 'whole number of at least 0'],
  [{ tokens: ['a'], counts: [1.5] }, 'whole number of at least 0'],
])('%j is no vocabulary', (json, message) => {
  expect(() => Vocabulary.fromJSON(json)).toThrow(failure('ERR_DATA', message));
});

test('an id that is not there is an error', () => {
  expect(() => Vocabulary.of(['a']).token(3)).toThrow(failure('ERR_DATA', 'has no id 3'));
});

test('padding and the unknown token are never rare, whatever is written into the counts', () => {
  const vocabulary = Vocabulary.of(['a', 'b'], [1, 2]);
  vocabulary.counts.fill(1);
  expect([...vocabulary.rare()]).toEqual([0, 0, 1, 1]);
});
