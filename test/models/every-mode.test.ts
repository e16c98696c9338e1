import { getEventListeners } from 'node:events';
import { join } from 'node:path';

import {
  EncoderDecoder,
  loadModel,
  ManyToMany,
  ManyToOne,
  OneToMany,
  type CellSpec,
  type ExampleSource,
} from '../../lib/index';
import {
  bpttError,
  firstWord,
  firstWordModel,
  laterCells,
  reversals,
  reversalsModel,
  tags,
  tagsModel,
  tides,
  tidesModel,
} from '../tasks';
import { temporaryFolder } from '../temporary-folder';

/** What holds in every mode: with every cell, while a model is fitted, and when that ends early. */

// Trainings share the processors with other tests.
jest.setTimeout(30_000);

const folder = temporaryFolder();

type Model = ManyToOne | ManyToMany | EncoderDecoder | OneToMany;

interface Case {
  name: string;
  make: (cell?: CellSpec) => Model;
  data: { x?: unknown; y: unknown }[];
  /** The model's answer, and one that takes many batches. */
  answer: (model: never) => Promise<unknown>;
  answers: (model: never, signal: AbortSignal) => Promise<unknown>;
}

const predicting = (x: unknown): Pick<Case, 'answer' | 'answers'> => ({
  answer: (model: ManyToOne) => model.predict(x as never),
  answers: (model: ManyToOne, signal) =>
    model.predictMany(
      Array.from({ length: 5000 }, () => x as never),
      { signal, batchSize: 1, threads: 1 },
    ),
});

const cases: Case[] = [
  {
    name: 'many-to-one',
    make: (cell = 'lstm') => new ManyToOne({ ...firstWordModel, cell }),
    data: firstWord(200, 1),
    ...predicting('ant bee'),
  },
  {
    name: 'many-to-many',
    make: (cell = 'gru') => new ManyToMany({ ...tagsModel, cell }),
    data: tags(200, 1),
    ...predicting(['ant', 'bee']),
  },
  {
    name: 'many-to-many with a crf',
    make: (cell = 'gru') => new ManyToMany({ ...tagsModel, cell, crf: true }),
    data: tags(200, 1),
    ...predicting(['ant', 'bee']),
  },
  {
    name: 'many-to-many with ctc',
    make: (cell = 'gru') => new ManyToMany({ ...tagsModel, cell, alignment: 'ctc' }) as never,
    data: Array.from({ length: 200 }, () => ({ x: ['ant', 'bee', 'ant'], y: ['A', 'B'] })),
    ...predicting(['ant', 'bee']),
  },
  {
    name: 'encoder-decoder',
    make: (cell = 'lstm') => new EncoderDecoder({ ...reversalsModel, cell }),
    data: reversals(200, 1),
    ...predicting('abc'),
  },
  {
    name: 'encoder-decoder of values',
    make: (cell = 'gru') => new EncoderDecoder({ ...tidesModel, cell }),
    data: tides(200, 1),
    ...predicting([[20]]),
  },
  {
    name: 'one-to-many',
    make: (cell = 'gru') => new OneToMany({ cell, hidden: 16, sequence: { kind: 'tokens', embedding: 8 } }),
    data: Array.from({ length: 200 }, (_, i) => ({ y: 'abcab'.slice(i % 4) })),
    answer: (model: OneToMany) => model.generateMany([{}], { maxSteps: 5 }),
    answers: (model: OneToMany, signal) => model.generateMany(Array<object>(100_000).fill({}), { signal }),
  },
];

async function fit(
  model: Model,
  data: Case['data'],
  options: object,
): Promise<{ stoppedBy: string; epochs: readonly { loss: number }[] }> {
  return model.fit(data as unknown as ExampleSource as never, options);
}

describe.each(cases)('$name', ({ make, data, answer }) => {
  test.each(laterCells)('learns with the cell %j, and is the same when saved and loaded', async (cell) => {
    using model = make(cell);
    const { epochs } = await fit(model, data, { epochs: 2 });
    expect(epochs[1]!.loss).toBeLessThan(epochs[0]!.loss);
    const path = join(folder, 'cell.safetensors');
    await model.save(path);
    using loaded = await loadModel(path);
    expect(loaded.architecture).toEqual(model.architecture);
    expect(loaded.parameters()).toEqual(model.parameters());
    expect(await answer(loaded as never)).toEqual(await answer(model as never));
    const { seconds: _seconds, ...expected } = await model.evaluate(data as never);
    expect(await loaded.evaluate(data as never)).toMatchObject(expected);
  });
});

describe.each(cases)('$name', ({ make, data, answer, answers }) => {
  let model: Model;

  beforeEach(async () => {
    model = make();
    await fit(model, data, { epochs: 1 });
  });

  afterEach(() => {
    model.dispose();
  });

  test.each([NaN, Infinity])(
    'a loss that is not finite is ERR_NON_FINITE, and leaves the model as it was',
    async (bad) => {
      const { data: bias } = model.parameters()['output.bias']!;
      // Which no caller could set.
      model['known']!.network.setParameter(
        'output.bias',
        bias.map((value, i) => (i === 1 % bias.length ? bad : value)),
      );
      const before = model.parameters();
      const record = model.record;
      const failing = fit(model, data, { epochs: 1 });
      await expect(failing).rejects.toEqual(bpttError('ERR_NON_FINITE'));
      await expect(failing).rejects.toThrow(/^epoch 1, batch 1 of 7: the loss is not finite/);
      expect(model.parameters()).toEqual(before);
      expect(model.record).toEqual(record);
      model.setParameter('output.bias', bias);
      await fit(model, data, { epochs: 1 });
    },
  );

  test('while it is fitted, what would disturb that is ERR_BUSY, and all else goes on with the model from before', async () => {
    const path = join(folder, 'busy.safetensors');
    const { data: bias } = model.parameters()['output.bias']!;
    const before = model.parameters();
    const expected = await answer(model as never);
    const controller = new AbortController();
    const { signal } = controller;
    const fitting = fit(model, data, {
      epochs: 1e6,
      optimizer: { kind: 'adam', learningRate: 0.05 },
      signal,
    });
    await expect(fit(model, data, { epochs: 1 })).rejects.toEqual(bpttError('ERR_BUSY'));
    expect(() => {
      model.setParameter('output.bias', bias);
    }).toThrow(bpttError('ERR_BUSY'));
    expect(await answer(model as never)).toEqual(expected);
    await model.evaluate(data as never);
    await model.save(path);
    using loaded = await loadModel(path);
    expect(loaded.parameters()).toEqual(before);
    controller.abort();
    await fitting;
    expect(model.parameters()).not.toEqual(before);
    model.setParameter('output.bias', bias);
  });

  test('disposing of it ends a fit, and answers that have begun come still', async () => {
    const expected = await answer(model as never);
    const fitting = fit(model, data, { epochs: 1000 });
    const begun = [1, 2, 3].map(() => answer(model as never));
    await new Promise((resolve) => setTimeout(resolve, 20));
    model.dispose();
    await expect(fitting).rejects.toEqual(bpttError('ERR_DISPOSED'));
    expect(await Promise.all(begun)).toEqual([expected, expected, expected]);
    await expect(answer(model as never)).rejects.toEqual(bpttError('ERR_DISPOSED'));
  });

  test('a signal ends a fit within a batch, and the best so far is kept', async () => {
    const controller = new AbortController();
    let after = 0;
    const history = await fit(model, data, {
      epochs: 1000,
      validation: data,
      signal: controller.signal,
      onProgress: ({ kind, epoch }: { kind: string; epoch: number }) => {
        if (controller.signal.aborted) after += 1;
        else if (kind === 'step' && epoch === 2) controller.abort();
      },
    });
    expect(history).toMatchObject({ stoppedBy: 'signal', bestEpoch: 1, epochs: { length: 2 } });
    expect(after).toBeLessThanOrEqual(1);
    await answer(model as never);
    await fit(model, data, { epochs: 1 });
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  test('a signal ends answers and evaluate with its reason, and the model goes on', async () => {
    const expected = await answer(model as never);
    const reason = new Error('no longer needed');
    const many = Array.from({ length: 20 }, () => data).flat();
    for (const call of [
      (signal: AbortSignal) => answers(model as never, signal),
      (signal: AbortSignal) => model.evaluate(many as never, { signal, batchSize: 1, threads: 1 }),
    ]) {
      const controller = new AbortController();
      const running = call(controller.signal);
      setTimeout(() => {
        controller.abort(reason);
      }, 5);
      await expect(running).rejects.toBe(reason);
      await expect(call(AbortSignal.abort(reason))).rejects.toBe(reason);
    }
    expect(await answer(model as never)).toEqual(expected);
  });
});

test('a signal ends a sequence that is being written with its reason', async () => {
  using model = new OneToMany({ cell: 'gru', hidden: 16, sequence: { kind: 'tokens' } });
  await model.fit('one long text, read on and on and on. '.repeat(20), { epochs: 1 });
  const controller = new AbortController();
  const reason = new Error('enough');
  let steps = 0;
  const reading = async (): Promise<void> => {
    for await (const { y } of model.generate({ maxSteps: 1e6, signal: controller.signal })) {
      steps += y.length;
      if (steps >= 10 && !controller.signal.aborted) controller.abort(reason);
    }
  };
  await expect(reading()).rejects.toBe(reason);
  expect(steps).toBe(10);
});
