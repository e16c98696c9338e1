import { getEventListeners } from 'node:events';
import { join } from 'node:path';

import { EncoderDecoder, ManyToOne, OneToMany, loadModel, system } from '../../lib/index';
import { rejection } from '../data/failure';
import { bpttError } from '../tasks';
import { temporaryFolder } from '../temporary-folder';

const reason = new Error('no longer needed');

/** A signal that is aborted a little later. */
function soon(): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => {
    controller.abort(reason);
  }, 20);
  return controller.signal;
}

/** A model that never comes to the end of what it writes. */
async function endless(): Promise<EncoderDecoder<'classes'>> {
  const model = new EncoderDecoder({
    cell: 'gru',
    hidden: 4,
    input: { kind: 'tokens', embedding: 4 },
    output: { kind: 'classes' },
    attention: 'none',
  });
  await model.fit([{ x: 'a b', y: ['c', 'd'] }], { epochs: 1 });
  const { data: bias } = model.parameters()['output.bias']!;
  bias[0] = -1e6;
  model.setParameter('output.bias', bias);
  return model;
}

/** Reads one number a step; a long sequence takes it seconds. */
const slow = () =>
  new ManyToOne({
    cell: 'lstm',
    hidden: 128,
    input: { kind: 'features', size: 1 },
    output: { kind: 'values', size: 1 },
  });

const long = new Float32Array(200_000).fill(0.5);

const forever = { maxSteps: 2 ** 31 - 1 };

describe('a signal ends what is under way', () => {
  test.each([1, 5])('the search for an output without an end, with a beam of %d', async (beam) => {
    using model = await endless();
    const signal = soon();
    expect(await rejection(model.predict('a b', { ...forever, beam, signal }))).toBe(reason);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect((await model.predict('a b', { maxSteps: 3, beam: 1 })).y).toHaveLength(3);
  });

  test('as many as there are threads, which then have time for others', async () => {
    using model = await endless();
    const signal = soon();
    const all = Array.from({ length: system.threads }, () =>
      model.predict('a b', { ...forever, beam: 1, signal }),
    );
    expect(await Promise.all(all.map(rejection))).toEqual(all.map(() => reason));
    expect((await model.predict('a b', { maxSteps: 3, beam: 1 })).y).toHaveLength(3);
  });

  test('the evaluation of one', async () => {
    using model = await endless();
    const data = [{ x: 'a b', y: ['c', 'd'] }];
    expect(await rejection(model.evaluate(data, { ...forever, signal: soon() }))).toBe(reason);
  });

  test('the last batch', async () => {
    using model = slow();
    expect(await rejection(model.predict(long, { signal: soon() }))).toBe(reason);
    expect(await rejection(model.predictMany([long], { signal: soon() }))).toBe(reason);
    expect(await rejection(model.evaluate([{ x: long, y: [1] }], { signal: soon() }))).toBe(reason);
  });

  test('the first batch of a training, which then has no result', async () => {
    using model = slow();
    const before = model.parameters();
    const signal = soon();
    expect(await rejection(model.fit([{ x: long, y: [1] }], { epochs: 1, signal }))).toBe(reason);
    expect(model.parameters()).toEqual(before);
    expect(model.record).toBeUndefined();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('a later batch of a training, which counts for nothing', async () => {
    using model = slow();
    const short = new Float32Array(3).fill(0.5);
    const data = [short, long].map((x, index) => ({ x, y: [index] }));
    const controller = new AbortController();
    const onProgress = ({ kind }: { kind: string }) => {
      if (kind === 'step') controller.abort(reason);
    };
    const { signal } = controller;
    const optimizer = { kind: 'sgd' } as const;
    const before = model.parameters();
    const history = await model.fit(data, { epochs: 1, batchSize: 1, optimizer, signal, onProgress });
    expect(history).toMatchObject({ stoppedBy: 'signal', bestEpoch: 1, epochs: { length: 1 } });
    expect(model.parameters()).not.toEqual(before);
  });

  test('the reading of a long prompt', async () => {
    using model = new OneToMany({ cell: 'lstm', hidden: 128, sequence: { kind: 'features' } });
    await model.fit([{ y: [[1], [2]] }], { epochs: 1 });
    const prompt = Array.from(long, (value) => [value]);
    const iterator = model.generate({ prompt, signal: soon() });
    expect(await rejection(iterator.next())).toBe(reason);
  });
});

describe('disposing of a model', () => {
  const folder = temporaryFolder();
  const short = new Float32Array(500).fill(0.5);
  const many = Array.from({ length: 100 }, () => short);

  test('lets predictions that have begun end well, and frees the model behind them', async () => {
    using twin = slow();
    const expected = await twin.predict(short);
    const model = slow();
    const one = model.predict(short);
    const all = model.predictMany(many, { batchSize: 4, threads: 1 });
    const measured = model.evaluate(
      many.map((x) => ({ x, y: [1] })),
      { batchSize: 4, threads: 1 },
    );
    model.dispose();
    model.dispose();
    expect(await rejection(model.predict(short))).toEqual(bpttError('ERR_DISPOSED'));
    expect(await one).toEqual(expected);
    expect(await all).toEqual(many.map(() => expected));
    expect(await measured).toMatchObject({ examples: many.length });
  });

  test('lets a saving end well', async () => {
    const model = slow();
    const expected = await model.predict(short);
    const path = join(folder, 'disposed.safetensors');
    const saving = model.save(path);
    model.dispose();
    await saving;
    using loaded = (await loadModel(path)) as ManyToOne<'values'>;
    expect(await loaded.predict(short)).toEqual(expected);
  });

  test('ends a training in the midst of a batch', async () => {
    const model = slow();
    const fitting = model.fit([{ x: long, y: [1] }], { epochs: 1000 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    model.dispose();
    expect(await rejection(fitting)).toEqual(bpttError('ERR_DISPOSED'));
  });
});
