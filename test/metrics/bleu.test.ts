import { BleuMetrics } from '../../lib/metrics/bleu';

function bleu(...examples: { references: string[]; predicted: string }[]): number {
  const metrics = new BleuMetrics();
  for (const { references, predicted } of examples) {
    metrics.add(
      references.map((reference) => reference.split(' ')),
      predicted === '' ? [] : predicted.split(' '),
    );
  }
  return metrics.result().bleu;
}

test('what is equal to a reference has 1', () => {
  expect(
    bleu({ references: ['x', 'the cat is on the mat'], predicted: 'the cat is on the mat' }),
  ).toBeCloseTo(1, 15);
});

test('runs count as often as in the reference that has them most', () => {
  // 7 words: 5 right (the second "the" too, the third not), of 6 pairs 3, of 5 threes 2, of 4 fours 1.
  const found = bleu({
    references: ['the cat sat on the mat'],
    predicted: 'the cat sat on the the dog',
  });
  expect(found).toBeCloseTo(((5 / 7) * (4 / 6) * (3 / 5) * (2 / 4)) ** 0.25, 12);
});

test('several references lend their runs together', () => {
  const references = ['a b c d', 'c d e f'];
  // a b c d e f: all pairs, a b c, b c d, c d e, d e f; a b c d and c d e f of three.
  expect(bleu({ references, predicted: 'a b c d e f' })).toBeCloseTo((1 * 1 * 1 * (2 / 3)) ** 0.25, 12);
});

test('the example of Papineni et al. has their shares of words and pairs', () => {
  const references = [
    'it is a guide to action that ensures that the military will forever heed party commands',
    'it is the guiding principle which guarantees the military forces always being under the command of the party',
    'it is the practical guide for the army always to heed the directions of the party',
  ];
  const predicted =
    'it is a guide to action which ensures that the military always obeys the commands of the party';
  // 17 of 18 words, 10 of 17 pairs (both in the paper), 7 of 16 and 4 of 15.
  expect(bleu({ references, predicted })).toBeCloseTo(
    ((17 / 18) * (10 / 17) * (7 / 16) * (4 / 15)) ** 0.25,
    12,
  );
});

test('too short is worse, by the length that is closest; all examples count together', () => {
  const short = { references: ['a b c d e f g h'], predicted: 'a b c d' };
  expect(bleu(short)).toBeCloseTo(Math.exp(1 - 2), 12);
  expect(bleu({ ...short, references: [...short.references, 'x y z v w'] })).toBeCloseTo(
    Math.exp(1 - 5 / 4),
    12,
  );
  // Of 3 and 5 words against 4 the shorter one.
  expect(bleu({ references: ['a b c d e', 'a b c'], predicted: 'a b c d' })).toBeCloseTo(1, 12);
  expect(bleu(short, { references: ['m n o p'], predicted: 'm n o p' })).toBeCloseTo(
    Math.exp(1 - 12 / 8),
    12,
  );
});

test('without a run of four there is nothing to multiply', () => {
  expect(bleu({ references: ['a b c'], predicted: 'a b c' })).toBe(0);
  expect(bleu({ references: ['a b c d'], predicted: '' })).toBe(0);
  expect(bleu()).toBe(0);
});
