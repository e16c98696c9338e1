import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ManyToMany, type Example, type ManyToManyArchitecture } from '../../lib/index';
import { Random } from '../../lib/support/random';
import { failure, rejection } from '../data/failure';
import { bpttError, tags, tagsModel } from '../tasks';
import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();

const fast = { kind: 'adam', learningRate: 0.01 } as const;

const architecture = { ...tagsModel, crf: true } satisfies ManyToManyArchitecture;

/** Nothing in x tells the labels; but all of a sequence are the same one. */
function moods(count: number, seed: number): Example[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const mood = ['glad', 'sad'][random.below(2)]!;
    return { x: Array<string>(6).fill('word'), y: Array<string>(6).fill(mood) };
  });
}

describe('a tagger with a crf', () => {
  const model = new ManyToMany(architecture);

  beforeAll(async () => {
    await model.fit(tags(300, 1), { epochs: 12, optimizer: fast, validation: tags(60, 2) });
  });

  afterAll(() => {
    model.dispose();
  });

  test('learns, and measures what it predicts', async () => {
    const data = tags(60, 2);
    const metrics = await model.evaluate(data);
    expect(metrics.f1).toBeGreaterThan(0.95);
    expect(metrics.loss).toBeLessThan(0.1);
    expect(metrics.disallowed).toBe(0);
    const predictions = await model.predictMany(data.map(({ x }) => x as string[]));
    const right = predictions.map(({ labels }, i) =>
      labels.filter((label, step) => label === (data[i]!.y as string[])[step]),
    );
    expect(metrics.accuracy).toBeCloseTo(right.flat().length / metrics.steps, 12);
  });

  test('has one more parameter: scores of two labels in a row, of beginnings and ends', () => {
    const { shape, data } = model.parameters()['crf.transitions']!;
    expect(model.labels).toEqual(['B-ant', 'I-ant', 'O']);
    expect(shape).toEqual([4, 4]);
    // What the scheme forbids was never touched: I behind O and at the beginning.
    expect([data[2 * 4 + 1], data[3 * 4 + 1], data[15]]).toEqual([0, 0, 0]);
    expect([...data].filter((score) => score !== 0)).toHaveLength(13);
  });

  test('gives the probabilities of each step where they are asked for', async () => {
    const x = ['bee', 'ant', 'ant'];
    const { labels, probabilities } = await model.predict(x, { probabilities: true });
    expect(labels).toEqual(['O', 'B-ant', 'I-ant']);
    expect(probabilities).toHaveLength(9);
    for (let step = 0; step < 3; step += 1) {
      const row = [...probabilities!.subarray(3 * step, 3 * step + 3)];
      expect(row.reduce((sum, share) => sum + share)).toBeCloseTo(1, 5);
      expect(model.labels![row.indexOf(Math.max(...row))]).toBe(labels[step]);
    }
    expect(probabilities![1]).toBe(0);
    expect(await model.predict(x)).toEqual({ labels });
    expect(await model.predict([])).toEqual({ labels: [] });
    expect(await model.predict([], { probabilities: true })).toEqual({
      labels: [],
      probabilities: new Float32Array(),
    });
    expect(await model.predict(['ant'])).toEqual({ labels: ['B-ant'] });
  });

  test('what else is in a batch changes no bit', async () => {
    const xs = tags(40, 6).map(({ x }) => x as string[]);
    const alone = [];
    for (const x of xs) alone.push(await model.predict(x, { probabilities: true }));
    expect(await model.predictMany(xs, { batchSize: 7, probabilities: true })).toEqual(alone);
  });

  test('targets that break the scheme count as wrong, and not in the loss', async () => {
    const [example] = tags(1, 3);
    const alone = await model.evaluate([example!]);
    const broken = { x: ['bee', 'ant'], y: ['O', 'I-ant'] };
    const metrics = await model.evaluate([example!, broken, { x: ['ant', 'cat'], y: ['B-ant', 'cat'] }]);
    expect(metrics.disallowed).toBe(1);
    expect(metrics.perLabel!['I-ant']!.recall).toBeLessThan(1);
    // The label that was never seen may be any; the other one counts.
    const { loss } = await model.evaluate([{ x: ['ant', 'cat'], y: ['B-ant', 'cat'] }]);
    const steps = (example!.x as string[]).length;
    expect(metrics.loss).toBeCloseTo((alone.loss * steps + loss) / (steps + 1), 5);
    expect((await model.evaluate([broken])).loss).toBeNaN();
  });

  test('is the same when saved and loaded', async () => {
    const path = join(folder, 'tagger.safetensors');
    await model.save(path);
    using loaded = await ManyToMany.load<'classes'>(path);
    expect(loaded.architecture).toEqual(model.architecture);
    expect(loaded.architecture.crf).toEqual({ transitions: 'scheme' });
    const xs = tags(20, 9).map(({ x }) => x as string[]);
    expect(await loaded.predictMany(xs, { probabilities: true })).toEqual(
      await model.predictMany(xs, { probabilities: true }),
    );
  });

  test('trains on from there', async () => {
    using further = await ManyToMany.load<'classes'>(join(folder, 'tagger.safetensors'));
    expect(await rejection(further.fit([{ x: ['ant'], y: ['I-ant'] }]))).toEqual(
      failure('ERR_DATA', 'example 0, step 0: "I-ant" may not be the first tag in the scheme IOB2'),
    );
    const { epochs } = await further.fit(tags(100, 10), { epochs: 1 });
    expect(epochs[0]!.loss).toBeLessThan(0.2);
  });
});

test('labels that x does not tell are chosen together', async () => {
  const options = { epochs: 12, optimizer: { kind: 'adam', learningRate: 0.05 } } as const;
  using chain = new ManyToMany({ ...architecture, bidirectional: false });
  await chain.fit(moods(300, 1), options);
  using single = new ManyToMany({ ...architecture, bidirectional: false, crf: false });
  await single.fit(moods(300, 1), options);
  // One choice between two for six steps, or for each of them.
  expect((await chain.evaluate(moods(200, 2))).loss).toBeCloseTo(Math.LN2 / 6, 1);
  expect((await single.evaluate(moods(200, 2))).loss).toBeCloseTo(Math.LN2, 1);
  const { labels } = await chain.predict(moods(1, 3)[0]!.x);
  expect(new Set(labels).size).toBe(1);
});

test('what the scheme forbids is never predicted, however badly the model has learned', async () => {
  using strict = new ManyToMany({ ...architecture, hidden: 2, seed: 3 });
  using free = new ManyToMany({ ...architecture, hidden: 2, seed: 3, crf: { transitions: 'all' } });
  const broken = async (model: ManyToMany<'classes'>): Promise<number> => {
    await model.fit(tags(20, 1), { epochs: 1 });
    // All for I-ant.
    model.setParameter('output.bias', Float32Array.of(0, 50, 0));
    const predictions = await model.predictMany(tags(50, 2).map(({ x }) => x as string[]));
    return predictions.filter(({ labels }) => labels[0] === 'I-ant').length;
  };
  expect(await broken(strict)).toBe(0);
  expect(await broken(free)).toBe(50);
});

test('data that break the scheme are refused, or taken with all transitions', async () => {
  const data = [
    { x: ['ant'], y: ['B-ant'] },
    { x: ['ant', 'bee', 'ant'], y: ['B-ant', 'O', 'I-ant'] },
  ];
  using strict = new ManyToMany(architecture);
  expect(await rejection(strict.fit(data))).toEqual(
    failure('ERR_DATA', 'example 1, step 2: "I-ant" may not follow "O"', 'crf: { transitions: "all" }'),
  );
  using free = new ManyToMany({ ...architecture, crf: { transitions: 'all' } });
  const { epochs } = await free.fit(data, { epochs: 60, optimizer: fast });
  expect(epochs.at(-1)!.loss).toBeLessThan(0.1);
  const metrics = await free.evaluate(data);
  expect(metrics.accuracy).toBe(1);
  expect(metrics.disallowed).toBeUndefined();
});

test('any number of threads gives the same file', async () => {
  const files = [];
  for (const threads of [1, 2, 3, 8]) {
    using model = new ManyToMany(architecture);
    await model.fit(tags(100, 1), { epochs: 2, threads });
    const path = join(folder, `threads-${threads}.safetensors`);
    await model.save(path);
    files.push(readFileSync(path));
  }
  // The record of the training holds seconds and threads; the tensors follow the header.
  const tensors = files.map((bytes) => bytes.subarray(8 + Number(bytes.readBigUInt64LE(0))));
  for (const other of tensors) expect(other.equals(tensors[0]!)).toBe(true);
});

test('there are not more labels than it has room for', async () => {
  const labels = Array.from({ length: 4097 }, (_, label) => `B-${label}`);
  using model = new ManyToMany({ ...architecture, output: { kind: 'classes', labels } });
  expect(await rejection(model.fit(tags(1, 1)))).toEqual(
    failure('ERR_OPTION', 'crf: expected at most 4096 labels; found 4097'),
  );
});

test('a stream would have to look ahead', async () => {
  using model = new ManyToMany({ ...architecture, bidirectional: false });
  await model.fit(tags(10, 1), { epochs: 1 });
  expect(() => model.stream()).toThrow(failure('ERR_OPTION', 'stream', 'has a crf'));
  expect(() => model.transform()).toThrow(bpttError('ERR_OPTION'));
});

test.each<[object, string]>([
  [{ alignment: 'ctc' }, 'option "alignment" must be "steps" where there is a crf; found "ctc"'],
  [{ output: { kind: 'values' } }, 'option "output.kind" must be "classes" where there is a crf'],
  [{ crf: 'yes' }, 'option "crf" must be true, false or an object of options'],
  [{ crf: { transitions: 'some' } }, 'option "crf.transitions" must be "scheme" or "all"'],
  [{ crf: { scores: 1 } }, 'unknown option "crf.scores"'],
])('%j is refused', (options, message) => {
  expect(() => new ManyToMany({ ...architecture, ...options })).toThrow(failure('ERR_OPTION', message));
});
