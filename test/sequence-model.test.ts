import { ManyToMany, ManyToOne, Vocabulary, type Example, type Progress } from '../lib/index';
import { firstWord, firstWordModel, tags, tagsModel } from './tasks';

const data = firstWord(200, 1);
const code = (expected: string): Error =>
  expect.objectContaining({ name: 'BpttError', code: expected }) as Error;

/** All bits of a model. */
function bits(model: ManyToOne | ManyToMany): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(model.parameters()).map(([name, { data: values }]) => [
      name,
      [...new Uint32Array(values.buffer)],
    ]),
  );
}

async function trained(options: object = {}): Promise<ManyToOne<'classes'>> {
  const model = new ManyToOne(firstWordModel);
  await model.fit(data, { epochs: 1, ...options });
  return model;
}

describe('before the sizes are known', () => {
  const model = new ManyToOne(firstWordModel);

  test.each<[string, () => unknown]>([
    ['parameters', () => model.parameters()],
    ['parameterCount', () => model.parameterCount],
    [
      'setParameter',
      () => {
        model.setParameter('output.bias', new Float32Array(2));
      },
    ],
    ['stream', () => model.stream()],
    ['transform', () => model.transform()],
  ])('%s throws ERR_STATE', (_, call) => {
    expect(call).toThrow(code('ERR_STATE'));
  });

  test.each<[string, () => Promise<unknown>]>([
    ['predict', () => model.predict('ant')],
    ['predictMany', () => model.predictMany(['ant'])],
    ['evaluate', () => model.evaluate(data)],
    ['save', () => model.save('never')],
  ])('%s rejects with ERR_STATE', async (_, call) => {
    await expect(call()).rejects.toEqual(code('ERR_STATE'));
  });

  test('the architecture is there, and a record and labels are not', () => {
    expect(model.architecture).toMatchObject({ hidden: 16, layers: 1, pooling: 'last', seed: 1 });
    expect(model.record).toBeUndefined();
    expect(model.labels).toBeUndefined();
    expect(model.vocabulary).toBeUndefined();
  });
});

describe('with all sizes in the architecture', () => {
  const vocabulary = Vocabulary.of(['ant', 'bee']);
  const architecture = {
    ...firstWordModel,
    input: { kind: 'tokens', embedding: 8, vocabulary },
    output: { kind: 'classes', labels: ['yes', 'no'] },
  } as const;
  const known = (): ManyToOne =>
    new ManyToOne({ ...architecture, output: { kind: 'classes', labels: ['yes', 'no'] } });

  test('parameters are there from the beginning', () => {
    using model = known();
    const shapes = Object.entries(model.parameters()).map(([name, { shape }]) => [name, shape]);
    expect(shapes).toEqual([
      ['embedding.weight', [4, 8]],
      ['recurrent.weight_ih_l0', [64, 8]],
      ['recurrent.weight_hh_l0', [64, 16]],
      ['recurrent.bias_l0', [64]],
      ['output.weight', [2, 16]],
      ['output.bias', [2]],
    ]);
    expect(model.parameterCount).toBe(32 + 512 + 1024 + 64 + 32 + 2);
    expect(model.labels).toEqual(['yes', 'no']);
  });

  test('parameters set before the first fit are where it begins', async () => {
    using model = known();
    using other = known();
    model.setParameter('output.bias', Float32Array.of(0.5, -0.5));
    const examples = [
      { x: 'ant', y: 'yes' },
      { x: 'bee', y: 'no' },
    ];
    await model.fit(examples, { epochs: 1, optimizer: { kind: 'sgd', learningRate: 1e-9 } });
    await other.fit(examples, { epochs: 1, optimizer: { kind: 'sgd', learningRate: 1e-9 } });
    expect([...model.parameters()['output.bias']!.data]).toEqual([0.5, -0.5]);
    expect([...other.parameters()['output.bias']!.data]).not.toEqual([0.5, -0.5]);
    expect(model.vocabulary!.id('ant')).toBe(2);
  });

  test('features are taken as they are until training data tell their scale', async () => {
    using model = new ManyToMany({
      cell: 'rnn',
      hidden: 2,
      input: { kind: 'features', size: 1 },
      output: { kind: 'values', size: 1 },
    });
    const before = await model.predict([[100], [200]]);
    await model.fit([{ x: [[100], [200]], y: [[0], [1]] }], {
      epochs: 1,
      optimizer: { kind: 'sgd', learningRate: 1e-9 },
    });
    expect(await model.predict([[100], [200]])).not.toEqual(before);
  });

  test('a parameter of another name or size is refused', () => {
    using model = known();
    expect(() => {
      model.setParameter('output.biass', new Float32Array(2));
    }).toThrow(code('ERR_OPTION'));
    expect(() => {
      model.setParameter('output.bias', new Float32Array(3));
    }).toThrow(code('ERR_SHAPE'));
    expect(() => {
      model.setParameter('output.bias', [1, 2] as unknown as Float32Array);
    }).toThrow(code('ERR_SHAPE'));
  });

  test('parameters are copies', () => {
    using model = known();
    model.parameters()['output.bias']!.data.fill(7);
    expect([...model.parameters()['output.bias']!.data]).not.toEqual([7, 7]);
  });
});

describe('the same bits', () => {
  test('from the same seed, whatever the number of threads', async () => {
    const dropout = { input: 0.2, between: 0.2, recurrent: 0.2, output: 0.2 };
    const results = [];
    for (const threads of [1, 2, 3, 2]) {
      using model = new ManyToMany({ ...tagsModel, layers: 2, dropout });
      await model.fit(tags(150, 1), { epochs: 2, threads, validation: tags(20, 2) });
      results.push(bits(model));
    }
    for (const result of results) {
      expect(result).toEqual(results[0]);
    }
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
    await expect(model.fit(data)).rejects.toEqual(code('ERR_BUSY'));
    expect(() => {
      model.setParameter('output.bias', new Float32Array(6));
    }).toThrow(code('ERR_BUSY'));
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
    expect(steps).toBeLessThanOrEqual(12);
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
    await expect(model.fit([{ x: 'ant', y: 'zebra' }])).rejects.toEqual(code('ERR_DATA'));
    expect(bits(model)).toEqual(before);
  });
});

test('wrong options are refused before anything is read', async () => {
  using model = new ManyToOne(firstWordModel);
  const wrong = [
    { epoch: 3 },
    { patience: 2 },
    { metric: 'accuracy' },
    { checkpoint: { path: 'a' } },
    { resume: 'a' },
    { tbptt: 5 },
    { validation: data, metric: 'f1' },
  ];
  for (const options of wrong) {
    await expect(model.fit(data, options as object)).rejects.toEqual(code('ERR_OPTION'));
  }
});

test.each([[[]], [7], ['ant bee'], [[7]], [[null]], [null]])('%p are no data', async (wrong) => {
  using model = await trained();
  await expect(model.fit(wrong as never)).rejects.toEqual(code('ERR_DATA'));
  await expect(model.evaluate(wrong as never)).rejects.toEqual(code('ERR_DATA'));
});

test.each([7, 'ant', null, new Float32Array(3)])('%p are no sequences', async (wrong) => {
  using model = await trained();
  await expect(model.predictMany(wrong as never)).rejects.toEqual(code('ERR_DATA'));
});

test('a sequence that does not fit is named', async () => {
  using model = await trained();
  await expect(model.predictMany(['ant', [['ant']] as never])).rejects.toMatchObject({
    code: 'ERR_DATA',
    message: expect.stringContaining('sequence 1') as string,
  });
});

describe('disposing', () => {
  test('makes every call throw ERR_DISPOSED', async () => {
    const model = await trained();
    model.dispose();
    model.dispose();
    expect(() => model.parameters()).toThrow(code('ERR_DISPOSED'));
    expect(() => model.stream()).toThrow(code('ERR_DISPOSED'));
    await expect(model.predict('ant')).rejects.toEqual(code('ERR_DISPOSED'));
    await expect(model.evaluate(data)).rejects.toEqual(code('ERR_DISPOSED'));
    await expect(model.fit(data)).rejects.toEqual(code('ERR_DISPOSED'));
    await expect(model.save('never')).rejects.toEqual(code('ERR_DISPOSED'));
  });

  test('ends a fit, at whatever stage it is', async () => {
    const early = new ManyToOne(firstWordModel);
    const fitting = early.fit(data);
    early.dispose();
    await expect(fitting).rejects.toEqual(code('ERR_DISPOSED'));

    const late = await trained();
    await expect(
      late.fit(data, {
        onProgress: ({ step }) => {
          if (step === 3) {
            late.dispose();
          }
        },
      }),
    ).rejects.toEqual(code('ERR_DISPOSED'));
  });

  test('lets predictions that have begun end', async () => {
    const model = await trained();
    const expected = await model.predict('ant bee');
    const running = model.predict('ant bee');
    await Promise.resolve();
    model.dispose();
    const outcome = await running.catch((error: unknown) => error);
    expect([expected, code('ERR_DISPOSED')]).toContainEqual(outcome);
  });
});

test('the event loop goes on while a model trains', async () => {
  const many = firstWord(3000, 1);
  using model = new ManyToOne({ ...firstWordModel, hidden: 64 });
  const late: number[] = [];
  let due = performance.now() + 10;
  const timer = setInterval(() => {
    const now = performance.now();
    late.push(now - due);
    due = now + 10;
  }, 10);
  await model.fit(many, { epochs: 4, threads: 1, validation: many.slice(0, 500) });
  clearInterval(timer);
  late.sort((a, b) => a - b);
  expect(late.length).toBeGreaterThan(20);
  expect(late[Math.floor(0.9 * late.length)]).toBeLessThan(10);
});
