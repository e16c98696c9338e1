import { join } from 'node:path';
import { loadModel, ManyToMany, type ManyToManyArchitecture } from '../../lib/index';
import { failure, rejection } from '../data/failure';
import { spoken } from '../tasks';
import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();

const fast = { kind: 'adam', learningRate: 0.01 } as const;

const architecture: ManyToManyArchitecture<'classes', 'ctc'> = {
  cell: 'lstm',
  hidden: 24,
  bidirectional: true,
  alignment: 'ctc',
  input: { kind: 'features' },
  output: { kind: 'classes' },
};

describe('a model that has learned to listen', () => {
  const model = new ManyToMany(architecture);

  beforeAll(async () => {
    const { epochs, bestEpoch } = await model.fit(spoken(300, 1), {
      epochs: 15,
      optimizer: fast,
      validation: spoken(50, 2),
    });
    const rates = epochs.map(({ metrics }) => metrics!['symbolErrorRate']!);
    expect(bestEpoch).toBe(rates.indexOf(Math.min(...rates)) + 1);
  });

  afterAll(() => {
    model.dispose();
  });

  test('hears nearly everything', async () => {
    const metrics = await model.evaluate(spoken(100, 3));
    expect(metrics.symbolErrorRate).toBeLessThan(0.02);
    expect(metrics.sequenceErrorRate).toBeLessThan(0.05);
    expect(metrics.loss).toBeLessThan(1);
    expect(metrics.unalignable).toBe(0);
    expect(metrics.examples).toBe(100);
    expect(metrics.accuracy).toBeUndefined();
    expect(metrics.bleu).toBeUndefined();
  });

  test('predicts labels with the logarithm of their probability', async () => {
    const [example] = spoken(1, 4);
    const prediction = await model.predict(example!.x);
    expect(prediction).toEqual({ y: example!.y, score: expect.any(Number) as number, finishReason: 'end' });
    expect(prediction.score).toBeLessThanOrEqual(0);
    const { loss } = await model.evaluate([example!]);
    expect(prediction.score).toBeCloseTo(-loss, 5);
  });

  test('gives the n best, best first, all different', async () => {
    const [example] = spoken(1, 5);
    const { y, score, alternatives } = await model.predict(example!.x, { beam: 8, nBest: 4 });
    expect(alternatives).toHaveLength(3);
    const all = [{ y, score }, ...alternatives!];
    all.reduce((better, worse) => {
      expect(worse.score).toBeLessThanOrEqual(better.score);
      return worse;
    });
    expect(new Set(all.map((one) => one.y.join(' '))).size).toBe(4);
    expect(all.reduce((sum, one) => sum + Math.exp(one.score), 0)).toBeLessThanOrEqual(1.000001);
  });

  test('hears nothing in nothing', async () => {
    expect(await model.predict([])).toEqual({ y: [], score: 0, finishReason: 'end' });
    expect(await model.predict([], { nBest: 2 })).toEqual({
      y: [],
      score: 0,
      finishReason: 'end',
      alternatives: [],
    });
    expect((await model.evaluate([{ x: [], y: [] }])).loss).toBe(0);
  });

  test('what else is in a batch changes no bit', async () => {
    const xs = spoken(40, 6).map(({ x }) => x);
    const alone = [];
    for (const x of xs) alone.push(await model.predict(x));
    expect(await model.predictMany(xs, { batchSize: 7 })).toEqual(alone);
  });

  test('alternatives are further right answers', async () => {
    const [example] = spoken(1, 7);
    const wrong = { x: example!.x, y: ['do', 'do', 'do', 'do', 'do', 'do'] };
    expect((await model.evaluate([wrong])).sequenceErrorRate).toBe(1);
    const { sequenceErrorRate, symbolErrorRate } = await model.evaluate([
      { ...wrong, alternatives: [['re'], example!.y] },
    ]);
    expect([sequenceErrorRate, symbolErrorRate]).toEqual([0, 0]);
  });

  test('targets that are too long or unknown count as wrong and not in the loss', async () => {
    const [example] = spoken(1, 8);
    const { loss } = await model.evaluate([example!]);
    const metrics = await model.evaluate([
      example!,
      { x: [[1, 0, 0]], y: ['do', 'do'] },
      { x: example!.x, y: ['fa'] },
    ]);
    expect(metrics.loss).toBeCloseTo(loss, 6);
    expect(metrics.unalignable).toBe(1);
    expect(metrics.sequenceErrorRate).toBeCloseTo(2 / 3, 12);
    expect((await model.evaluate([{ x: [], y: ['do'] }])).loss).toBeNaN();
  });

  test('is the same when saved and loaded', async () => {
    const path = join(folder, 'listener.safetensors');
    await model.save(path);
    using loaded = await ManyToMany.load<'classes', 'ctc'>(path);
    const xs = spoken(20, 9).map(({ x }) => x);
    expect(await loaded.predictMany(xs, { beam: 7, nBest: 2 })).toEqual(
      await model.predictMany(xs, { beam: 7, nBest: 2 }),
    );
    expect(loaded.architecture).toEqual(model.architecture);
    expect(loaded.labels).toEqual(['do', 'mi', 're']);
    using again = await loadModel(path);
    expect(again.architecture).toMatchObject({ alignment: 'ctc' });
  });
});

test('a stream gives the probabilities of the blank and the labels', async () => {
  using model = new ManyToMany({ ...architecture, bidirectional: false });
  await model.fit(spoken(20, 1), { epochs: 1 });
  const row = model.stream().step([1, 0, 0]);
  expect(row).toHaveLength(1 + model.labels!.length);
  expect(row.reduce((sum, probability) => sum + probability)).toBeCloseTo(1, 6);
});

describe('training data that cannot be', () => {
  const model = new ManyToMany(architecture);

  test.each([
    [
      'too many labels',
      ['a', 'b', 'c'],
      2,
      'example 1: y has 3 labels, which need at least 3 steps; x has 2.',
    ],
    [
      'equal neighbours',
      ['a', 'a'],
      2,
      'example 1: y has 2 labels, which need at least 3 steps (a blank must stand',
    ],
    ['no steps', ['a'], 0, 'y has 1 labels, which need at least 1 steps; x has 0.'],
  ])('%s', async (_name, y, steps, message) => {
    const x = Array.from({ length: steps }, () => [0, 1]);
    const data = [
      { x: [[0, 1]], y: ['a'] },
      { x, y },
    ];
    expect(await rejection(model.fit(data))).toEqual(failure('ERR_DATA', message));
  });

  test.each([
    ['a string', 'abc', 'example 0: expected y to be a list of labels'],
    ['numbers', [1], 'example 0, label 0: expected a string'],
    ['nothing at all', [], 'No example has a label'],
  ])('%s', async (_name, y, message) => {
    const data = [{ x: [[0, 1]], y }];
    expect(await rejection(model.fit(data as never))).toEqual(failure('ERR_DATA', message));
  });

  test('a label that was not said to be there', async () => {
    using known = new ManyToMany({ ...architecture, output: { kind: 'classes', labels: ['a'] } });
    expect(await rejection(known.fit([{ x: [[0], [1]], y: ['a', 'b'] }]))).toEqual(
      failure('ERR_DATA', 'example 0, label 1: unknown label "b"'),
    );
  });

  test('a beam of nothing', async () => {
    using known = new ManyToMany({
      ...architecture,
      input: { kind: 'features', size: 1 },
      output: { kind: 'classes', labels: ['a'] },
    });
    expect(await rejection(known.predict([[1]], { beam: 0 }))).toEqual(
      failure('ERR_OPTION', 'option "beam"'),
    );
    expect(await rejection(known.evaluate([], { beam: 1.5 }))).toEqual(
      failure('ERR_OPTION', 'option "beam"'),
    );
  });
});

test('an empty target is learned from too', async () => {
  using model = new ManyToMany({ ...architecture, output: { kind: 'classes', labels: ['a'] } });
  const silence = Array.from({ length: 40 }, () => ({ x: [[0], [0], [0]], y: [] }));
  const { epochs } = await model.fit(silence, { epochs: 10, optimizer: fast });
  expect(epochs.at(-1)!.loss).toBeLessThan(0.2);
  expect((await model.predict([[0], [0]])).y).toEqual([]);
});
