import { join } from 'node:path';

import {
  EncoderDecoder,
  loadModel,
  ManyToMany,
  ManyToOne,
  type Scale,
  type SequenceModel,
} from '../../lib/index';
import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();

const one = [
  { x: 'a b', y: 'p' },
  { x: 'c', y: 'n' },
];
const each = [{ x: ['a', 'b'], y: ['p', 'n'] }];

const base = { cell: 'gru', hidden: 3, input: { kind: 'tokens' } } as const;

const labelled: [string, (labels: string[]) => SequenceModel, unknown][] = [
  ['many-to-one', (labels) => new ManyToOne({ ...base, output: { kind: 'classes', labels } }), one],
  [
    'many-to-many with crf',
    (labels) => new ManyToMany({ ...base, crf: true, output: { kind: 'classes', labels } }),
    each,
  ],
  [
    'ctc',
    (labels) => new ManyToMany({ ...base, alignment: 'ctc', output: { kind: 'classes', labels } }),
    each,
  ],
  ['encoder-decoder', (labels) => new EncoderDecoder({ ...base, output: { kind: 'classes', labels } }), each],
];

describe.each(labelled)('labels of a %s', (name, make, data) => {
  test('changed before the training are not those of the model', async () => {
    const labels = ['p', 'n'];
    using model = make(labels);
    labels.push('extra');
    await model.fit(data as never, { epochs: 1 });
    expect(model.labels).toEqual(['p', 'n']);
  });

  test('changed behind it are not those of the file', async () => {
    const labels = ['p', 'n'];
    using model = make(labels);
    await model.fit(data as never, { epochs: 1 });
    labels.length = 0;
    model.labels!.length = 0;
    const path = join(folder, `${name}.safetensors`);
    await model.save(path);
    using loaded = await loadModel(path);
    expect(loaded.labels).toEqual(['p', 'n']);
    expect(loaded.architecture).toEqual(model.architecture);
  });
});

test('scales, cells and shares that are changed afterwards are not those of the model', async () => {
  const scale = { mean: [1], deviation: [2] } satisfies Scale;
  const cell = { kind: 'gru' as const, reset: 'after' as 'after' | 'before' };
  const dropout = { input: 0.1 };
  using model = new ManyToOne({
    cell,
    hidden: 3,
    dropout,
    input: { kind: 'features', normalize: scale },
    output: { kind: 'values', normalize: scale },
  });
  const { architecture } = model;
  const before = model.predict([[1]]);
  scale.mean[0] = NaN;
  scale.deviation.length = 0;
  cell.reset = 'before';
  dropout.input = 5;
  expect(model.architecture).toEqual(architecture);
  expect(await model.predict([[1]])).toEqual(await before);
  const path = join(folder, 'scales.safetensors');
  await model.save(path);
  using loaded = await loadModel(path);
  expect(loaded.architecture).toEqual(architecture);
});

test('nobody can change what an architecture keeps by taking hold of it', () => {
  using model = new ManyToOne({ ...base, output: { kind: 'classes', labels: ['p', 'n'] } });
  const { output } = model.architecture as unknown as { output: { labels: string[] } };
  output.labels.length = 0;
  expect(model.architecture).toMatchObject({ output: { labels: ['p', 'n'] } });
});

test('options and results of a training that are changed afterwards are not those of the record', async () => {
  using model = new ManyToOne({ ...base, output: { kind: 'classes' } });
  const optimizer = { kind: 'sgd' as const, learningRate: 0.1 };
  const history = await model.fit(one, {
    epochs: 2,
    optimizer,
    validation: one,
    onProgress: ({ metrics }) => {
      if (metrics !== undefined) for (const key of Object.keys(metrics)) metrics[key] = NaN;
    },
  });
  const { record } = model;
  expect(record!.epochs.every(({ metrics }) => Number.isFinite(metrics!['accuracy']))).toBe(true);
  expect(history.epochs.every(({ metrics }) => Number.isFinite(metrics!['accuracy']))).toBe(true);
  history.epochs.length = 0;
  optimizer.learningRate = NaN;
  expect(model.record).toEqual(record);
});

/** A list in which nothing is at the end. */
const withHole = Object.assign([1, 1], { length: 3 });

test.each([
  ['a hole', withHole, [1, 1, 1]],
  ['a text', ['1', 2, 3], [1, 1, 1]],
  ['a hole in the deviations', [1, 2, 3], withHole],
])('a scale with %s is an error', (_, mean, deviation) => {
  const input = { kind: 'features', normalize: { mean, deviation } };
  expect(() => new ManyToOne({ ...base, input, output: { kind: 'classes' } } as never)).toThrow(
    expect.objectContaining({ name: 'BpttError', code: 'ERR_OPTION' }),
  );
});

test.each([
  ['a scale', { input: { kind: 'features', normalize: { mean: [1], deviation: [1], std: [1] } } }],
  ['labels', { output: { kind: 'classes', labels: Object.assign(['a', 'b'], { length: 3 }) } }],
])('%s with more or less than there should be is an error', (_, change) => {
  expect(() => new ManyToOne({ ...base, output: { kind: 'classes' }, ...change } as never)).toThrow(
    expect.objectContaining({ name: 'BpttError', code: 'ERR_OPTION' }),
  );
});
