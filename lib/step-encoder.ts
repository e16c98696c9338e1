import { indexSet } from './data/active-indexes';
import { found } from './data/found';
import type { InputEncoder } from './data/input-encoder';
import { BpttError } from './errors';

/**
 * One step of a sequence: a token or its id, a row of features, or the active indexes. `Int32Array`: one id, or the
 * active indexes, each once.
 */
export type Step = string | number | readonly number[] | Float32Array | Int32Array;

/** Turns a step into what the addon takes; allocates nothing where the step is a typed array already. */
export type StepEncoder = (x: Step) => Float32Array | Int32Array;

/** The encoder of a model's steps. What it returns is valid until it is called again. */
export function stepEncoder(input: InputEncoder): StepEncoder {
  switch (input.kind) {
    case 'tokens':
      return tokenEncoder(input);
    case 'features':
      return featureEncoder(input);
    case 'multihot':
      return (x) => (x instanceof Int32Array ? x : indexSet(x, input.size, 'x'));
  }
}

function tokenEncoder({ vocabulary, size }: InputEncoder): StepEncoder {
  const id = new Int32Array(1);
  return (x) => {
    if (x instanceof Int32Array) {
      return x;
    }
    if (typeof x === 'string' && vocabulary !== undefined) {
      id[0] = vocabulary.id(x);
    } else if (typeof x === 'number' && Number.isInteger(x) && x >= 0 && x < size) {
      id[0] = x;
    } else {
      const token = vocabulary === undefined ? '' : 'a token (a string) or ';
      throw new BpttError('ERR_DATA', `x: expected ${token}an id from 0 to ${size - 1}; found ${found(x)}.`);
    }
    return id;
  };
}

function featureEncoder({ normalization, size }: InputEncoder): StepEncoder {
  const row = new Float32Array(size);
  return (x) => {
    if (!(x instanceof Float32Array) && !Array.isArray(x)) {
      throw new BpttError('ERR_DATA', `x: expected a row of ${size} numbers; found ${found(x)}.`);
    }
    const numbers = x as ArrayLike<number>;
    if (numbers.length !== size) {
      throw new BpttError('ERR_SHAPE', `x: expected ${size} numbers; found ${numbers.length}.`);
    }
    if (normalization === undefined) {
      row.set(numbers);
    } else {
      normalization.apply(numbers, 0, row, 0);
    }
    for (let index = 0; index < size; index += 1) {
      if (!Number.isFinite(row[index])) {
        throw new BpttError(
          'ERR_DATA',
          `x[${index}]: expected a finite number that float32 can hold; found ${found(numbers[index])}.`,
        );
      }
    }
    return row;
  };
}
