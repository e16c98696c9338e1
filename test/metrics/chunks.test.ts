import { ChunkMetrics, chunksOf } from '../../lib/metrics/chunks';
import { scores } from '../../lib/metrics/scores';
import { failure } from '../data/failure';
import { pseudoRandom } from './pseudo-random';

/** Chunks as type(first…last). */
function show(tags: string): string {
  return chunksOf(tags.split(' '))
    .map(({ type, start, end }) => `${type}(${start}${end - start > 1 ? `…${end - 1}` : ''})`)
    .join(' ');
}

test.each([
  ['IOB2', 'B-a I-a O B-a B-a I-a', 'a(0…1) a(3) a(4…5)'],
  ['IOB1', 'I-a I-a B-a O I-b I-a', 'a(0…1) a(2) b(4) a(5)'],
  ['IOE', 'I-a E-a E-a I-a O I-b', 'a(0…1) a(2) a(3) b(5)'],
  ['BIOES', 'B-a I-a E-a S-b S-b B-a E-a O', 'a(0…2) b(3) b(4) a(5…6)'],
  ['BMES', 'B M M E S B E S', '(0…3) (4) (5…6) (7)'],
  ['BILOU', 'B-a I-a L-a U-a O B-b L-b', 'a(0…2) a(3) b(5…6)'],
  ['another type ends a chunk', 'B-a I-b I-b E-a', 'a(0) b(1…2) a(3)'],
  ['an end alone is a chunk', 'O E-a E-a O', 'a(1) a(2)'],
  ['after an end a chunk begins', 'S-a I-a E-a I-a', 'a(0) a(1…2) a(3)'],
  ['a begin that nothing ends', 'B-a B-a O B-a S-a', 'a(0) a(1) a(3) a(4)'],
  ['types with hyphens', 'B-x-y I-x-y I-x', 'x-y(0…1) x(2)'],
  ['what is no tag is outside', 'B-a X I-a B- Q-a', 'a(0) a(2)'],
  ['all outside', 'O O', ''],
])('%s: %s', (_, tags, chunks) => {
  expect(show(tags)).toBe(chunks);
});

test('the example in the documentation of seqeval', () => {
  const metrics = new ChunkMetrics();
  metrics.add(
    ['O', 'O', 'O', 'B-MISC', 'I-MISC', 'I-MISC', 'O'],
    ['O', 'O', 'B-MISC', 'I-MISC', 'I-MISC', 'I-MISC', 'O'],
  );
  metrics.add(['B-PER', 'I-PER', 'O'], ['B-PER', 'I-PER', 'O']);
  expect(metrics.result()).toEqual({
    precision: 0.5,
    recall: 0.5,
    f1: 0.5,
    perType: {
      MISC: { precision: 0, recall: 0, f1: 0, support: 1 },
      PER: { precision: 1, recall: 1, f1: 1, support: 1 },
    },
  });
});

test('the example output of conlleval (CoNLL-2000): 459 phrases, 539 found, 371 correct', () => {
  const { precision, recall, f1 } = scores(371, 539, 459);
  expect([precision, recall, f1].map((value) => (100 * value).toFixed(2))).toEqual([
    '68.83',
    '80.83',
    '74.35',
  ]);
});

// Random tags, right or wrong by any scheme. A Python script that goes through the steps with conlleval's own tables of
// which pairs of tags begin and end a chunk counts: correct, predicted, there.
test.each([
  ['IOB', ['O', 'B-a', 'I-a', 'B-b', 'I-b'], [467, 722, 709]],
  ['BIOES', ['O', 'B-a', 'I-a', 'E-a', 'S-a', 'B-b', 'I-b', 'E-b', 'S-b'], [627, 862, 872]],
])('200 sequences of %s as counted by conlleval', (_, tags, [correct = 0, predicted = 0, there = 0]) => {
  const next = pseudoRandom(7);
  const pick = () => tags[next() % tags.length] as string;
  const metrics = new ChunkMetrics();
  for (let run = 0; run < 200; run++) {
    const truth = Array.from({ length: next() % 12 }, pick);
    const guess = truth.map((tag) => (next() % 3 ? tag : pick()));
    metrics.add(truth, guess);
  }
  const { precision, recall, f1, perType } = metrics.result();
  expect(precision).toBeCloseTo(correct / predicted, 12);
  expect(recall).toBeCloseTo(correct / there, 12);
  expect(f1).toBeCloseTo((2 * correct) / (predicted + there), 12);
  expect((perType['a']?.support ?? 0) + (perType['b']?.support ?? 0)).toBe(there);
});

test('chunks do not reach across sequences', () => {
  const metrics = new ChunkMetrics();
  metrics.add(['B-a'], ['B-a']);
  metrics.add(['I-a'], ['O']);
  expect(metrics.result()).toMatchObject({ precision: 1, recall: 0.5 });
});

test('nothing there and nothing predicted', () => {
  const metrics = new ChunkMetrics();
  metrics.add(['O'], ['O']);
  expect(metrics.result()).toEqual({ precision: 0, recall: 0, f1: 0, perType: {} });
  expect(() => metrics.add(['O'], [])).toThrow(failure('ERR_SHAPE', 'there are 0 and 1'));
});
