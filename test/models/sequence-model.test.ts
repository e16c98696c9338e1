import { ManyToMany, ManyToOne, Vocabulary } from '../../lib/index';
import { bpttError, firstWord, firstWordModel, trained } from '../tasks';

const data = firstWord(200, 1);

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
    expect(call).toThrow(bpttError('ERR_STATE'));
  });

  test.each<[string, () => Promise<unknown>]>([
    ['predict', () => model.predict('ant')],
    ['predictMany', () => model.predictMany(['ant'])],
    ['evaluate', () => model.evaluate(data)],
    ['save', () => model.save('never')],
  ])('%s rejects with ERR_STATE', async (_, call) => {
    await expect(call()).rejects.toEqual(bpttError('ERR_STATE'));
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
    }).toThrow(bpttError('ERR_OPTION'));
    expect(() => {
      model.setParameter('output.bias', new Float32Array(3));
    }).toThrow(bpttError('ERR_SHAPE'));
    expect(() => {
      model.setParameter('output.bias', [1, 2] as unknown as Float32Array);
    }).toThrow(bpttError('ERR_SHAPE'));
  });

  test('parameters are copies', () => {
    using model = known();
    model.parameters()['output.bias']!.data.fill(7);
    expect([...model.parameters()['output.bias']!.data]).not.toEqual([7, 7]);
  });
});

test.each([[[]], [7], ['ant bee'], [[7]], [[null]], [null]])('%p are no data', async (wrong) => {
  using model = await trained();
  await expect(model.fit(wrong as never)).rejects.toEqual(bpttError('ERR_DATA'));
  await expect(model.evaluate(wrong as never)).rejects.toEqual(bpttError('ERR_DATA'));
});

test.each([7, 'ant', null, new Float32Array(3)])('%p are no sequences', async (wrong) => {
  using model = await trained();
  await expect(model.predictMany(wrong as never)).rejects.toEqual(bpttError('ERR_DATA'));
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
    expect(() => model.parameters()).toThrow(bpttError('ERR_DISPOSED'));
    expect(() => model.stream()).toThrow(bpttError('ERR_DISPOSED'));
    await expect(model.predict('ant')).rejects.toEqual(bpttError('ERR_DISPOSED'));
    await expect(model.evaluate(data)).rejects.toEqual(bpttError('ERR_DISPOSED'));
    await expect(model.fit(data)).rejects.toEqual(bpttError('ERR_DISPOSED'));
    await expect(model.save('never')).rejects.toEqual(bpttError('ERR_DISPOSED'));
  });

  test('ends a fit, at whatever stage it is', async () => {
    const early = new ManyToOne(firstWordModel);
    const fitting = early.fit(data);
    early.dispose();
    await expect(fitting).rejects.toEqual(bpttError('ERR_DISPOSED'));

    const late = await trained();
    await expect(
      late.fit(data, {
        onProgress: ({ step }) => {
          if (step === 3) {
            late.dispose();
          }
        },
      }),
    ).rejects.toEqual(bpttError('ERR_DISPOSED'));
  });

  test('lets predictions that have begun end', async () => {
    const model = await trained();
    const expected = await model.predict('ant bee');
    const running = model.predict('ant bee');
    await Promise.resolve();
    model.dispose();
    const outcome = await running.catch((error: unknown) => error);
    expect([expected, bpttError('ERR_DISPOSED')]).toContainEqual(outcome);
  });
});
