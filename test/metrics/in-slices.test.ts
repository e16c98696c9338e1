import { BleuMetrics } from '../../lib/metrics/bleu';
import { ChunkMetrics } from '../../lib/metrics/chunks';
import { editDistance, editing } from '../../lib/metrics/edit-distance';
import { SequenceMetrics } from '../../lib/metrics/sequences';
import { ValueMetrics } from '../../lib/metrics/values';
import { longPiece } from '../../lib/support/work-slice';
import { pseudoRandom } from './pseudo-random';

const random = pseudoRandom(11);
const many = <T>(item: () => T): T[] => Array.from({ length: 4 * longPiece }, item);
const words = (): string[] => many(() => `w${random() % 50}`);
const tags = (): string[] => many(() => ['B-x', 'I-x', 'O'][random() % 3]!);
const numbers = (): Float32Array => Float32Array.from(many(() => random() % 100));
const [text, other, third] = [words(), words(), words()];
const [truth, found] = [tags(), tags()];
const [values, told] = [numbers(), numbers()];

/** How often work may be left alone. */
function pausesOf(work: Generator<undefined, unknown>): number {
  let pauses = 0;
  while (work.next().done !== true) pauses += 1;
  return pauses;
}

test.each<[string, number, () => { add(): void; adding(): Generator<undefined, void>; result(): unknown }]>([
  ['BLEU', 48, () => measuring(new BleuMetrics(), [text, other], third)],
  // What both end with costs nothing.
  [
    'symbols',
    9,
    () => measuring(new SequenceMetrics(), [text, text.slice(0, 9)], ['a', 'b', ...text.slice(2)]),
  ],
  ['chunks', 6, () => measuring(new ChunkMetrics(), truth, found)],
  ['values', 3, () => measuring(new ValueMetrics(2), values, told)],
])('%s of long sequences are counted in slices as at once', (_, pauses, metrics) => {
  const [slowly, atOnce] = [metrics(), metrics()];
  expect(pausesOf(slowly.adding())).toBeGreaterThanOrEqual(pauses);
  atOnce.add();
  expect(slowly.result()).toEqual(atOnce.result());
});

function measuring<A, B>(
  metrics: {
    add(truth: A, predicted: B): void;
    adding(truth: A, predicted: B): Generator<undefined, void>;
    result(): unknown;
  },
  right: A,
  predicted: B,
): { add(): void; adding(): Generator<undefined, void>; result(): unknown } {
  return {
    add: () => {
      metrics.add(right, predicted);
    },
    adding: () => metrics.adding(right, predicted),
    result: () => metrics.result(),
  };
}

test('the table of an edit distance is filled in slices', () => {
  const [a, b] = [values, told].map((all) => Int32Array.from(all.subarray(0, 2000)));
  expect(pausesOf(editing(a!, b!))).toBeGreaterThanOrEqual(20);
  expect(editDistance(a!, b!)).toBeGreaterThan(1000);
});
