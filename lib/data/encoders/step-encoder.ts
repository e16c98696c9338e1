import { BpttError } from '../../support/errors';
import { found } from '../../support/found';
import { isFloat32Array, isInt32Array } from '../../support/realms';
import { indexSet } from '../active-indexes';
import { isDetached } from '../rows';
import type { Vocabulary } from '../text/vocabulary';
import { characterIds } from '../text/word-forms';
import type { InputEncoder } from './input-encoder';

/**
 * One step of a sequence: a token or its id, a row of features, or the active indexes. `Int32Array`: one id, or the
 * active indexes, each once and rising; others are sorted first, into a new array.
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
      return setEncoder(input);
  }
}

function tokenEncoder(input: InputEncoder): StepEncoder {
  const { vocabulary, characters, size } = input;
  if (vocabulary !== undefined && characters !== undefined) {
    return wordEncoder(vocabulary, characters);
  }
  const id = new Int32Array(1);
  return (x) => {
    if (isInt32Array(x)) {
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

/** A word's id and those of its characters, in an array that grows with the longest word. */
function wordEncoder(vocabulary: Vocabulary, characters: Vocabulary): StepEncoder {
  let ids = new Int32Array(64);
  return (x) => {
    const id = isInt32Array(x) && x.length === 1 ? x[0] : x;
    const known = typeof id === 'number' ? knownToken(id, vocabulary) : id;
    if (typeof known !== 'string') {
      const expected = `a token (a string) or an id from 0 to ${vocabulary.size - 1}`;
      throw new BpttError('ERR_DATA', `x: expected ${expected}; found ${found(x)}.`);
    }
    if (ids.length <= known.length) {
      ids = new Int32Array(2 * known.length);
    }
    ids[0] = typeof id === 'number' ? id : vocabulary.id(known);
    return ids.subarray(0, 1 + characterIds(known, characters, ids.subarray(1)));
  };
}

/** Padding and the unknown token have no characters. */
function knownToken(id: number, vocabulary: Vocabulary): string | undefined {
  return Number.isInteger(id) && id >= 0 && id < vocabulary.size ? (vocabulary.known(id) ?? '') : undefined;
}

function featureEncoder({ normalization, size }: InputEncoder): StepEncoder {
  const row = new Float32Array(size);
  const read = new Float64Array(size);
  return (x) => {
    const isList = Array.isArray(x);
    if (!isList && !(isFloat32Array(x) && !isDetached(x))) {
      throw new BpttError('ERR_DATA', `x: expected a row of ${size} numbers; found ${found(x)}.`);
    }
    if (x.length !== size) {
      throw new BpttError('ERR_SHAPE', `x: expected ${size} numbers; found ${x.length}.`);
    }
    // A list may hold anything, of which arithmetic would make numbers: null, '', false, a date.
    const numbers = isList ? readNumbers(x as readonly unknown[], read) : x;
    if (normalization !== undefined) normalization.apply(numbers, 0, row, 0);
    for (let index = 0; index < size; index += 1) {
      if (normalization === undefined) row[index] = numbers[index]!;
      if (!Number.isFinite(row[index])) throw noFeature(index, numbers[index]);
    }
    return row;
  };
}

function readNumbers(list: readonly unknown[], to: Float64Array): Float64Array {
  for (let index = 0; index < to.length; index += 1) {
    const value = list[index];
    if (typeof value !== 'number') throw noFeature(index, value);
    to[index] = value;
  }
  return to;
}

function noFeature(index: number, value: unknown): BpttError {
  return new BpttError(
    'ERR_DATA',
    `x[${index}]: expected a finite number that float32 can hold; found ${found(value)}.`,
  );
}

/** A set whose array is not in order, or has an index twice, is brought to the form in which `predict` reads it. */
function setEncoder({ size }: InputEncoder): StepEncoder {
  return (x) => {
    if (!isInt32Array(x)) return indexSet(x, size, 'x');
    return isSet(x, size) ? x : indexSet(Array.from(x), size, 'x');
  };
}

/** Whether these are indexes from 0 to `size` − 1 that rise. */
function isSet(indexes: Int32Array, size: number): boolean {
  let last = -1;
  for (let i = 0; i < indexes.length; i += 1) {
    const index = indexes[i]!;
    if (index <= last) return false;
    last = index;
  }
  return last < size;
}
