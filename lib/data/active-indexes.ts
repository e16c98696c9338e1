import { BpttError } from '../errors';
import { isDetached, wrongKind, wrongSize } from './rows';
import { isFloat32Array } from '../realms';

/** The active indexes of all steps one after the other, ascending within a step, and how many each step has. */
export interface ActiveIndexes {
  active: Int32Array;
  activeCounts: Int32Array;
}

/**
 * Reads lists of active indexes, a list a step, or T·size numbers 0 and 1 in a `Float32Array`. A list is a set: its
 * order means nothing, and an index that stands twice counts once.
 *
 * @throws BpttError `ERR_DATA` for what is no whole number from 0 to size − 1, `ERR_SHAPE` for a wrong length.
 */
export function activeIndexes(steps: unknown, size: number, where: string): ActiveIndexes {
  if (isFloat32Array(steps)) return fromDense(steps, size, where);
  if (!Array.isArray(steps)) throw wrongKind(where, 'a list of active indexes for each step', steps);
  const all: number[] = [];
  const counts: number[] = [];
  for (let step = 0; step < steps.length; step++) {
    const set = indexSet(steps[step], size, `${where}, step ${step}`);
    for (const index of set) all.push(index);
    counts.push(set.length);
  }
  return { active: Int32Array.from(all), activeCounts: Int32Array.from(counts) };
}

/** The active indexes of one list, ascending, each once. */
export function indexSet(list: unknown, size: number, where: string): Int32Array {
  const indexes = indexList(list, where, size);
  const sorted = Int32Array.from(indexes).sort();
  return sorted.filter((index, i) => i === 0 || index !== sorted[i - 1]);
}

/** A list that holds nothing but indexes, of which there are `size`. */
export function indexList(list: unknown, where: string, size = 2 ** 31 - 1): readonly number[] {
  if (!Array.isArray(list)) throw wrongKind(where, `a list of active indexes${noNames(list)}`, list);
  for (const index of list as unknown[]) {
    if (!Number.isInteger(index) || Number(index) < 0 || Number(index) >= size) {
      throw wrongKind(where, `indexes from 0 to ${size - 1}${noNames(index)}`, index);
    }
  }
  return list as readonly number[];
}

function noNames(value: unknown): string {
  return typeof value === 'string' ? ' (what has names has to be numbered)' : '';
}

function fromDense(values: Float32Array, size: number, where: string): ActiveIndexes {
  if (isDetached(values)) throw new BpttError('ERR_DATA', `${where}: the Float32Array is detached.`);
  if (values.length % size !== 0) {
    throw wrongSize(where, `a multiple of ${size} numbers (steps × ${size})`, values.length);
  }
  const all: number[] = [];
  const activeCounts = new Int32Array(values.length / size);
  values.forEach((value, i) => {
    const step = Math.floor(i / size);
    if (value !== 0 && value !== 1)
      throw wrongKind(`${where}, step ${step}, number ${i % size}`, '0 or 1', value);
    if (value === 1) {
      all.push(i % size);
      activeCounts[step] = (activeCounts[step] as number) + 1;
    }
  });
  return { active: Int32Array.from(all), activeCounts };
}
