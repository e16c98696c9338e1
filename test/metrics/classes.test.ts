import { ClassMetrics } from '../../lib/metrics/classes';
import { failure } from '../data/failure';
import { pseudoRandom } from './pseudo-random';

test('accuracy, macro F1, scores and confusion as computed by a plain Python script', () => {
  const next = pseudoRandom(11);
  const labels = ['x', 'y', 'z', 'w'];
  const metrics = new ClassMetrics();
  for (let i = 0; i < 300; i++) {
    const truth = labels[next() % 3] as string;
    const predicted = next() % 2 ? truth : (labels[next() % 4] as string);
    metrics.add([truth], [predicted]);
  }
  const { accuracy, macroF1, perLabel, confusion } = metrics.result();
  expect(accuracy).toBeCloseTo(0.63, 12);
  expect(macroF1).toBeCloseTo(0.5009425625920472, 12);
  const near = (value: number) => expect.closeTo(value, 12) as number;
  expect(perLabel).toEqual({
    w: { precision: 0, recall: 0, f1: 0, support: 0 },
    x: {
      precision: near(0.7567567567567568),
      recall: near(0.5544554455445545),
      f1: near(0.64),
      support: 101,
    },
    y: {
      precision: near(0.7608695652173914),
      recall: near(0.6730769230769231),
      f1: near(0.7142857142857143),
      support: 104,
    },
    z: {
      precision: near(0.6363636363636364),
      recall: near(0.6631578947368421),
      f1: near(0.6494845360824741),
      support: 95,
    },
  });
  expect(confusion).toEqual({
    labels: ['w', 'x', 'y', 'z'],
    counts: [
      [0, 0, 0, 0],
      [14, 56, 11, 20],
      [12, 6, 70, 16],
      [9, 12, 11, 63],
    ],
  });
});

test('labels that do not occur play no part; one never predicted counts against macro F1', () => {
  const metrics = new ClassMetrics();
  metrics.add(['a', 'a', 'new'], ['a', 'a', 'a']);
  const { accuracy, macroF1, perLabel } = metrics.result();
  expect(accuracy).toBeCloseTo(2 / 3, 12);
  // a: precision 2/3, recall 1, F1 0.8; new: 0.
  expect(macroF1).toBeCloseTo(0.4, 12);
  expect(perLabel['new']).toEqual({ precision: 0, recall: 0, f1: 0, support: 1 });
});

test('labels may have any name', () => {
  const metrics = new ClassMetrics();
  metrics.add(['__proto__', 'constructor'], ['__proto__', '__proto__']);
  const json = JSON.parse(JSON.stringify(metrics.result())) as { confusion: unknown; perLabel: object };
  expect(Object.keys(json.perLabel)).toEqual(['__proto__', 'constructor']);
  expect(json.confusion).toEqual({
    labels: ['__proto__', 'constructor'],
    counts: [
      [1, 0],
      [1, 0],
    ],
  });
});

test('nothing counted, nothing right', () => {
  expect(new ClassMetrics().result()).toEqual({
    accuracy: 0,
    macroF1: 0,
    perLabel: {},
    confusion: { labels: [], counts: [] },
  });
});

test('a table of thousands of labels is left out', () => {
  const metrics = new ClassMetrics();
  const labels = Array.from({ length: 1001 }, (_, i) => `${i}`);
  metrics.add(labels, labels);
  const { accuracy, confusion } = metrics.result();
  expect([accuracy, confusion]).toEqual([1, undefined]);
});

test('as many predictions as truths', () => {
  expect(() => new ClassMetrics().add(['a'], [])).toThrow(failure('ERR_SHAPE', 'there are 0 and 1'));
});
