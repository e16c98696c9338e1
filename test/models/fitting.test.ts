import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ManyToMany, ManyToOne, type Example, type Progress } from '../../lib/index';
import { bpttError, firstWord, firstWordModel, tags, tagsModel, trained } from '../tasks';
import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();
const data = firstWord(200, 1);
/** All bits of a model. */
function bits(model: ManyToOne | ManyToMany): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(model.parameters()).map(([name, { data: values }]) => [
      name,
      [...new Uint32Array(values.buffer)],
    ]),
  );
}

describe('the same bits', () => {
  test('from the same seed, whatever the number of threads', async () => {
    const dropout = { input: 0.2, between: 0.2, recurrent: 0.2, output: 0.2 };
    const files = [];
    for (const threads of [1, 2, 3, 8]) {
      using model = new ManyToMany({ ...tagsModel, layers: 2, dropout });
      await model.fit(tags(150, 1), { epochs: 2, threads, validation: tags(20, 2) });
      const file = join(folder, `${threads}.safetensors`);
      await model.save(file);
      files.push(readFileSync(file));
    }
    for (const file of files) expect(file.equals(files[0]!)).toBe(true);
  });

  test('not from another seed', async () => {
    using one = await trained();
    using other = new ManyToOne({ ...firstWordModel, seed: 2 });
    await other.fit(data, { epochs: 1 });
    expect(bits(one)).not.toEqual(bits(other));
  });

  test('from an array, an iterable and an async iterable', async () => {
    using array = await trained();
    using iterable = new ManyToOne(firstWordModel);
    await iterable.fit(new Set(data), { epochs: 1 });
    using asynchronous = new ManyToOne(firstWordModel);
    async function* later(): AsyncGenerator<Example> {
      for (const example of data) {
        await Promise.resolve();
        yield example;
      }
    }
    await asynchronous.fit(later(), { epochs: 1 });
    expect(bits(iterable)).toEqual(bits(array));
    expect(bits(asynchronous)).toEqual(bits(array));
  });
});

describe('fitting again', () => {
  test('goes on from the present parameters with the same vocabulary', async () => {
    using model = await trained({ epochs: 6, optimizer: { kind: 'adam', learningRate: 0.01 } });
    const { loss } = await model.evaluate(data);
    const { epochs } = await model.fit(firstWord(100, 7), { epochs: 1 });
    expect(epochs[0]!.loss).toBeLessThan(2 * loss);
    expect(model.record).toMatchObject({ fits: 2, seed: 2, examples: 100 });
  });

  test('while it is being fitted is ERR_BUSY, and so is setting a parameter', async () => {
    using model = await trained();
    const first = model.fit(data, { epochs: 2 });
    await expect(model.fit(data)).rejects.toEqual(bpttError('ERR_BUSY'));
    expect(() => {
      model.setParameter('output.bias', new Float32Array(6));
    }).toThrow(bpttError('ERR_BUSY'));
    await first;
    await model.fit(data, { epochs: 1 });
    expect(model.record!.fits).toBe(3);
  });
});

test('predictions during fit use the parameters from before', async () => {
  using model = await trained();
  const before = await model.predict('ant bee cat');
  const during: unknown[] = [];
  const running = model.fit(data, {
    epochs: 4,
    optimizer: { kind: 'adam', learningRate: 0.05 },
    onProgress: () => void during.push(model.predict('ant bee cat')),
  });
  await running;
  const predictions = await Promise.all(during.slice(0, -1));
  expect(predictions.length).toBeGreaterThan(20);
  for (const prediction of predictions) {
    expect(prediction).toEqual(before);
  }
  expect(await model.predict('ant bee cat')).not.toEqual(before);
});

describe('a signal', () => {
  test('aborted before the start rejects with its reason', async () => {
    using model = new ManyToOne(firstWordModel);
    const reason = new Error('not today');
    await expect(model.fit(data, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(model.record).toBeUndefined();
  });

  test('aborted in mid-training ends it, and the model has what it learned so far', async () => {
    using model = await trained();
    const before = bits(model);
    const controller = new AbortController();
    let steps = 0;
    const history = await model.fit(data, {
      signal: controller.signal,
      onProgress: ({ kind }) => {
        steps += kind === 'step' ? 1 : 0;
        if (steps === 10) {
          controller.abort();
        }
      },
    });
    expect(history.stoppedBy).toBe('signal');
    expect(steps).toBeLessThanOrEqual(11);
    expect(history.bestEpoch).toBe(2);
    expect(bits(model)).not.toEqual(before);
    await model.predict('ant');
    await model.fit(data, { epochs: 1 });
  });

  test('ends evaluate and predictMany with its reason', async () => {
    using model = await trained();
    const reason = new Error('no longer needed');
    const signal = AbortSignal.abort(reason);
    await expect(model.evaluate(data, { signal })).rejects.toBe(reason);
    await expect(model.predictMany(['ant'], { signal })).rejects.toBe(reason);
    const controller = new AbortController();
    const running = model.predictMany(
      data.map(({ x }) => x),
      { signal: controller.signal, batchSize: 1, threads: 1 },
    );
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });
});

describe('a fit that fails leaves the model as it was', () => {
  test('when the listener throws', async () => {
    using model = await trained();
    const before = bits(model);
    const reason = new Error('enough');
    const failing = model.fit(data, {
      onProgress: ({ step }: Progress) => {
        if (step === 3) {
          throw reason;
        }
      },
    });
    await expect(failing).rejects.toBe(reason);
    expect(bits(model)).toEqual(before);
    expect(model.record!.fits).toBe(1);
    await model.fit(data, { epochs: 1 });
  });

  test('when the loss is not finite, which is reported with its place', async () => {
    using model = new ManyToMany({
      cell: { kind: 'rnn', activation: 'identity' },
      hidden: 8,
      input: { kind: 'features', size: 1, normalize: false },
      output: { kind: 'values', size: 1 },
    });
    const before = bits(model);
    const big = Array.from({ length: 40 }, () => ({ x: [[3e38], [3e38]], y: [[0], [0]] }));
    await expect(model.fit(big)).rejects.toMatchObject({
      code: 'ERR_NON_FINITE',
      message: expect.stringMatching(/^epoch 1, batch 1 of 2: /) as string,
    });
    expect(bits(model)).toEqual(before);
  });

  test('when an example does not fit', async () => {
    using model = await trained();
    const before = bits(model);
    await expect(model.fit([{ x: 'ant', y: 'zebra' }])).rejects.toEqual(bpttError('ERR_DATA'));
    const validation = [data[0]!, { x: [[1]], y: 'ant' }];
    await expect(model.fit(data, { validation })).rejects.toMatchObject({
      code: 'ERR_DATA',
      message: expect.stringMatching(/^validation, example 1, x/) as string,
    });
    expect(bits(model)).toEqual(before);
  });
});

test('wrong options are refused before anything is read', async () => {
  using model = new ManyToOne(firstWordModel);
  const wrong = [
    { epoch: 3 },
    { patience: 2 },
    { metric: 'accuracy' },
    { checkpoint: {} },
    { checkpoint: { path: '' } },
    { checkpoint: { path: 'a', everySteps: 0 } },
    { resume: 5 },
    { tbptt: 5 },
    { validation: data, metric: 'f1' },
  ];
  for (const options of wrong) {
    await expect(model.fit(data, options as object)).rejects.toEqual(bpttError('ERR_OPTION'));
  }
});

/** Nanoseconds the main thread has worked: unlike the clock, it does not see what else the machine has to do. */
function workedUntilNow(): number {
  const [worked] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
  return Number(worked);
}

(existsSync('/proc/self/schedstat') ? test : test.skip)(
  'a model that trains leaves the event loop to others',
  async () => {
    const many = firstWord(3000, 1);
    using model = new ManyToOne({ ...firstWordModel, hidden: 64 });
    await trained();
    const stretches: number[] = [];
    let before = workedUntilNow();
    let running = true;
    const turn = (): void => {
      const now = workedUntilNow();
      stretches.push((now - before) / 1e6);
      before = now;
      if (running) {
        setTimeout(turn, 1);
      }
    };
    setTimeout(turn, 1);
    await model.fit(many, { epochs: 4, threads: 1, validation: many.slice(0, 500) });
    running = false;
    stretches.sort((a, b) => a - b);
    expect(stretches.length).toBeGreaterThan(50);
    // A stretch of 4 ms, and what the kernel may add to it by counting in ticks of 4 ms.
    expect(stretches[Math.floor(0.99 * stretches.length)]).toBeLessThan(8);
  },
);
