import { ManyToMany, ManyToOne, OneToMany, Vocabulary, type State, type Step } from '../../lib/index';
import {
  bpttError,
  firstWord,
  firstWordModel,
  laterCells,
  oddKeys,
  oddKeysModel,
  sine,
  sineModel,
  tags,
  tagsModel,
} from '../tasks';

const forward = { ...tagsModel, bidirectional: false, layers: 2 };

const cells = [
  'lstm',
  'gru',
  { kind: 'gru', reset: 'before' },
  'rnn',
  { kind: 'rnn', activation: 'relu' },
  ...laterCells,
] as const;

test.each(cells)('step by step gives what predict gives at once: %p', async (cell) => {
  using model = new ManyToMany({ ...forward, cell });
  await model.fit(tags(60, 1), { epochs: 1 });
  const stream = model.stream();
  for (const { x } of tags(10, 2)) {
    const { probabilities } = await model.predict(x, { probabilities: true });
    stream.reset();
    const steps = (x as string[]).map((word) => [...stream.step(word)]);
    expect(Float32Array.from(steps.flat())).toEqual(probabilities);
  }
});

test.each(laterCells)('a stream goes on from a state that was kept: %j', async (cell) => {
  using model = new ManyToMany({ ...forward, cell });
  await model.fit(tags(60, 1), { epochs: 1 });
  const stream = model.stream();
  stream.step('ant');
  const { state } = stream;
  const { kind, projection } = cell as { kind: string; projection?: number };
  expect([state.h.length, state.c?.length]).toEqual([
    2 * (projection ?? 12),
    kind === 'lstm' ? 2 * 12 : undefined,
  ]);
  const expected = [...stream.step('bee')];
  const other = model.stream();
  other.state = state;
  expect([...other.step('bee')]).toEqual(expected);
  expect(() => {
    other.state = { ...state, h: new Float32Array(state.h.length + 1) };
  }).toThrow(bpttError('ERR_SHAPE'));
});

test.each(['last', 'mean', 'max', 'attention'] as const)(
  'with pooling %s each step gives the result of the sequence so far',
  async (pooling) => {
    using model = new ManyToOne({ ...firstWordModel, pooling });
    await model.fit(firstWord(60, 1), { epochs: 1 });
    const stream = model.stream();
    const words = ['dog', 'cat', 'nobody', 'ant', 'bee'];
    for (const [index, word] of words.entries()) {
      const { probabilities } = await model.predict(words.slice(0, index + 1));
      const result = stream.step(word);
      Object.values(probabilities).forEach((probability, id) => {
        expect(result[id]).toBeCloseTo(probability, 5);
      });
    }
  },
);

test('features are normalized as in training, from any kind of row', async () => {
  using model = new ManyToMany(sineModel);
  await model.fit(sine(60, 1), { epochs: 2 });
  const [{ x } = { x: [] }] = sine(1, 2);
  const { values } = await model.predict(x);
  const [lists, arrays] = [model.stream(), model.stream()];
  const out = new Float32Array(1);
  (x as number[][]).forEach((row, step) => {
    // A stream writes float32, in the units of the data too.
    expect([...lists.step(row)]).toEqual(values[step]!.map(Math.fround));
    expect(arrays.step(Float32Array.from(row), out)).toBe(out);
    expect(out[0]).toBeCloseTo(values[step]![0]!, 4);
  });
});

test('active indexes as a list and as an array are the same', async () => {
  using model = new ManyToOne(oddKeysModel);
  await model.fit(oddKeys(60, 1), { epochs: 1 });
  const [lists, arrays] = [model.stream(), model.stream()];
  const { probabilities } = await model.predict([[3, 1], [], [0]]);
  lists.step([3, 1]);
  lists.step([]);
  arrays.step(Int32Array.of(1, 3));
  arrays.step(new Int32Array());
  expect([...lists.step([0])]).toEqual(probabilities);
  expect([...arrays.step(Int32Array.of(0))]).toEqual(probabilities);
});

describe('a stream of tokens', () => {
  const model = new ManyToMany(forward);

  beforeAll(async () => {
    await model.fit(tags(60, 1), { epochs: 1 });
  });

  afterAll(() => {
    model.dispose();
  });

  test('takes a token, its id, or an array with its id', () => {
    const results = (x: (word: string) => Step): number[][] => {
      const stream = model.stream();
      return ['ant', 'ant', 'yak', 'bee'].map((word) => [...stream.step(x(word))]);
    };
    const { vocabulary } = model;
    const words = results((word) => word);
    expect(results((word) => vocabulary!.id(word))).toEqual(words);
    expect(results((word) => Int32Array.of(vocabulary!.id(word)))).toEqual(words);
  });

  test('carries its state, which can be kept and put back', () => {
    const stream = model.stream();
    const fresh = [...stream.step('ant')];
    const state = stream.state;
    expect(state.h).toHaveLength(2 * 12);
    expect(state.c).toBeUndefined();
    const second = [...stream.step('ant')];
    expect(second).not.toEqual(fresh);
    stream.state = state;
    expect([...stream.step('ant')]).toEqual(second);
    stream.reset();
    expect([...stream.state.h].every((value) => value === 0)).toBe(true);
    expect([...stream.step('ant')]).toEqual(fresh);
  });

  test('keeps the parameters it was made with', async () => {
    const stream = model.stream();
    const before = [...stream.step('ant')];
    await model.fit(tags(60, 1), { epochs: 1 });
    stream.reset();
    expect([...stream.step('ant')]).toEqual(before);
    expect([...model.stream().step('ant')]).not.toEqual(before);
  });

  test.each<[string, unknown, RegExp]>([
    [
      'an id that is too large',
      99,
      /expected a token \(a string\) or an id from 0 to 7; found the number 99/,
    ],
    ['half an id', 1.5, /found the number 1.5/],
    ['a negative id', Int32Array.of(-1), /found -1/],
    ['two ids', Int32Array.of(1, 2), /one token id, found 2/],
    ['features', Float32Array.of(1), /found a Float32Array/],
    ['a list', ['ant'], /found a list/],
    ['nothing', undefined, /found nothing/],
  ])('refuses %s', (_, x, message) => {
    const stream = model.stream();
    expect(() => stream.step(x as Step)).toThrow(
      expect.objectContaining({
        name: 'BpttError',
        code: expect.stringMatching(/ERR_DATA|ERR_SHAPE/) as string,
        message: expect.stringMatching(message) as string,
      }),
    );
  });

  test('refuses an output array of another length, and a state of another size', () => {
    const stream = model.stream();
    const shape = expect.objectContaining({ name: 'BpttError', code: 'ERR_SHAPE' }) as Error;
    expect(() => stream.step('ant', new Float32Array(4))).toThrow(shape);
    expect(() => {
      stream.state = { h: new Float32Array(3) };
    }).toThrow(shape);
  });

  test('transforms a stream', async () => {
    const stream = model.stream();
    const words = ['bee', 'ant', 'ant'];
    const results: number[][] = [];
    for await (const result of ReadableStream.from(words).pipeThrough(model.transform())) {
      results.push([...result]);
    }
    expect(results).toEqual(words.map((word) => [...stream.step(word)]));
  });
});

describe.each([true, false])('a stream of features, normalized: %s', (normalize) => {
  const model = new ManyToMany({ ...sineModel, input: { kind: 'features', normalize } });
  const sequence = sine(20, 1);

  beforeAll(async () => {
    await model.fit(sequence, { epochs: 1 });
  });

  afterAll(() => {
    model.dispose();
  });

  test.each<[string, unknown, string]>([
    ['too many features', [1, 2, 3], 'ERR_SHAPE'],
    ['too few features', [1], 'ERR_SHAPE'],
    ['NaN', [1, NaN], 'ERR_DATA'],
    ['NaN in an array', Float32Array.of(1, NaN), 'ERR_DATA'],
    ['features beyond float32', [1, 1e300], 'ERR_DATA'],
    ['a token', 'ant', 'ERR_DATA'],
    ['null for a feature', [null, 1], 'ERR_DATA'],
    ['nothing for a feature', [1, undefined], 'ERR_DATA'],
    ['a hole', Object.assign([1], { length: 2 }), 'ERR_DATA'],
    ['an empty string', ['', 1], 'ERR_DATA'],
    ['a number in quotes', ['7', 1], 'ERR_DATA'],
    ['false', [false, 1], 'ERR_DATA'],
    ['true', [true, 1], 'ERR_DATA'],
    ['a date', [new Date(0), 1], 'ERR_DATA'],
    ['a BigInt', [1n, 1], 'ERR_DATA'],
    ['a list', [[], 1], 'ERR_DATA'],
    ['what can become a number', [{ valueOf: () => 1 }, 1], 'ERR_DATA'],
  ])('refuses %s, as predict does', async (_, x, code) => {
    const stream = model.stream();
    const refused = expect.objectContaining({ name: 'BpttError', code }) as Error;
    expect(() => stream.step(x as Step)).toThrow(refused);
    const steps = ReadableStream.from([x as Step]).pipeThrough(model.transform());
    await expect(steps.getReader().read()).rejects.toEqual(refused);
    await expect(model.predict([x] as never)).rejects.toMatchObject({ name: 'BpttError' });
    // What was refused has left nothing behind.
    expect(stream.step([1, 2])).toEqual(model.stream().step([1, 2]));
  });
});

test('a stream of values, which reads what it writes, is as strict', async () => {
  using model = new OneToMany({ cell: 'gru', hidden: 3, sequence: { kind: 'features' } });
  await model.fit([{ y: [[1], [2], [3]] }], { epochs: 1 });
  for (const value of [null, '', false, '7', new Date(0), 1n]) {
    expect(() => model.stream().step([value] as never)).toThrow(
      expect.objectContaining({ name: 'BpttError', code: 'ERR_DATA' }),
    );
  }
});

test('active indexes in an array are a set too, of those there are', async () => {
  using model = new ManyToOne(oddKeysModel);
  await model.fit(oddKeys(60, 1), { epochs: 1 });
  const expected = [...model.stream().step([1, 3])];
  for (const same of [Int32Array.of(3, 1), Int32Array.of(1, 1, 3), Int32Array.of(3, 1, 3)]) {
    expect([...model.stream().step(same)]).toEqual(expected);
  }
  for (const wrong of [Int32Array.of(-1, 1), Int32Array.of(1, 99), ['1'], [null], [true]]) {
    expect(() => model.stream().step(wrong as never)).toThrow(
      expect.objectContaining({ name: 'BpttError', code: 'ERR_DATA' }),
    );
  }
});

test('the end of a sequence of sets is no index of one', async () => {
  using model = new OneToMany({ cell: 'gru', hidden: 3, sequence: { kind: 'multihot', size: 4 } });
  await model.fit([{ y: [[0], [1, 2]] }], { epochs: 1 });
  expect(() => model.stream().step(Int32Array.of(4))).toThrow(/indexes from 0 to 3, found the number 4/);
});

test('a state is whole, and of finite numbers', async () => {
  using model = new ManyToMany({ ...forward, cell: 'lstm', layers: 1 });
  await model.fit(tags(20, 1), { epochs: 1 });
  const stream = model.stream();
  const { h, c } = stream.state;
  const set = (state: unknown) => () => {
    stream.state = state as State;
  };
  const error = (code: string): Error => expect.objectContaining({ name: 'BpttError', code }) as Error;
  expect(set({ h })).toThrow(error('ERR_SHAPE'));
  expect(set({ h, c: h.slice(1) })).toThrow(error('ERR_SHAPE'));
  expect(set({ h, c: h.map(() => NaN) })).toThrow(error('ERR_DATA'));
  expect(set({ h: h.map(() => Infinity), c })).toThrow(error('ERR_DATA'));
  expect(set({ h, c })).not.toThrow();
});

test('an unknown option of a stream is an error', () => {
  using model = new OneToMany({
    cell: 'gru',
    hidden: 3,
    sequence: { kind: 'tokens', vocabulary: Vocabulary.of(['a']) },
  });
  expect(() => model.stream({ contxt: 'jazz' } as never)).toThrow(/unknown option "contxt"/);
});

test.each([
  ['two directions', { bidirectional: true }],
  ['a window', { input: { kind: 'tokens', window: 1 } }],
] as const)('a model with %s cannot be streamed', (_, change) => {
  using model = new ManyToMany({ ...forward, ...change });
  const option = expect.objectContaining({ name: 'BpttError', code: 'ERR_OPTION' }) as Error;
  expect(() => model.stream()).toThrow(option);
  expect(() => model.transform()).toThrow(option);
});
