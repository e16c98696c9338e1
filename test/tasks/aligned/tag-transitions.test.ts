import type { ChunkRules } from '../../../binding';
import { TagTransitions } from '../../../lib/tasks/aligned/tag-transitions';
import { failure } from '../../data/failure';

/** What the native core makes of the rules. */
function allows({ types, places, breaksOff }: ChunkRules, before: number, after: number): boolean {
  const open = (places[before] ?? 0) >= 2;
  if ((places[after] ?? 0) % 2 === 0) return breaksOff || !open;
  return open && types[before] === types[after];
}

/** What may follow a label, in words; · is the boundary. */
function followers(labels: readonly string[]): Record<string, string> {
  const transitions = TagTransitions.of(labels)!;
  const rules = transitions.forbidden();
  const names = [...labels, '·'];
  return Object.fromEntries(
    names.map((name, row) => [
      name,
      names
        .filter((_, column) => {
          expect(allows(rules, row, column)).toBe(transitions.allows(row, column));
          return transitions.allows(row, column);
        })
        .join(' '),
    ]),
  );
}

test('IOB2: a chunk goes on only behind its own tags', () => {
  expect(followers(['B-a', 'B-b', 'I-a', 'I-b', 'O'])).toEqual({
    'B-a': 'B-a B-b I-a O ·',
    'B-b': 'B-a B-b I-b O ·',
    'I-a': 'B-a B-b I-a O ·',
    'I-b': 'B-a B-b I-b O ·',
    O: 'B-a B-b O ·',
    '·': 'B-a B-b O ·',
  });
});

test('BIOES: what has begun goes on to its end', () => {
  expect(followers(['B-a', 'B-b', 'E-a', 'E-b', 'I-a', 'I-b', 'O', 'S-a'])).toEqual({
    'B-a': 'E-a I-a',
    'B-b': 'E-b I-b',
    'E-a': 'B-a B-b O S-a ·',
    'E-b': 'B-a B-b O S-a ·',
    'I-a': 'E-a I-a',
    'I-b': 'E-b I-b',
    O: 'B-a B-b O S-a ·',
    'S-a': 'B-a B-b O S-a ·',
    '·': 'B-a B-b O S-a ·',
  });
});

test('BMES without types, as words are cut with', () => {
  expect(followers(['B', 'M', 'E', 'S'])).toEqual({
    B: 'M E',
    M: 'M E',
    E: 'B S ·',
    S: 'B S ·',
    '·': 'B S ·',
  });
});

test('BILOU', () => {
  expect(followers(['B-a', 'I-a', 'L-a', 'U-a', 'O'])).toEqual({
    'B-a': 'I-a L-a',
    'I-a': 'I-a L-a',
    'L-a': 'B-a U-a O ·',
    'U-a': 'B-a U-a O ·',
    O: 'B-a U-a O ·',
    '·': 'B-a U-a O ·',
  });
});

test.each([
  ['no tags', 'NOUN VERB'],
  ['IOB1, where I may stand anywhere', 'O I-a B-a I-b'],
  ['IOE', 'O I-a E-a'],
  ['tags with which only sequences of two or more can be labelled', 'B-a I-a E-a'],
])('%s: everything is allowed', (_name, labels) => {
  expect(TagTransitions.of(labels.split(' '))).toBeUndefined();
});

test('where data break the scheme it says so', () => {
  const rules = TagTransitions.of(['B-a', 'E-a', 'I-a', 'O', 'S-a'])!;
  const check = (...classes: number[]) => {
    rules.check(Int32Array.from(classes), 'example 7');
  };
  check();
  check(0, 2, 2, 1, 3, 4);
  expect(() => {
    check(3, 2);
  }).toThrow(failure('ERR_DATA', 'example 7, step 1: "I-a" may not follow "O" in the scheme BIOES'));
  expect(() => {
    check(1);
  }).toThrow(failure('ERR_DATA', 'example 7, step 0: "E-a" may not be the first tag'));
  expect(() => {
    check(3, 0, 2);
  }).toThrow(failure('ERR_DATA', 'example 7, step 2: "I-a" may not be the last tag'));
});
