import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { BpttError, ManyToMany, ManyToOne, OneToMany, Recurrent, Vocabulary, system } from '../../lib/index';
import type * as bptt from '../../lib/index';
import { isError, isFloat32Array, isFloat64Array, isInt32Array } from '../../lib/support/realms';

/*
 * A vm context has constructors of its own, and so has the one in which Jest runs this file: what the addon and Node.js make
 * by themselves belongs to a third.
 */

/** What this code makes in another realm. */
function foreign<T>(code: string, given: object = {}): T {
  return runInNewContext(`(${code})`, given) as T;
}

/** The same value, made in another realm. */
function moved<T>(value: T): T {
  return foreign<T>('JSON.parse(text)', { text: JSON.stringify(value) });
}

/** Another copy of the package, as after `jest.resetModules()`. */
function anotherCopy(): typeof bptt {
  let copy: typeof bptt;
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  jest.isolateModules(() => (copy = require('../../lib/index') as typeof bptt));
  return copy!;
}

const architecture = {
  cell: 'gru',
  hidden: 4,
  input: { kind: 'features', size: 2 },
  output: { kind: 'classes' },
} as const;
const rows = [
  [1, 2],
  [3, 4],
];

async function classifier(): Promise<ManyToOne<'classes'>> {
  const model = new ManyToOne<'classes'>(architecture);
  await model.fit(
    [
      { x: rows, y: 'a' },
      { x: [[2, 1]], y: 'b' },
    ],
    { epochs: 1, threads: 1 },
  );
  return model;
}

test('kinds are told whatever realm a value was made in', () => {
  for (const [is, name] of [
    [isFloat32Array, 'Float32Array'],
    [isFloat64Array, 'Float64Array'],
    [isInt32Array, 'Int32Array'],
  ] as const) {
    expect(is(foreign(`new ${name}(2)`))).toBe(true);
    expect(is(foreign(`new (class extends ${name} {})(2)`))).toBe(true);
    expect(is(new Uint8Array(2))).toBe(false);
    expect(is(foreign(`new Proxy(new ${name}(2), {})`))).toBe(false);
    expect(is({ [Symbol.toStringTag]: name })).toBe(false);
    for (const other of [undefined, null, 0, name, {}, []]) expect(is(other)).toBe(false);
  }
  expect(isError(foreign('new TypeError()'))).toBe(true);
  expect(isError({ message: 'none' })).toBe(false);
});

test('the realm of this test is not that of the addon', () => {
  expect(foreign('new Float32Array(2)')).not.toBeInstanceOf(Float32Array);
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  expect((require('node:os') as { cpus(): unknown }).cpus()).not.toBeInstanceOf(Array);
});

test('what a model gives out is of the realm of the package', async () => {
  using model = await classifier();
  using tagger = new ManyToMany<'classes'>(architecture);
  await tagger.fit([{ x: rows, y: ['a', 'b'] }], { epochs: 1, threads: 1 });
  const stream = model.stream();
  const { probabilities } = await tagger.predict(rows, { probabilities: true });
  const { data, shape } = Object.values(model.parameters())[0]!;
  for (const array of [data, probabilities, stream.step([1, 2]), stream.state.h]) {
    expect(array).toBeInstanceOf(Float32Array);
  }
  for (const list of [shape, system.isas, model.labels, model.architecture.output.kind.split('')]) {
    expect(list).toBeInstanceOf(Array);
  }
  for (const object of [model.architecture, model.architecture.input, model.record, stream.state]) {
    expect(object).toBeInstanceOf(Object);
  }
  expect(stream.state).toStrictEqual({ h: Float32Array.from(stream.state.h) });
});

test('and what the bare layer gives out', () => {
  using layer = new Recurrent({ cell: 'lstm', input: 2, hidden: 3 });
  const { output, state } = layer.forward(new Float32Array(4), { steps: 2, batch: 1, training: true });
  const { dInput, dState } = layer.backward(output, state);
  for (const array of [output, state.h, state.c, dInput, dState.h, layer.parameter('bias_l0')]) {
    expect(array).toBeInstanceOf(Float32Array);
  }
  expect(layer.gradient('bias_l0')).toBeInstanceOf(Float32Array);
  expect(layer.parameterNames).toStrictEqual(['weight_ih_l0', 'weight_hh_l0', 'bias_l0']);
  expect(layer.parameterShape('weight_ih_l0')).toStrictEqual([12, 2]);
});

test('models take what any realm has made: sequences, options, parameters, states', async () => {
  using model = await classifier();
  const expected = await model.predict(rows);
  expect(await model.predict(moved(rows))).toEqual(expected);
  expect(await model.predict(foreign('Float32Array.of(1, 2, 3, 4)'))).toEqual(expected);
  expect(await model.predict(rows, moved({ threads: 1 }))).toEqual(expected);
  expect(await model.predictMany(foreign<Iterable<number[][]>>('new Set([[[1, 2], [3, 4]]])'))).toEqual([
    expected,
  ]);
  const step = model.stream().step([1, 2]);
  expect(model.stream().step(foreign('Float32Array.of(1, 2)'))).toEqual(step);
  expect([...model.stream().step([1, 2], foreign('new Float32Array(2)'))]).toEqual([...step]);
  const stream = model.stream();
  stream.state = foreign('{ h: new Float32Array(4) }');
  expect(stream.step([1, 2])).toEqual(step);
  for (const [name, { data }] of Object.entries(model.parameters())) {
    model.setParameter(name, foreign('new Float32Array(data)', { data }));
  }
  expect(await model.predict(rows)).toEqual(expected);
});

test('data of another realm train as those of this one, from an iterable and an async iterable', async () => {
  const data = `[
    { x: Float32Array.of(1, 2, 3, 4), y: 'a' },
    { x: [Float32Array.of(2, 1)], y: 'b' },
  ]`;
  const expected = (await classifier()).parameters();
  for (const source of [data, `new Set(${data})`, `(async function* () { yield* ${data}; })()`]) {
    using model = new ManyToOne(architecture);
    await model.fit(foreign<bptt.Example[]>(source), { epochs: 1, threads: 1 });
    expect(model.parameters()).toEqual(expected);
  }
});

test('ids, multihot steps, values and contexts of another realm', async () => {
  using reader = new ManyToOne({ ...architecture, input: { kind: 'tokens' }, output: { kind: 'values' } });
  await reader.fit([{ x: foreign('Int32Array.of(2, 3)'), y: foreign('Float32Array.of(1)') }], { epochs: 1 });
  expect(reader.stream().step(foreign('Int32Array.of(2)'))).toHaveLength(1);
  using writer = new OneToMany({ cell: 'gru', hidden: 4, sequence: { kind: 'tokens' }, context: 'values' });
  await writer.fit([{ x: foreign<Float32Array>('Float32Array.of(1, 2)'), y: 'ab' }], { epochs: 1 });
  expect(writer.stream({ context: foreign('Float32Array.of(1, 2)') }).first).toBeInstanceOf(Float32Array);
  using text = new OneToMany({ cell: 'gru', hidden: 4, sequence: { kind: 'tokens' } });
  await text.fit(foreign<Int32Array>('new Int32Array(50).fill(2)'), { epochs: 1 });
  expect(text.endless).toBe(true);
});

test('the bare layer takes arrays of another realm', () => {
  using layer = new Recurrent({ cell: 'gru', input: 2, hidden: 3 });
  const options = foreign<bptt.ForwardOptions>(
    '{ steps: 1, batch: 1, lengths: Int32Array.of(1), state: { h: new Float32Array(3) }, output: new Float32Array(3) }',
  );
  expect(layer.forward(foreign('new Float32Array(2)'), options).output).toBe(options.output);
  layer.setParameter('bias_hn_l0', foreign('new Float32Array(3)'));
});

test('a signal of another realm', async () => {
  using model = await classifier();
  const signal = foreign<AbortSignal>('AbortSignal.abort(new Error("enough"))', { AbortSignal });
  await expect(model.predict(rows, { signal })).rejects.toThrow('enough');
});

test('errors of the addon are those of the package', () => {
  using layer = new Recurrent({ cell: 'gru', input: 2, hidden: 3 });
  let thrown: unknown;
  try {
    layer.forward(new Float32Array(new SharedArrayBuffer(8)), { steps: 1, batch: 1 });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(BpttError);
  expect(thrown).toBeInstanceOf(Error);
  expect(thrown).toMatchObject({ name: 'BpttError', code: 'ERR_DATA' });
});

test('errors and vocabularies of another copy of the package are known', () => {
  const copy = anotherCopy();
  expect(copy.BpttError).not.toBe(BpttError);
  const error = new copy.BpttError('ERR_DATA', 'none');
  expect(error).toBeInstanceOf(BpttError);
  expect(error.code).toBe('ERR_DATA');
  expect(new Error('none')).not.toBeInstanceOf(BpttError);
  expect(BpttError.prototype).not.toHaveProperty('code');
  class Narrower extends BpttError {}
  expect(error).not.toBeInstanceOf(Narrower);
  expect(new Narrower('ERR_DATA', 'none')).toBeInstanceOf(BpttError);

  const vocabulary = copy.Vocabulary.of(['a', 'b']);
  using model = new ManyToOne({
    ...architecture,
    input: { kind: 'tokens', vocabulary: vocabulary },
    output: { kind: 'classes', labels: ['p', 'n'] },
  });
  expect(model.vocabulary).toBeInstanceOf(Vocabulary);
  expect(model.vocabulary?.id('b')).toBe(3);
});

test('no kind of built-in is told by instanceof', () => {
  const lib = join(__dirname, '..', '..', 'lib');
  const builtIn =
    /instanceof (\w*(Array|Buffer)|DataView|Error|\w+Error(?<!BpttError|CsvError|CommanderError)|Promise|Map|Set|Date|RegExp|AbortSignal)\b/;
  const told = readdirSync(lib, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('realms.ts'))
    .filter((name) => builtIn.test(readFileSync(join(lib, name), 'utf8')));
  expect(told).toEqual([]);
});
