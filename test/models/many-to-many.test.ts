import { ManyToMany, type Sequence } from '../../lib/index';
import { firstWordModel, sine, sineModel, tags, tagsModel } from '../tasks';

const fast = { kind: 'adam', learningRate: 0.01 } as const;

test('learns tags, and keeps the epoch with the best F1 of the chunks', async () => {
  using model = new ManyToMany(tagsModel);
  const { epochs, bestEpoch } = await model.fit(tags(300, 1), {
    epochs: 12,
    optimizer: fast,
    validation: tags(60, 2),
  });
  const scores = epochs.map(({ metrics }) => metrics!['f1']!);
  expect(bestEpoch).toBe(scores.indexOf(Math.max(...scores)) + 1);
  const metrics = await model.evaluate(tags(60, 2));
  expect(metrics.f1).toBeCloseTo(Math.max(...scores), 12);
  expect(metrics.f1).toBeGreaterThan(0.9);
  expect(metrics.accuracy).toBeGreaterThan(0.95);
  expect(Object.keys(metrics.perType!)).toEqual(['ant']);

  const { labels, probabilities } = await model.predict(['bee', 'ant', 'ant', 'cat'], {
    probabilities: true,
  });
  expect(labels).toEqual(['O', 'B-ant', 'I-ant', 'O']);
  expect(probabilities).toHaveLength(4 * model.labels!.length);
  labels.forEach((label, step) => {
    const row = [...probabilities!.subarray(3 * step, 3 * step + 3)];
    expect(model.labels![row.indexOf(Math.max(...row))]).toBe(label);
  });
  expect(await model.predict(['bee'])).toEqual({ labels: ['O'] });
});

test('learns values from features it normalizes', async () => {
  using model = new ManyToMany(sineModel);
  await model.fit(sine(200, 1), { epochs: 20, optimizer: fast });
  const metrics = await model.evaluate(sine(40, 2));
  expect(metrics.mse).toBeLessThan(0.01);
  expect(metrics.loss).toBeCloseTo(metrics.scaledMse! / 2, 6);
  const [example] = sine(1, 3);
  const { values } = await model.predict(example!.x);
  expect(values).toHaveLength(example!.x.length);
  expect(values[0]).toHaveLength(1);
});

test('learns sets of active outputs', async () => {
  using model = new ManyToMany({
    cell: 'rnn',
    hidden: 16,
    input: { kind: 'multihot', size: 6 },
    output: { kind: 'multihot' },
  });
  const examples = Array.from({ length: 200 }, (_, index) => {
    const x = Array.from({ length: 1 + (index % 5) }, (_unused, step) => [index % 5, (step * index) % 6]);
    return { x, y: x.map((keys) => [...new Set(keys.map((key) => 5 - key))]) };
  });
  await model.fit(examples, { epochs: 15, optimizer: fast });
  expect((await model.evaluate(examples)).f1).toBeGreaterThan(0.95);
  const { active, probabilities } = await model.predict([[1, 2], [0]], { probabilities: true });
  expect(active).toEqual([[3, 4], [5]]);
  expect(probabilities).toHaveLength(12);
});

describe('what else is in a batch changes no bit of a prediction', () => {
  const model = new ManyToMany({ ...tagsModel, layers: 2 });
  const xs: Sequence[] = [...tags(90, 5).map(({ x }) => x), [], 'ant', []];
  let alone: Float32Array[];

  beforeAll(async () => {
    await model.fit(tags(100, 1), { epochs: 1 });
    alone = [];
    for (const x of xs) {
      alone.push((await model.predict(x, { probabilities: true })).probabilities!);
    }
  });

  afterAll(() => {
    model.dispose();
  });

  test.each([1, 2, 7, 32, 200])('in batches of %d', async (batchSize) => {
    const many = await model.predictMany(xs, { probabilities: true, batchSize });
    expect(many.map(({ probabilities }) => probabilities)).toEqual(alone);
  });

  test('in another order', async () => {
    const order = xs.map((_, index) => (index * 37) % xs.length);
    const many = await model.predictMany(
      order.map((index) => xs[index]!),
      { probabilities: true },
    );
    expect(many.map(({ probabilities }) => probabilities)).toEqual(order.map((index) => alone[index]));
  });

  test('with many calls in flight and few threads', async () => {
    const calls = xs.map((x) => model.predictMany([x, x], { probabilities: true, threads: 1 }));
    const results = await Promise.all(calls);
    expect(results.map(([, second]) => second!.probabilities)).toEqual(alone);
  });

  test('an empty sequence has no results, and no sequences no predictions', async () => {
    expect(await model.predict([])).toEqual({ labels: [] });
    expect(await model.predictMany([])).toEqual([]);
  });
});

test.each([
  [['ant'], 'O', /y to be a list of labels/],
  [['ant', 'bee'], ['O'], /x has 2 steps and y 1/],
  [['ant', 7], ['O', 'O'], /example 1, x, step 1/],
])('an example that does not fit is named: %p → %p', async (x, y, message) => {
  using model = new ManyToMany(firstWordModel);
  const data = [
    { x: ['ant'], y: ['O'] },
    { x: x as string[], y },
  ];
  await expect(model.fit(data)).rejects.toMatchObject({ message: expect.stringMatching(message) as string });
});
