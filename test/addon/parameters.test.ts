import type { NetworkOptions, Parameters as AllParameters } from '../../binding';
import { native } from '../../lib/addon/native';
import { nativeParameters } from '../../lib/model-file/parameters';
import { Impatient } from '../data/impatient';
import { networkOptions } from './options';

const { Network, Parameters } = native();

const options = networkOptions({
  cell: 'gru',
  hidden: 5,
  layers: 2,
  bidirectional: true,
  seed: 3,
  pooling: 'attention',
});

const names = new Network(options).parameterNames();

/** Other numbers for each parameter. */
function numbers(): Record<string, Float32Array> {
  const network = new Network(options);
  return Object.fromEntries(
    names.map((name, i) => [name, network.parameter(name).map((_, at) => i + at / 8)]),
  );
}

/** With all numbers but those of `without`. */
function filled(arrays: Record<string, Float32Array>, without?: string): AllParameters {
  const parameters = new Parameters(options);
  for (const [name, array] of Object.entries(arrays)) {
    if (name === without) continue;
    parameters.add(name, array.subarray(0, 3));
    parameters.add(name, array.subarray(3));
  }
  return parameters;
}

test('a network is given its parameters piece by piece, and gives a copy of all', async () => {
  const given = numbers();
  const network = new Network(options, filled(given));
  expect(Object.fromEntries(names.map((name) => [name, network.parameter(name)]))).toEqual(given);
  const copies = await network.parameters();
  expect(copies).toEqual(given);
  copies['output.bias']!.fill(9);
  expect(network.parameter('output.bias')).toEqual(given['output.bias']);
});

test('a copy is of the parameters at the time of the call, the initial ones too', async () => {
  const network = new Network(options);
  const asked = network.parameters();
  network.setParameter('output.bias', Float32Array.of(1, 2, 3));
  const other = new Network(options);
  expect(await asked).toEqual(Object.fromEntries(names.map((name) => [name, other.parameter(name)])));
  const disposed = new Network(options);
  const last = disposed.parameters();
  disposed.dispose();
  expect(await last).toEqual(await asked);
  expect(() => disposed.parameters()).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED' }) as Error);
});

test.each<[string, string, RegExp, () => unknown]>([
  [
    'too many numbers',
    'ERR_SHAPE',
    /output\.bias: expected at most 3 .*, found 4/,
    () => {
      new Parameters(options).add('output.bias', new Float32Array(4));
    },
  ],
  [
    'those of no parameter',
    'ERR_OPTION',
    /found 'bias'/,
    () => {
      new Parameters(options).add('bias', new Float32Array(4));
    },
  ],
  [
    'none of one',
    'ERR_STATE',
    /parameters\.output\.bias: expected 3 .*, found 0/,
    () => new Network(options, filled(numbers(), 'output.bias')),
  ],
  [
    'those of another network',
    'ERR_SHAPE',
    /parameters: expected the numbers of this network/,
    () => new Network({ ...options, hidden: 6 }, filled(numbers())),
  ],
  [
    'what is none',
    'ERR_OPTION',
    /parameters: expected Parameters, found an object/,
    () => new Network(options, {} as AllParameters),
  ],
])('%s: refused', (_what, code, message, attempt) => {
  expect(attempt).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error,
  );
});

test('whoever takes them leaves none', () => {
  const parameters = filled(numbers());
  new Network(options, parameters);
  const taken = expect.objectContaining({ code: 'ERR_STATE' }) as Error;
  expect(() => new Network(options, parameters)).toThrow(taken);
  expect(() => {
    parameters.add('output.bias', new Float32Array(0));
  }).toThrow(taken);
});

test('large parameters are copied in slices, between which the event loop goes on', async () => {
  const large: NetworkOptions = { ...options, input: { ...options.input, vocabulary: 2 ** 18 } as never };
  const embedding = Float32Array.from({ length: 2 ** 20 }, (_, at) => at);
  const slice = new Impatient();
  const arrays = { ...numbers(), 'embedding.weight': embedding };
  const network = new Network(large, await nativeParameters(large, Object.entries(arrays), slice));
  expect(network.parameter('embedding.weight')).toEqual(embedding);
  expect(slice.pauses).toBeGreaterThanOrEqual(4);
  network.dispose();
});
