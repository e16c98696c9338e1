import { found } from './data/found';
import { BpttError } from './errors';

/** Checks of the arrays a caller hands over; all throw `ERR_SHAPE` with what was expected and what came. */

export function checkCount(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 0) {
    throw new BpttError('ERR_SHAPE', `${name} must be a whole number of at least 0; found ${found(value)}.`);
  }
}

export function checkLengths(lengths: Int32Array, steps: number, batch: number): void {
  if (!(lengths instanceof Int32Array) || lengths.length !== batch) {
    throw new BpttError(
      'ERR_SHAPE',
      `lengths must be an Int32Array with one length for each of ${batch} sequences; found ${found(lengths)}.`,
    );
  }
  const wrong = lengths.findIndex((length) => length < 0 || length > steps);
  if (wrong >= 0) {
    throw new BpttError(
      'ERR_SHAPE',
      `lengths[${wrong}] must be 0 to ${steps} (steps); found ${lengths[wrong]}.`,
    );
  }
}

export function checkArray(name: string, value: unknown, shape: readonly number[], meaning?: string): void {
  const length = shape.reduce((product, size) => product * size, 1);
  if (!(value instanceof Float32Array) || value.length !== length) {
    const sizes = `[${shape.join(', ')}]${meaning === undefined ? '' : ` (${meaning})`}`;
    throw new BpttError(
      'ERR_SHAPE',
      `${name} must be a Float32Array of shape ${sizes}, which is ${length} numbers; found ${found(value)}.`,
    );
  }
}
