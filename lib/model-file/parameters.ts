import type { Network, NetworkOptions, Parameters } from '../../binding';
import { native } from '../addon/native';
import { nativeCall, nativeResult } from '../addon/native-call';
import { checkArray, checkFinite } from '../data/array-checks';
import type { Tensor } from '../files/safetensors';
import { BpttError } from '../support/errors';
import { found } from '../support/found';
import { WorkSlice } from '../support/work-slice';

/** Numbers that are copied between two looks at the clock: a megabyte. */
const numbersAtOnce = 2 ** 18;

/** The names and shapes of a network's parameters, in the order of a model file. No memory of their sizes is taken. */
export function parameterShapes(options: NetworkOptions): [name: string, shape: number[]][] {
  return nativeCall(() => native().parameterShapes(options));
}

/** Numbers in all parameters together. */
export function countParameters(options: NetworkOptions): number {
  let count = 0;
  for (const [, shape] of parameterShapes(options)) {
    count += shape.reduce((product, size) => product * size, 1);
  }
  return count;
}

/** Copies of all parameters. */
export function readParameters(network: Network, options: NetworkOptions): Map<string, Tensor> {
  return tensorsOf(options, (name) => nativeCall(() => network.parameter(name)));
}

/** The same, made off the event loop. */
export async function copyParameters(
  network: Network,
  options: NetworkOptions,
): Promise<Map<string, Tensor>> {
  const arrays = await nativeResult(() => network.parameters());
  return tensorsOf(options, (name) => arrays[name]!);
}

function tensorsOf(options: NetworkOptions, data: (name: string) => Float32Array): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const [name, shape] of parameterShapes(options)) tensors.set(name, { shape, data: data(name) });
  return tensors;
}

/** The reverse, with pauses. */
export async function nativeParameters(
  options: NetworkOptions,
  arrays: Iterable<readonly [name: string, data: Float32Array]>,
  slice = new WorkSlice(),
): Promise<Parameters> {
  const parameters = nativeCall(() => new (native().Parameters)(options));
  for (const [name, data] of arrays) {
    const add = (begin: number, end: number): void => {
      nativeCall(() => {
        parameters.add(name, data.subarray(begin, end));
      });
    };
    await slice.inPieces(data.length, add, numbersAtOnce);
  }
  return parameters;
}

/** Replaces one parameter. Errors: `ERR_OPTION` for an unknown name, `ERR_SHAPE`; `ERR_DATA` for numbers that are not finite. */
export function writeParameter(
  network: Network,
  options: NetworkOptions,
  name: string,
  data: Float32Array,
): void {
  const shapes = new Map(parameterShapes(options));
  const shape = shapes.get(name);
  if (shape === undefined) {
    const names = [...shapes.keys()].join(', ');
    throw new BpttError('ERR_OPTION', `There is no parameter ${found(name)}; expected one of ${names}.`);
  }
  checkArray(name, data, shape);
  checkFinite(name, data);
  nativeCall(() => {
    network.setParameter(name, data);
  });
}

/**
 * Whether these are the parameters of this network and no others; to be called before the network is made, whose
 * size nobody has checked yet. Errors: `ERR_SHAPE`.
 *
 * @param prefix of the names in the file.
 */
export function checkTensors(
  options: NetworkOptions,
  tensors: ReadonlyMap<string, Tensor>,
  prefix = '',
): void {
  let count = 0;
  for (const [name, shape] of parameterShapes(options)) {
    const there = tensors.get(name)?.shape;
    if (there === undefined || there.join() !== shape.join()) {
      const found = there === undefined ? 'there is none' : `it has [${there.join(', ')}]`;
      throw new BpttError(
        'ERR_SHAPE',
        `tensor "${prefix}${name}" should have the shape [${shape.join(', ')}]; ${found}.`,
      );
    }
    count += 1;
  }
  if (count !== tensors.size) {
    const named = prefix === '' ? '' : ` "${prefix}…"`;
    throw new BpttError(
      'ERR_SHAPE',
      `it has ${tensors.size} tensors${named}, and its architecture ${count}.`,
    );
  }
}
