import {
  BpttError,
  EncoderDecoder,
  ManyToMany,
  ManyToOne,
  OneToMany,
  Recurrent,
  Vocabulary,
} from '../../lib/index';

/**
 * What nobody should pass, passed to everything that is public: each call gives the result that is written in its
 * table, or the error; and what it was passed to is of use afterwards, with the same results as before.
 */

type Numbers = Float32Array | Int32Array;

const [T, B, I, H] = [3, 2, 2, 3];

const layer = new Recurrent({ cell: 'lstm', input: I, hidden: H });
const x = new Float32Array(T * B * I).fill(0.1);
const dOutput = new Float32Array(T * B * H).fill(1);
const sizes = { steps: T, batch: B };
const state = { h: new Float32Array(B * H), c: new Float32Array(B * H) };

function backward(...args: Parameters<Recurrent['backward']>): unknown {
  layer.forward(x, { ...sizes, training: true });
  return layer.backward(...args);
}

const words = new ManyToOne({
  cell: 'gru',
  hidden: 3,
  input: { kind: 'tokens', embedding: 2 },
  output: { kind: 'classes' },
});
const wordData = [
  { x: ['a', 'b'], y: 'p' },
  { x: ['c'], y: 'n' },
];
const rows = new ManyToMany({
  cell: 'gru',
  hidden: 3,
  input: { kind: 'features' },
  output: { kind: 'values' },
});
const rowData = [
  { x: [[1, 2], [3, 4]], y: [[1], [2]] }, // prettier-ignore
  { x: [[1, 3]], y: [[1]] },
];
const ids = new ManyToOne({ ...words.architecture, input: { kind: 'tokens', embedding: 2 } } as never);
const idData = [
  { x: Int32Array.of(2, 3), y: 'p' },
  { x: Int32Array.of(4), y: 'n' },
];
const sets = new ManyToMany({
  cell: 'gru',
  hidden: 3,
  input: { kind: 'multihot', size: 4 },
  output: { kind: 'multihot', size: 4 },
});
const setData = [{ x: [[1], [2, 3]], y: [[], [1]] }];
const writer = new OneToMany({ cell: 'gru', hidden: 3, sequence: { kind: 'tokens' } });
const reader = new EncoderDecoder({
  cell: 'gru',
  hidden: 3,
  input: { kind: 'tokens' },
  output: { kind: 'classes' },
});
const readerData = [{ x: 'a b', y: ['c', 'd'] }];

async function results(): Promise<unknown> {
  return [
    layer.forward(x, sizes).output,
    await words.predict(['a']),
    await rows.predict([[1, 2]]),
    await ids.predict(Int32Array.of(2)),
    await sets.predict([[1]]),
    await writer.generateMany([{}], { maxSteps: 3 }),
    await reader.predict('a b'),
  ];
}

let before: unknown;

beforeAll(async () => {
  const once = { epochs: 1 };
  await words.fit(wordData, once);
  await rows.fit(rowData, once);
  await ids.fit(idData, once);
  await sets.fit(setData, once);
  await writer.fit([{ y: 'ab' }, { y: 'b' }], once);
  await reader.fit(readerData, once);
  before = await results();
});

afterAll(async () => {
  expect(await results()).toEqual(before);
});

/** `fine`, the code of an error of this package, or what else was thrown. */
async function outcome(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return 'fine';
  } catch (error) {
    return error instanceof BpttError && error.message.length < 1000 ? error.code : error;
  }
}

function copy(array: Numbers, buffer: ArrayBufferLike): Numbers {
  const made = array instanceof Int32Array ? new Int32Array(buffer) : new Float32Array(buffer);
  made.set(array);
  return made;
}

// Node.js has them, the types of its year do not.
const Resizable = ArrayBuffer as unknown as new (
  length: number,
  options: { maxByteLength: number },
) => ArrayBuffer & { resize(length: number): void };

/** On a buffer that is then resized by so many bytes; `tracking` arrays change their lengths with it. */
function resized(array: Numbers, bytes: number, tracking: boolean): Numbers {
  const { byteLength, length } = array;
  const buffer = new Resizable(byteLength, { maxByteLength: byteLength + 8 });
  const made = copy(array, buffer);
  const Kind = made.constructor as typeof Float32Array;
  const view = tracking ? made : new Kind(buffer, 0, length);
  buffer.resize(byteLength + bytes);
  return view;
}

const oddArrays: [string, (array: Numbers) => unknown][] = [
  [
    'detached',
    (array) => {
      const gone = copy(array, new ArrayBuffer(array.byteLength));
      structuredClone(gone, { transfer: [gone.buffer as ArrayBuffer] });
      return gone;
    },
  ],
  ['shared', (array) => copy(array, new SharedArrayBuffer(array.byteLength))],
  ['shrunk', (array) => resized(array, -4, false)],
  ['shrunk, length-tracking', (array) => resized(array, -4, true)],
  ['grown, length-tracking', (array) => resized(array, 4, true)],
  ['of doubles', (array) => Float64Array.from(array)],
  ['of bytes', (array) => new Uint8Array(array.length)],
  ['of big integers', (array) => new BigInt64Array(array.length)],
  ['a view', (array) => new DataView(array.slice().buffer)],
  ['a list', (array) => [...array]],
  ['a proxy', (array) => new Proxy(array, {})],
  ['null', () => null],
  ['a number', () => 5],
  ['a string', () => 'x'],
  ['a symbol', () => Symbol('x')],
  ['a function', () => () => 1],
];

const arrayEntries: [string, Numbers, (odd: never) => unknown][] = [
  ['Recurrent.forward, x', x, (odd) => layer.forward(odd, sizes)],
  ['Recurrent.forward, lengths', Int32Array.of(3, 1), (lengths) => layer.forward(x, { ...sizes, lengths })],
  ['Recurrent.forward, h', state.h, (h) => layer.forward(x, { ...sizes, state: { ...state, h } })],
  ['Recurrent.forward, c', state.c, (c) => layer.forward(x, { ...sizes, state: { ...state, c } })],
  ['Recurrent.backward, dOutput', dOutput, (odd) => backward(odd)],
  ['Recurrent.backward, dState', state.h, (h) => backward(dOutput, { ...state, h })],
  [
    'Recurrent.setParameter',
    layer.parameter('bias_l0'),
    (odd) => {
      layer.setParameter('bias_l0', odd);
    },
  ],
  [
    'SequenceModel.setParameter',
    new Float32Array(2),
    (odd) => {
      words.setParameter('output.bias', odd);
    },
  ],
  [
    'stream().state',
    new Float32Array(3),
    (h) => {
      rows.stream().state = { h };
    },
  ],
];

const outputEntries: [string, Numbers, (odd: never) => unknown][] = [
  ['Recurrent.forward, output', dOutput, (output) => layer.forward(x, { ...sizes, output })],
  ['Recurrent.backward, dInput', x, (dInput) => backward(dOutput, undefined, { dInput })],
  ['stream().step, out', new Float32Array(1), (out) => rows.stream().step([1, 2], out)],
];

describe('an array that is', () => {
  test.each(oddArrays)('%s', async (kind, odd) => {
    for (const [entry, array, call] of [...arrayEntries, ...outputEntries]) {
      const isOutput = outputEntries.some(([name]) => name === entry);
      const found = await outcome(() => call(odd(array) as never));
      // Without an output one is made.
      const expected =
        isOutput && kind === 'null' && !entry.startsWith('stream') ? /^fine$/ : /^ERR_(SHAPE|DATA|OPTION)$/;
      expect({ entry, found }).toEqual({ entry, found: expect.stringMatching(expected) as string });
    }
  });

  test('length-tracking but as long as it should be is fine', async () => {
    for (const [entry, array, call] of [...arrayEntries.slice(0, 6), ...outputEntries]) {
      expect({ entry, found: await outcome(() => call(resized(array, 0, true) as never)) }).toEqual({
        entry,
        found: 'fine',
      });
    }
  });
});

const nothing = new Float32Array();

describe('a size of', () => {
  const none = 'fine';
  const shape = 'ERR_SHAPE';
  test.each<[unknown, { steps: unknown; batch: unknown; both: unknown }]>([
    [0, { steps: none, batch: none, both: none }],
    [-1, { steps: shape, batch: shape, both: shape }],
    [1.5, { steps: shape, batch: shape, both: shape }],
    [NaN, { steps: shape, batch: shape, both: shape }],
    [Infinity, { steps: shape, batch: shape, both: shape }],
    [2 ** 31 - 1, { steps: none, batch: 'ERR_MEMORY', both: shape }],
    [2 ** 31, { steps: 'ERR_OPTION', batch: 'ERR_MEMORY', both: shape }],
    [2 ** 53, { steps: 'ERR_OPTION', batch: 'ERR_MEMORY', both: shape }],
    ['3', { steps: shape, batch: shape, both: shape }],
    [null, { steps: shape, batch: shape, both: shape }],
    [3n, { steps: shape, batch: shape, both: shape }],
    [Symbol('3'), { steps: shape, batch: shape, both: shape }],
  ])('%p', async (size, expected) => {
    const odd = size as number;
    expect({
      steps: await outcome(() => layer.forward(nothing, { steps: odd, batch: 0 })),
      batch: await outcome(() => layer.forward(nothing, { steps: 0, batch: odd })),
      both: await outcome(() => layer.forward(nothing, { steps: odd, batch: odd })),
    }).toEqual(expected);
  });
});

const oddNumbers = [-1, 1.5, NaN, Infinity, 2 ** 31, 2 ** 53, '5', null, {}, 1n, Symbol('5'), () => 1];

/** Options that are a whole number of at least 1, and less than 2^31. */
const wholeOptions: [string, (value: never) => unknown][] = [
  ['Recurrent, hidden', (hidden) => new Recurrent({ cell: 'rnn', input: 1, hidden })],
  ['Recurrent, input', (input) => new Recurrent({ cell: 'rnn', input, hidden: 1 })],
  ['Recurrent, layers', (layers) => new Recurrent({ cell: 'rnn', input: 1, hidden: 1, layers })],
  ['Recurrent, threads', (threads) => new Recurrent({ cell: 'rnn', input: 1, hidden: 1, threads })],
  ['ManyToOne, hidden', (hidden) => new ManyToOne({ ...words.architecture, hidden })],
  ['fit, epochs', (epochs) => words.fit(wordData, { epochs })],
  ['fit, batchSize', (batchSize) => words.fit(wordData, { epochs: 1, batchSize })],
  ['fit, threads', (threads) => words.fit(wordData, { epochs: 1, threads })],
  ['fit, patience', (patience) => words.fit(wordData, { epochs: 1, validation: wordData, patience })],
  ['fit, tbptt', (tbptt) => writer.fit('a text of some length', { epochs: 1, tbptt })],
  ['evaluate, batchSize', (batchSize) => words.evaluate(wordData, { batchSize })],
  ['evaluate, threads', (threads) => words.evaluate(wordData, { threads })],
  ['predict, batchSize', (batchSize) => words.predict('a', { batchSize })],
  ['predict, threads', (threads) => words.predictMany(['a'], { threads })],
  ['predict, beam', (beam) => reader.predict('a', { beam })],
  ['predict, nBest', (nBest) => reader.predict('a', { nBest })],
  ['predict, maxSteps', (maxSteps) => reader.predict('a', { maxSteps })],
  ['generate, maxSteps', (maxSteps) => writer.generate({ maxSteps }).next()],
  ['generateMany, maxSteps', (maxSteps) => writer.generateMany([{}], { maxSteps })],
];

test.each(wholeOptions)('%s takes no odd numbers', async (_, call) => {
  for (const odd of oddNumbers) {
    expect([odd, await outcome(() => call(odd as never))]).toEqual([odd, 'ERR_OPTION']);
  }
  expect(await outcome(() => call(0 as never))).toBe('ERR_OPTION');
});

const optionEntries: [string, (options: never) => unknown][] = [
  ['Recurrent', (options) => new Recurrent(options)],
  ['ManyToOne', (options) => new ManyToOne(options)],
  ['OneToMany', (options) => new OneToMany(options)],
  ['EncoderDecoder', (options) => new EncoderDecoder(options)],
  ['Recurrent.forward', (options) => layer.forward(x, options)],
  ['Recurrent.backward', (options) => backward(dOutput, undefined, options)],
  ['fit', (options) => words.fit(wordData, options)],
  ['evaluate', (options) => words.evaluate(wordData, options)],
  ['predict', (options) => words.predict('a', options)],
  ['predictMany', (options) => words.predictMany(['a'], options)],
  ['generate', (options) => writer.generate(options)],
  ['generateMany', (options) => writer.generateMany([{}], options)],
  ['stream', (options) => writer.stream(options)],
];

test.each(optionEntries)('options of %s that are none', async (_, call) => {
  for (const odd of [null, 5, 'x', true, Symbol('x'), () => 1]) {
    expect([odd, await outcome(() => call(odd as never))]).toEqual([odd, 'ERR_OPTION']);
  }
});

test.each(optionEntries)('what a getter of the options of %s throws comes through', async (_, call) => {
  const reason = new RangeError('mine');
  const throwing = new Proxy(
    {},
    {
      get: () => {
        throw reason;
      },
      has: () => true,
    },
  );
  expect(await outcome(() => call(throwing as never))).toBe(reason);
});

/** The first read gives one thing, all others another one. */
function changing(first: unknown, then: unknown): unknown[] {
  let reads = 0;
  const list = [first];
  Object.defineProperty(list, 0, { enumerable: true, get: () => (reads++ === 0 ? first : then) });
  return list;
}

const holes: unknown[] = [];
holes[1] = 'a';

/** What comes of it as input of a model of words, of ids, of rows of two numbers, and of sets of indexes below 4. */
test.each<[string, () => unknown, string, string, string, string]>([
  ['no steps', () => [], 'fine', 'fine', 'fine', 'fine'],
  ['an empty text', () => '', 'fine', 'fine', 'ERR_DATA', 'ERR_DATA'],
  ['words', () => ['a', 'zebra'], 'fine', 'ERR_DATA', 'ERR_DATA', 'ERR_DATA'],
  ['half a letter', () => ['\ud800'], 'fine', 'ERR_DATA', 'ERR_DATA', 'ERR_DATA'],
  ['names of JavaScript', () => ['__proto__'], 'fine', 'ERR_DATA', 'ERR_DATA', 'ERR_DATA'],
  ['words and numbers', () => ['a', 1], 'ERR_DATA', 'ERR_DATA', 'ERR_DATA', 'ERR_DATA'],
  ['holes', () => holes, 'ERR_DATA', 'ERR_DATA', 'ERR_DATA', 'ERR_DATA'],
  ['ids', () => Int32Array.of(2, 3), 'fine', 'fine', 'ERR_DATA', 'ERR_DATA'],
  ['id −1', () => Int32Array.of(-1), 'ERR_DATA', 'ERR_DATA', 'ERR_DATA', 'ERR_DATA'],
  ['id 2^31 − 1', () => Int32Array.of(2 ** 31 - 1), 'ERR_DATA', 'ERR_DATA', 'ERR_DATA', 'ERR_DATA'],
  ['rows', () => [[1, 2]], 'ERR_DATA', 'ERR_DATA', 'fine', 'fine'],
  ['ragged rows', () => [[1, 2], [1]], 'ERR_DATA', 'ERR_DATA', 'ERR_SHAPE', 'fine'],
  ['NaN', () => [[NaN, 1]], 'ERR_DATA', 'ERR_DATA', 'ERR_DATA', 'ERR_DATA'],
  ['infinity', () => [[1, Infinity]], 'ERR_DATA', 'ERR_DATA', 'ERR_DATA', 'ERR_DATA'],
  ['beyond float32', () => [[1, 1e300]], 'ERR_DATA', 'ERR_DATA', 'ERR_DATA', 'ERR_DATA'],
  ['a half', () => [[0.5, 1]], 'ERR_DATA', 'ERR_DATA', 'fine', 'ERR_DATA'],
  ['an index twice', () => [[1, 1]], 'ERR_DATA', 'ERR_DATA', 'fine', 'fine'],
  ['nested too deep', () => [[[1, 2]]], 'ERR_DATA', 'ERR_DATA', 'ERR_SHAPE', 'ERR_DATA'],
  ['a row that changes', () => changing([1, 2], ['x']), 'ERR_DATA', 'ERR_DATA', 'ERR_DATA', 'fine'],
  ['a word that changes', () => changing('a', 7), 'fine', 'ERR_DATA', 'ERR_DATA', 'ERR_DATA'],
  ['an object', () => ({}), 'ERR_DATA', 'ERR_DATA', 'ERR_DATA', 'ERR_DATA'],
  ['nothing', () => undefined, 'ERR_DATA', 'ERR_DATA', 'ERR_DATA', 'ERR_DATA'],
])('%s as input', async (_, odd, ...expected) => {
  const models = [words, ids, rows, sets] as unknown as ManyToOne[];
  const found = await Promise.all(models.map((model) => outcome(() => model.predict(odd() as never))));
  expect(found).toEqual(expected);
  const many = await Promise.all(models.map((model) => outcome(() => model.predictMany([odd()] as never))));
  expect(many).toEqual(expected);
});

test.each<[string, unknown, unknown]>([
  ['one class alone', [{ x: 'a', y: 'p' }], 'fine'],
  ['sequences without steps', [{ x: [], y: 'p' }], 'fine'],
  ['no examples', [], 'ERR_DATA'],
  ['no x', [{ y: 'p' }], 'ERR_DATA'],
  ['no y', [{ x: 'a' }], 'ERR_DATA'],
  ['numbers for y', [{ x: 'a', y: [1] }], 'ERR_DATA'],
  ['a list for an example', [['a', 'p']], 'ERR_DATA'],
  ['an array of numbers', new Float32Array(3), 'ERR_DATA'],
])('fit with %s', async (_, data, expected) => {
  const model = new ManyToOne({
    cell: 'gru',
    hidden: 3,
    input: { kind: 'tokens' },
    output: { kind: 'classes' },
  });
  expect(await outcome(() => model.fit(data as never, { epochs: 1 }))).toEqual(expected);
});

test('a label that only the validation data have counts as wrong', async () => {
  const model = new ManyToOne({
    cell: 'gru',
    hidden: 3,
    input: { kind: 'tokens' },
    output: { kind: 'classes' },
  });
  const { epochs } = await model.fit(wordData, { epochs: 1, validation: [{ x: 'a', y: 'zebra' }] });
  expect(epochs[0]?.metrics?.['accuracy']).toBe(0);
});

test('a signal that is none is refused', async () => {
  const signal = { aborted: false, throwIfAborted: true } as never;
  expect(await outcome(() => words.fit(wordData, { epochs: 1, signal }))).toBe('ERR_OPTION');
});

test.each([undefined, null, 7, {}, Symbol('x'), Float32Array.of(1), 'a\0b'])(
  '%p is no path',
  async (path) => {
    expect(await outcome(() => words.save(path as never))).toBe('ERR_IO');
    expect(await outcome(() => ManyToOne.load(path as never))).toBe('ERR_IO');
  },
);

test.each([5, null, {}, Symbol('x'), () => 1])('%p is no vocabulary', async (odd) => {
  expect(await outcome(() => Vocabulary.build(odd as never))).toBe('ERR_DATA');
  expect(await outcome(() => Vocabulary.build([odd] as never))).toBe('ERR_DATA');
  expect(await outcome(() => Vocabulary.of(odd as never))).toBe('ERR_DATA');
  expect(await outcome(() => Vocabulary.of(['a'], odd as never))).toBe('ERR_DATA');
});
