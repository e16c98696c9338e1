import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { encodeTensors, readTensors } from '../../lib/files/safetensors';
import {
  EncoderDecoder,
  ManyToMany,
  ManyToOne,
  OneToMany,
  Vocabulary,
  type FitOptions,
  type History,
  type Progress,
  type SequenceModel,
} from '../../lib/index';
import {
  bpttError,
  firstWord,
  firstWordModel,
  oddKeys,
  oddKeysModel,
  reversals,
  reversalsModel,
  sine,
  sineModel,
  spoken,
  tags,
  tagsModel,
  tides,
  tidesModel,
} from '../tasks';
import { temporaryFolder } from '../temporary-folder';

// Every checkpoint is forced to the disk, which may have other things to do.
jest.setTimeout(60_000);

const folder = temporaryFolder();
let files = 0;
const file = (): string => join(folder, `${(files += 1)}.safetensors`);

interface Case {
  name: string;
  make: () => SequenceModel;
  data: unknown;
  validation?: unknown;
  options?: FitOptions;
}

const dropout = { input: 0.2, between: 0.2, recurrent: 0.2, output: 0.2 };
const song = 'row, row, row your boat, gently down the stream. '.repeat(8);

const cases: Case[] = [
  {
    name: 'many-to-one of words seen once, adam',
    make: () => new ManyToOne({ ...firstWordModel, pooling: 'attention', dropout }),
    data: [...firstWord(60, 1), { x: ['gnu', 'ant'], y: 'ant' }],
    validation: firstWord(20, 2),
  },
  {
    name: 'many-to-one of sets, rmsprop with momentum',
    make: () => new ManyToOne({ ...oddKeysModel, input: { kind: 'multihot', size: 4, embedding: 5 } }),
    data: oddKeys(60, 1),
    options: { optimizer: { kind: 'rmsprop', momentum: 0.9 }, schedule: 'plateau' },
  },
  {
    name: 'many-to-many with a crf, characters and a window, adamw',
    make: () =>
      new ManyToMany({
        ...tagsModel,
        crf: true,
        input: { kind: 'tokens', embedding: 8, window: 1, characters: { embedding: 4, hidden: 3 } },
        dropout,
      }),
    data: tags(60, 1),
    validation: tags(20, 2),
    options: { optimizer: 'adamw', schedule: { kind: 'cosine', warmup: 3 } },
  },
  {
    name: 'many-to-many of values, two layers, sgd with nesterov momentum',
    make: () => new ManyToMany({ ...sineModel, layers: 2, dropout }),
    data: sine(60, 1),
    options: { optimizer: { kind: 'sgd', learningRate: 0.01, momentum: 0.9, nesterov: true } },
  },
  {
    name: 'ctc, rmsprop',
    make: () =>
      new ManyToMany({
        cell: 'rnn',
        hidden: 12,
        alignment: 'ctc',
        input: { kind: 'features' },
        output: { kind: 'classes' },
      }),
    data: spoken(60, 1),
    validation: spoken(10, 2),
    options: { optimizer: 'rmsprop' },
  },
  {
    name: 'encoder-decoder with scheduled sampling, adam',
    make: () =>
      new EncoderDecoder({
        ...reversalsModel,
        attention: 'bahdanau',
        teacherForcing: { from: 1, to: 0.2, epochs: 3 },
      }),
    data: reversals(60, 1),
    validation: reversals(10, 2),
  },
  {
    name: 'encoder-decoder of values, sgd',
    make: () => new EncoderDecoder({ ...tidesModel, teacherForcing: 0.5 }),
    data: tides(60, 1),
    options: { optimizer: 'sgd', schedule: { kind: 'step', every: 1 } },
  },
  {
    name: 'encoder-decoder from a mingru to an LSTM with a projection, adam',
    make: () =>
      new EncoderDecoder({
        ...tidesModel,
        cell: 'mingru',
        decoder: { cell: { kind: 'lstm', projection: 5 } },
      }),
    data: tides(60, 1),
  },
  {
    name: 'one-to-many from a class, adam',
    make: () =>
      new OneToMany({
        cell: 'gru',
        hidden: 12,
        sequence: { kind: 'tokens', embedding: 8 },
        context: 'class',
        dropout,
      }),
    data: firstWord(60, 1).map(({ x, y }) => ({ x: y, y: x })),
  },
  {
    name: 'one-to-many of a text, an LSTM with peepholes and a projection',
    make: () =>
      new OneToMany({
        cell: { kind: 'lstm', peepholes: true, projection: 5 },
        hidden: 12,
        sequence: { kind: 'tokens', embedding: 8 },
      }),
    data: song,
    options: { tbptt: 7, batchSize: 9 },
  },
  {
    name: 'one-to-many of a text, adam',
    make: () => new OneToMany({ cell: 'lstm', hidden: 12, sequence: { kind: 'tokens', embedding: 8 } }),
    data: song,
    validation: song.slice(0, 100),
    options: { tbptt: 7, batchSize: 9 },
  },
];

async function fitted(
  { make, data, validation, options }: Case,
  more: FitOptions,
): Promise<{ model: SequenceModel; history: History }> {
  const model = make();
  const given = { epochs: 3, batchSize: 8, validation, ...options, ...more } as FitOptions;
  const history = await model.fit(data as never, given);
  return { model, history };
}

async function bytes(model: SequenceModel): Promise<Buffer> {
  const path = file();
  await model.save(path);
  return readFileSync(path);
}

/** Aborts behind so many batches; `seen` is told the epoch and step of each. */
function stopAfter(batches: number, seen: string[] = []): Pick<FitOptions, 'signal' | 'onProgress'> {
  const controller = new AbortController();
  let done = 0;
  return {
    signal: controller.signal,
    onProgress: ({ kind, epoch, step }: Progress) => {
      if (kind !== 'step') return;
      seen.push(`${epoch}/${step}`);
      if ((done += 1) === batches) controller.abort();
    },
  };
}

function withoutTimes({ epochs, ...history }: History): unknown {
  return { ...history, epochs: epochs.map(({ seconds: _seconds, ...epoch }) => epoch) };
}

describe.each(cases)('$name', (given) => {
  test('gone on with from any checkpoint, it ends with the same bits', async () => {
    const checkpoint = { path: file(), everySteps: 5 };
    const copies: string[] = [];
    const onProgress = ({ epoch, step, kind }: Progress): void => {
      // Inside an epoch and at the end of each.
      if (kind === 'epoch' || (kind === 'step' && ((epoch - 1) * 8 + step) % 5 === 0)) {
        copies.push(file());
        copyFileSync(checkpoint.path, copies.at(-1)!);
      }
    };
    using whole = (await fitted(given, { threads: 2 })).model;
    const expected = await bytes(whole);
    const { model, history } = await fitted(given, { threads: 1, checkpoint, onProgress });
    expect((await bytes(model)).equals(expected)).toBe(true);
    model.dispose();
    expect(copies.length).toBeGreaterThanOrEqual(6);
    for (const [index, resume] of copies.entries()) {
      const resumed = await fitted(given, { threads: (index % 3) + 1, resume });
      expect(withoutTimes(resumed.history)).toEqual(withoutTimes(history));
      expect((await bytes(resumed.model)).equals(expected)).toBe(true);
      resumed.model.dispose();
    }
  });

  test('broken off anywhere, it goes on from there', async () => {
    using whole = (await fitted(given, {})).model;
    const expected = await bytes(whole);
    const path = file();
    const seen: string[] = [];
    // Twice in the first epoch, then in a later one.
    for (const batches of [2, 3, 13]) {
      const from = existsSync(path) ? { resume: path } : {};
      const broken = await fitted(given, { ...from, checkpoint: { path }, ...stopAfter(batches, seen) });
      expect(broken.history.stoppedBy).toBe('signal');
      broken.model.dispose();
    }
    const { model } = await fitted(given, {
      resume: path,
      checkpoint: { path },
      onProgress: stopAfter(Infinity, seen).onProgress,
    });
    expect((await bytes(model)).equals(expected)).toBe(true);
    // No batch twice.
    expect(new Set(seen).size).toBe(seen.length);
    model.dispose();
  });
});

const small = cases[0]!;

/** A checkpoint of a training that was broken off in its second epoch. */
async function broken(more: FitOptions = {}, given = small): Promise<string> {
  const path = file();
  const { model } = await fitted(given, { checkpoint: { path }, ...stopAfter(11), ...more });
  model.dispose();
  return path;
}

/** The file with something else in its header; its tensors stay where they are. */
function changed(path: string, change: (header: Header) => void): string {
  const before = readFileSync(path);
  const end = 8 + Number(before.readBigUInt64LE());
  const header = JSON.parse(before.toString('utf8', 8, end)) as Header;
  change(header);
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const to = file();
  writeFileSync(to, Buffer.concat([length, json, before.subarray(end)]));
  return to;
}

interface Header {
  __metadata__: Record<string, string>;
  [name: string]: unknown;
}

interface State {
  version?: number;
  updates: number;
  data: { training: unknown };
  position: { epoch: number; sums: { step: number }; best: object; seconds: number };
}

function withState(path: string, change: (state: State) => void): string {
  return changed(path, ({ __metadata__: metadata }) => {
    const state = JSON.parse(metadata['checkpoint']!) as State;
    change(state);
    metadata['checkpoint'] = JSON.stringify(state);
  });
}

describe('a checkpoint', () => {
  test('is a model with the best parameters so far', async () => {
    const path = file();
    const { model } = await fitted(small, { checkpoint: { path }, epochs: 2 });
    using loaded = await ManyToOne.load(path);
    expect(loaded.parameters()).toEqual(model.parameters());
    expect(loaded.record).toEqual({ ...model.record, stoppedBy: 'checkpoint' });
    expect(await loaded.predict(['ant', 'bee'])).toEqual(await model.predict(['ant', 'bee']));
    model.dispose();
  });

  test('can be loaded and gone on with', async () => {
    const path = await broken();
    using loaded = await ManyToOne.load(path);
    const { data, validation } = small;
    await loaded.fit(data as never, {
      epochs: 3,
      batchSize: 8,
      validation: validation as never,
      resume: path,
    });
    using whole = (await fitted(small, {})).model;
    expect((await bytes(loaded)).equals(await bytes(whole))).toBe(true);
  });

  test('of a second fit has the vocabulary of the first one', async () => {
    const path = file();
    using model = (await fitted(small, {})).model;
    const more = { ...small, make: () => model, data: firstWord(40, 9) };
    await fitted(more, { checkpoint: { path } });
    const expected = await bytes(model);
    const resumed = await fitted({ ...more, make: small.make }, { resume: path });
    expect((await bytes(resumed.model)).equals(expected)).toBe(true);
    expect(resumed.model.record).toMatchObject({ fits: 2, seed: 2 });
    resumed.model.dispose();
  });

  test('of a training that is over goes on with more epochs or patience, or is the result', async () => {
    const path = file();
    using short = (await fitted(small, { checkpoint: { path }, epochs: 2 })).model;
    using again = (await fitted(small, { resume: path, epochs: 2 })).model;
    expect((await bytes(again)).equals(await bytes(short))).toBe(true);
    using whole = (await fitted(small, {})).model;
    using longer = (await fitted(small, { resume: path })).model;
    expect((await bytes(longer)).equals(await bytes(whole))).toBe(true);
    // After some epochs a rate that changes nothing: none of the others is better.
    const idle = {
      ...small,
      options: {
        optimizer: { kind: 'adam', learningRate: 0.02 },
        schedule: { kind: 'step', every: 8, factor: 1e-30 },
      },
    } satisfies Case;
    const stopped = file();
    const { history } = await fitted(idle, { epochs: 20, patience: 2, checkpoint: { path: stopped } });
    const { length } = history.epochs;
    expect(history).toMatchObject({ stoppedBy: 'patience', baseline: { beaten: true } });
    const patient = await fitted(idle, { epochs: 20, patience: 4, resume: stopped });
    expect(patient.history).toMatchObject({ stoppedBy: 'patience', epochs: { length: length + 2 } });
  });

  test('of the end of an epoch that was not judged any more, or of one that minutes ended', async () => {
    using whole = (await fitted(small, {})).model;
    const expected = await bytes(whole);
    for (const stop of [stopAfter(7), stopAfter(8), { minutes: 1e-9, ...stopAfter(Infinity) }]) {
      using resumed = (await fitted(small, { resume: await broken(stop) })).model;
      expect((await bytes(resumed)).equals(expected)).toBe(true);
    }
  });

  test('counts the minutes before it', async () => {
    const path = withState(await broken(), ({ position }) => (position.seconds = 600));
    const { model, history } = await fitted(small, { minutes: 10, epochs: 3, resume: path });
    expect(history).toMatchObject({ stoppedBy: 'minutes', epochs: { length: 2 } });
    model.dispose();
    const longer = await fitted(small, { minutes: 20, epochs: 3, resume: path });
    expect(longer.history.stoppedBy).toBe('epochs');
    longer.model.dispose();
  });

  test('remembers how long there was no progress, and how often the rate was lowered for that', async () => {
    // A label that training data do not have: no epoch is better than the first one.
    const given = {
      ...small,
      validation: [{ x: ['ant'], y: 'gnu' }],
      options: { epochs: 5, patience: 9, schedule: { kind: 'plateau', patience: 2 } },
    } satisfies Case;
    using whole = (await fitted(given, {})).model;
    for (const batches of [19, 26]) {
      const resume = await broken(stopAfter(batches), given);
      const { model } = await fitted(given, { resume });
      expect((await bytes(model)).equals(await bytes(whole))).toBe(true);
      model.dispose();
    }
  });

  test('of data that are made one by one', async () => {
    const path = await broken();
    using whole = (await fitted(small, {})).model;
    async function* stream(): AsyncGenerator<unknown> {
      for (const example of small.data as Iterable<unknown>) yield await Promise.resolve(example);
    }
    using resumed = (await fitted({ ...small, data: stream() }, { resume: path })).model;
    expect((await bytes(resumed)).equals(await bytes(whole))).toBe(true);
  });

  test('keeps metrics that are not finite', async () => {
    // A label that training data do not have leaves no loss to take a mean of.
    const given = {
      ...small,
      validation: [{ x: ['ant'], y: 'gnu' }],
      options: { metric: 'loss', patience: 9 },
    } satisfies Case;
    const { history } = await fitted(given, {});
    expect(history.epochs[0]!.metrics!['loss']).toBeNaN();
    const { history: resumed } = await fitted(given, { resume: await broken({}, given) });
    expect(withoutTimes(resumed)).toEqual(withoutTimes(history));
  });
});

describe('a training does not go on', () => {
  const refused: [string, FitOptions, RegExp][] = [
    ['another batch size', { batchSize: 9 }, /option "batchSize" must be 8, as in .*; found 9\.$/],
    ['another optimizer', { optimizer: 'sgd' }, /option "optimizer.kind" must be "adam".*found "sgd"/],
    [
      'another rate',
      { optimizer: { kind: 'adam', learningRate: 0.1 } },
      /"optimizer.learningRate" must be 0.002.*found 0.1/,
    ],
    [
      'another schedule',
      { schedule: { kind: 'constant', warmup: 2 } },
      /"schedule.warmup" must be 0.*found 2/,
    ],
    ['other clipping', { clipNorm: 1 }, /"clipNorm" must be 5.*found 1/],
    ['another metric', { metric: 'loss' }, /"metric" must be "accuracy".*found "loss"/],
    ['fewer epochs than are done', { epochs: 1 }, /"epochs" must be at least 2.*found 1/],
    ['without validation', { validation: undefined }, /"validation" must be there.*found nothing/],
  ];
  test('with less patience', async () => {
    const resume = await broken({ patience: 5, ...stopAfter(7) });
    await expect(fitted(small, { resume, patience: 4 })).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringMatching(/"patience" must be at least 5.*found 4/) as string,
    });
    (await fitted(small, { resume })).model.dispose();
  });

  test.each(refused)('with %s', async (_, options, message) => {
    await expect(fitted(small, { resume: await broken(), ...options })).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringMatching(message) as string,
    });
  });

  test('with other epochs where the schedule is stretched over them', async () => {
    const resume = await broken({ schedule: 'linear' });
    await expect(fitted(small, { resume, schedule: 'linear', epochs: 4 })).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringMatching(/"epochs" must be 3.*found 4/) as string,
    });
  });

  test('with windows of a text of another length', async () => {
    const given = cases.at(-1)!;
    const resume = await broken({}, given);
    await expect(fitted(given, { resume, tbptt: 8 })).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringMatching(/"tbptt" must be 7.*found 8/) as string,
    });
  });

  const models: [string, () => SequenceModel, RegExp][] = [
    [
      'another size',
      () => new ManyToOne({ ...firstWordModel, hidden: 8 }),
      /the model's "hidden" must be 16/,
    ],
    ['another seed', () => new ManyToOne({ ...firstWordModel, seed: 7 }), /the model's "seed" must be 1/],
    ['another mode', () => new ManyToMany(tagsModel), /the mode must be "many-to-one"/],
    [
      'another vocabulary',
      () => {
        const vocabulary = Vocabulary.of(['ant']);
        return new ManyToOne({ ...firstWordModel, input: { kind: 'tokens', embedding: 8, vocabulary } });
      },
      /another vocabulary/,
    ],
  ];
  test.each(models)('as a model with %s', async (_, make, message) => {
    const given = { ...small, make: () => new ManyToOne(firstWordModel) };
    const resume = await broken({}, given);
    await expect(fitted({ ...given, make }, { resume })).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringMatching(message) as string,
    });
  });

  test('as a model that was trained on something else', async () => {
    using other = (await fitted({ ...small, data: firstWord(60, 8) }, {})).model;
    const parameters = other.parameters();
    await expect(fitted({ ...small, make: () => other }, { resume: await broken() })).rejects.toEqual(
      bpttError('ERR_OPTION'),
    );
    expect(other.parameters()).toEqual(parameters);
  });

  const data = small.data as { x: string[]; y: string }[];
  const datas: [string, Partial<Case>, RegExp][] = [
    ['one less', { data: data.slice(1) }, /training data .* 61 examples of \d+ steps; found 60 examples/],
    ['another order', { data: data.toReversed() }, /training data .*; found as many, but others/],
    [
      'another label',
      { data: data.map((example, i) => (i === 7 ? { ...example, y: 'ant' } : example)) },
      /training data .*; found as many/,
    ],
    ['other validation data', { validation: firstWord(20, 3) }, /validation data .*; found/],
  ];
  test.each(datas)('with %s', async (_, changed, message) => {
    await expect(fitted({ ...small, ...changed }, { resume: await broken() })).rejects.toMatchObject({
      code: 'ERR_DATA',
      message: expect.stringMatching(message) as string,
    });
  });
});

test('a training does not go on where an unknown word has other characters', async () => {
  const make = (): SequenceModel =>
    new ManyToOne({
      ...firstWordModel,
      input: { kind: 'tokens', embedding: 8, minCount: 2, characters: { embedding: 4, hidden: 3 } },
    });
  const data = firstWord(60, 1);
  const given = { name: '', make, data: [...data, { x: ['antelope'], y: 'ant' }] };
  const resume = await broken({}, given);
  const changed = { ...given, data: [...data, { x: ['antelopes'], y: 'ant' }] };
  await expect(fitted(changed, { resume })).rejects.toEqual(bpttError('ERR_DATA'));
});

describe('a file that is no sound checkpoint', () => {
  async function outcomeOf(path: string): Promise<unknown> {
    return fitted(small, { resume: path }).then(
      () => 'it went on',
      (error: unknown) => error,
    );
  }

  test('a missing one', async () => {
    expect(await outcomeOf(join(folder, 'nowhere'))).toEqual(bpttError('ERR_IO'));
  });

  test('a model alone', async () => {
    const path = file();
    const { model } = await fitted(small, {});
    await model.save(path);
    expect(await outcomeOf(path)).toMatchObject({
      code: 'ERR_FORMAT',
      message: expect.stringContaining('but no checkpoint') as string,
    });
  });

  test('cut off anywhere', async () => {
    const whole = readFileSync(await broken());
    const path = file();
    for (let share = 0; share < 1; share += 0.07) {
      writeFileSync(path, whole.subarray(0, Math.floor(share * whole.length)));
      expect(await outcomeOf(path)).toEqual(bpttError('ERR_FORMAT'));
    }
  });

  test('one of a newer version', async () => {
    const path = withState(await broken(), (state) => (state.version = 2));
    expect(await outcomeOf(path)).toMatchObject({
      code: 'ERR_VERSION',
      message: expect.stringContaining('version 2 of the checkpoint format') as string,
    });
    // It is a model all the same.
    using model = await ManyToOne.load(path);
    expect(model.parameterCount).toBeGreaterThan(0);
  });

  const wrong: [string, (state: State) => void][] = [
    ['no version', (state) => delete state.version],
    ['a negative number of updates', (state) => (state.updates = -1)],
    ['a position beyond its history', ({ position }) => (position.epoch = 7)],
    ['a best epoch that never was', ({ position }) => (position.best = { epoch: 9, score: 1 })],
    ['batches beyond the epoch', ({ position }) => (position.sums.step = 1000)],
    ['no data', ({ data }) => (data.training = null)],
  ];
  test.each(wrong)('with %s', async (_, change) => {
    expect(await outcomeOf(withState(await broken(), change))).toEqual(bpttError('ERR_FORMAT'));
  });

  test.each([
    'checkpoint.first.output.bias',
    'checkpoint.second.embedding.weight',
    'checkpoint.parameters.output.weight',
  ])('without %s', async (name) => {
    const path = changed(await broken(), (header) => {
      header['checkpoint.first.other'] = header[name];
      delete header[name];
    });
    expect(await outcomeOf(path)).toEqual(bpttError('ERR_FORMAT'));
  });

  test.each([0, 8, 10])('of a text in 9 parts, with the states of %i', async (parts) => {
    const text = cases.at(-1)!;
    const path = await broken({}, text);
    const { tensors, metadata } = await readTensors(path);
    const states = { shape: [1, parts, 12], data: new Float32Array(12 * parts) };
    const others = new Map(tensors).set('checkpoint.carried.h', states).set('checkpoint.carried.c', states);
    writeFileSync(path, Buffer.concat(encodeTensors({ tensors: others, metadata })));
    await expect(fitted(text, { resume: path })).rejects.toEqual(bpttError('ERR_FORMAT'));
  });

  test('with tensors that do not belong to it', async () => {
    const path = changed(await broken(), (header) => {
      header['checkpoint.third.x'] = { dtype: 'F32', shape: [0], data_offsets: [0, 0] };
    });
    expect(await outcomeOf(path)).toEqual(bpttError('ERR_FORMAT'));
  });
});

describe('a checkpoint that cannot be written', () => {
  test('to a place that is not there: before the training begins', async () => {
    const path = join(folder, 'nowhere', 'x');
    const given = { ...small, make: jest.fn(small.make) };
    await expect(fitted(given, { checkpoint: { path } })).rejects.toEqual(bpttError('ERR_IO'));
    expect((given.make.mock.results[0]!.value as SequenceModel).record).toBeUndefined();
  });

  test.each([
    ['at the end of an epoch', 16, undefined],
    ['inside one', 10, 1],
  ])('%s: the best so far is in place', async (_, batch, everySteps) => {
    const made = join(folder, `removed-${batch}`);
    mkdirSync(made);
    const model = small.make();
    let done = 0;
    const onProgress = ({ kind }: Progress): void => {
      if (kind === 'step' && (done += 1) === batch - 1) rmSync(made, { recursive: true });
    };
    const checkpoint = { path: join(made, 'x'), everySteps };
    const fit = fitted({ ...small, make: () => model }, { checkpoint, onProgress });
    await expect(fit).rejects.toEqual(bpttError('ERR_IO'));
    expect(model.record).toMatchObject({ stoppedBy: 'error' });
    using whole = (await fitted(small, { epochs: batch === 16 ? 2 : 1 })).model;
    expect(model.parameters()).toEqual(whole.parameters());
    model.dispose();
  });
});
