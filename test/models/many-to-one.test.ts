import { ManyToOne, type Example, type ManyToOnePredictions } from '../../lib/index';
import { firstWord, firstWordModel, oddKeys, oddKeysModel } from '../tasks';

const data = firstWord(400, 1);

test('learns to remember the first word', async () => {
  using model = new ManyToOne(firstWordModel);
  const { epochs, bestEpoch, stoppedBy } = await model.fit(data, {
    epochs: 15,
    optimizer: { kind: 'adam', learningRate: 0.01 },
    validation: firstWord(60, 2),
  });
  expect(stoppedBy).toMatch(/epochs|patience/);
  expect(epochs[bestEpoch - 1]!.metrics!['accuracy']).toBeGreaterThan(0.9);

  const metrics = await model.evaluate(firstWord(100, 3));
  expect(metrics.accuracy).toBeGreaterThan(0.9);
  expect(metrics.loss).toBeLessThan(0.5);
  expect(metrics.examples).toBe(100);
  expect(metrics.steps).toBe(firstWord(100, 3).reduce((sum, { x }) => sum + x.length, 0));
  expect(metrics.seconds).toBeGreaterThan(0);
  expect(Object.keys(metrics.perLabel!).sort()).toEqual(['ant', 'bee', 'cat', 'dog', 'elk', 'fox']);
  expect(metrics.confusion!.labels).toEqual(['ant', 'bee', 'cat', 'dog', 'elk', 'fox']);
  expect(metrics.f1).toBeUndefined();

  const { label, probabilities } = await model.predict('dog cat cat ant');
  expect(label).toBe('dog');
  expect(Object.keys(probabilities)).toEqual(model.labels);
  const sum = Object.values(probabilities).reduce((total, value) => total + value, 0);
  expect(sum).toBeCloseTo(1, 5);
  expect(probabilities['dog']).toBe(Math.max(...Object.values(probabilities)));
});

test('the metrics agree with the predictions', async () => {
  using model = new ManyToOne(firstWordModel);
  await model.fit(data.slice(0, 100), { epochs: 1 });
  const test = firstWord(77, 4);
  const predictions = await model.predictMany(test.map(({ x }) => x));
  const right = test.filter(({ y }, index) => predictions[index]!.label === y).length;
  const loss = test.reduce(
    (sum, { y }, index) => sum - Math.log(predictions[index]!.probabilities[y as string]!),
    0,
  );
  const metrics = await model.evaluate(test, { batchSize: 10 });
  expect(metrics.accuracy).toBe(right / 77);
  expect(metrics.loss).toBeCloseTo(loss / 77, 5);
});

test('a label nobody has seen counts as wrong and is left out of the loss', async () => {
  using model = new ManyToOne(firstWordModel);
  await model.fit(data, { epochs: 8, optimizer: { kind: 'adam', learningRate: 0.02 } });
  const known: Example[] = [{ x: 'ant bee', y: 'ant' }];
  const { loss, accuracy } = await model.evaluate(known);
  expect(accuracy).toBe(1);
  const metrics = await model.evaluate([...known, { x: 'yak', y: 'yak' }]);
  expect(metrics.loss).toBeCloseTo(loss, 10);
  expect(metrics.accuracy).toBe(0.5);
  expect(metrics.perLabel!['yak']).toMatchObject({ recall: 0, support: 1 });
  await expect(model.fit([{ x: 'yak', y: 'yak' }], { epochs: 1 })).rejects.toMatchObject({
    code: 'ERR_DATA',
  });
});

test('learns several yes-or-no answers', async () => {
  using model = new ManyToOne(oddKeysModel);
  await model.fit(oddKeys(600, 1), { epochs: 25, optimizer: { kind: 'adam', learningRate: 0.02 } });
  const test = oddKeys(60, 2);
  const metrics = await model.evaluate(test);
  expect(metrics.f1).toBeGreaterThan(0.9);
  expect(metrics.loss).toBeGreaterThan(0);
  const predictions = await model.predictMany(test.map(({ x }) => x));
  for (const { active, probabilities } of predictions) {
    expect(probabilities).toHaveLength(4);
    expect(active).toEqual([0, 1, 2, 3].filter((key) => probabilities[key]! >= 0.5));
  }
});

test.each(['last', 'mean', 'max', 'attention'] as const)('learns values with pooling %s', async (pooling) => {
  using model = new ManyToOne({
    cell: 'gru',
    hidden: 16,
    bidirectional: true,
    pooling,
    input: { kind: 'features', size: 1 },
    output: { kind: 'values' },
  });
  const series = Array.from({ length: 200 }, (_, index) => {
    const x = Array.from({ length: 1 + (index % 7) }, (_unused, step) => [Math.sin(index + step)]);
    return { x, y: [x.reduce((sum, [value]) => sum + value!, 0) / x.length, x.length / 7] };
  });
  const first = await model.fit(series, { epochs: 1 });
  const second = await model.fit(series, { epochs: 12, optimizer: { kind: 'adam', learningRate: 0.01 } });
  expect(second.epochs.at(-1)!.loss).toBeLessThan(first.epochs[0]!.loss / 2);
  const metrics = await model.evaluate(series);
  const { values } = await model.predict(series[3]!.x);
  expect(values).toHaveLength(2);
  // Half the squared error, summed over two z-scores.
  expect(metrics.loss).toBeCloseTo(metrics.scaledMse!, 4);
  expect(metrics.mae).toBeLessThan(metrics.rmse!);
  expect(metrics.perOutput).toHaveLength(2);
});

test('the probabilities of very many labels are named in slices, each under its own name', async () => {
  const labels = ['__proto__', ...Array.from({ length: 20_000 }, (_, i) => `label ${i}`)];
  using model = new ManyToOne({
    cell: 'rnn',
    hidden: 1,
    input: { kind: 'features', size: 1 },
    output: { kind: 'classes', labels },
  });
  const [{ label, probabilities }] = (await model.predictMany([[[1]]])) as [ManyToOnePredictions['classes']];
  expect(Object.keys(probabilities)).toEqual(labels);
  const all = Object.values(probabilities);
  expect(all.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4);
  expect(label).toBe(labels[all.indexOf(Math.max(...all))]);
});
