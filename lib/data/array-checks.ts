import { BpttError } from '../support/errors';
import { found, quoted } from '../support/found';
import { isFloat32Array, isInt32Array } from '../support/realms';
import { isDetached } from './rows';

/** Checks of what a caller hands over; those of arrays throw `ERR_SHAPE` with what was expected and what came. */

export function checkCount(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 0) {
    throw new BpttError('ERR_SHAPE', `${name} must be a whole number of at least 0; found ${found(value)}.`);
  }
}

export function checkLengths(lengths: Int32Array, steps: number, batch: number): void {
  if (!isInt32Array(lengths) || isDetached(lengths) || lengths.length !== batch) {
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
  if (!isFloat32Array(value) || isDetached(value) || value.length !== length) {
    const sizes = `[${shape.join(', ')}]${meaning === undefined ? '' : ` (${meaning})`}`;
    throw new BpttError(
      'ERR_SHAPE',
      `${name} must be a Float32Array of shape ${sizes}, which is ${length} numbers; found ${found(value)}.`,
    );
  }
}

/** Errors: `ERR_DATA`. */
export function checkFinite(name: string, values: Float32Array): void {
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (Number.isFinite(value)) continue;
    throw new BpttError('ERR_DATA', `${name}[${index}]: expected a finite number; found ${found(value)}.`);
  }
}

/** @param known the names of the options, where others are an error. Errors: `ERR_OPTION`. */
export function checkOptions(method: string, options: unknown, known?: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new BpttError('ERR_OPTION', `${method}: expected an object of options; found ${found(options)}.`);
  }
  if (known === undefined) return;
  for (const name in options) {
    if (known.includes(name)) continue;
    throw new BpttError(
      'ERR_OPTION',
      `${method}: unknown option ${quoted(name)}; expected one of ${known.join(', ')}.`,
    );
  }
}

/** A new array of zeros. Errors: `ERR_MEMORY`. */
export function zeros(shape: readonly number[]): Float32Array {
  const length = shape.reduce((product, size) => product * size, 1);
  try {
    return new Float32Array(length);
  } catch (cause) {
    throw new BpttError('ERR_MEMORY', `There is no memory for an array of ${length} numbers.`, { cause });
  }
}
