import { editDistance } from '../../lib/metrics/edit-distance';
import { SequenceMetrics } from '../../lib/metrics/sequences';
import { pseudoRandom } from './pseudo-random';

const random = pseudoRandom(5);

function randomSequence(longest: number): Int32Array {
  return Int32Array.from({ length: random() % (longest + 1) }, () => random() % 3);
}

/** By its definition: the last symbols are kept, substituted, or one of them is left out. */
function naiveDistance(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return a.length + b.length;
  const restA = a.slice(1);
  const restB = b.slice(1);
  return Math.min(
    naiveDistance(restA, restB) + (a[0] === b[0] ? 0 : 1),
    naiveDistance(restA, b) + 1,
    naiveDistance(a, restB) + 1,
  );
}

test('the edit distance is that of its definition', () => {
  for (let trial = 0; trial < 200; trial++) {
    const a = randomSequence(6);
    const b = randomSequence(6);
    expect([[...a], [...b], editDistance(a, b)]).toEqual([[...a], [...b], naiveDistance([...a], [...b])]);
  }
});

test.each([
  ['kitten', 'sitting', 3],
  ['saturday', 'sunday', 3],
  ['', 'abc', 3],
  ['abc', '', 3],
  ['abc', 'abc', 0],
  ['aab', 'ab', 1],
])('from %j to %j it takes %d edits', (a, b, edits) => {
  const symbols = (text: string): Int32Array => Int32Array.from(text, (letter) => letter.charCodeAt(0));
  expect(editDistance(symbols(a), symbols(b))).toBe(edits);
});

test('two sequences of 5000 symbols take less than a second', () => {
  const a = Int32Array.from({ length: 5000 }, (_, at) => (at * at) % 7);
  const b = Int32Array.from({ length: 5000 }, (_, at) => (at * at * at) % 7);
  const started = performance.now();
  editDistance(a, b);
  expect(performance.now() - started).toBeLessThan(1000);
});

function measured(...examples: [references: string[], predicted: string][]) {
  const metrics = new SequenceMetrics();
  for (const [references, predicted] of examples) {
    metrics.add(
      references.map((reference) => [...reference]),
      [...predicted],
    );
  }
  return metrics.result();
}

test('the symbol error rate is that of all symbols together, not the mean over the examples', () => {
  expect(measured([['a'], 'b'], [['abcdefghi'], 'abcdefghi'])).toEqual({
    symbolErrorRate: 0.1,
    sequenceErrorRate: 0.5,
  });
});

test('of several references the closest counts, by edits and by length', () => {
  expect(measured([['abcd', 'ab'], 'ab'])).toEqual({ symbolErrorRate: 0, sequenceErrorRate: 0 });
  expect(measured([['abcd', 'xy'], 'abc'])).toEqual({ symbolErrorRate: 0.25, sequenceErrorRate: 1 });
  // One edit from both.
  expect(measured([['ab', 'abcd'], 'abc']).symbolErrorRate).toBe(0.25);
});

test('too much can be predicted, also where nothing is there', () => {
  expect(measured([['a'], 'abc']).symbolErrorRate).toBe(2);
  expect(measured([[''], ''])).toEqual({ symbolErrorRate: 0, sequenceErrorRate: 0 });
  expect(measured([[''], 'ab'])).toEqual({ symbolErrorRate: 2, sequenceErrorRate: 1 });
  expect(measured()).toEqual({ symbolErrorRate: 0, sequenceErrorRate: 0 });
});
