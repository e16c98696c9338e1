import { BpttError } from '../support/errors';
import { GrowingIntegers } from '../support/growing-integers';
import { isFloat32Array } from '../support/realms';
import { longPiece, type WorkSlice } from '../support/work-slice';
import { hasLength, isDetached, rowsAPiece, wrongKind, wrongSize } from './rows';

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
  const reader = new ActiveReader(steps, size, where);
  reader.read(0, reader.steps);
  return reader.result();
}

/** The same with pauses, for many steps. */
export async function activeIndexesInSlices(
  steps: unknown,
  size: number,
  where: string,
  slice: WorkSlice,
): Promise<ActiveIndexes> {
  const reader = new ActiveReader(steps, size, where);
  const read = (begin: number, end: number): void => {
    reader.read(begin, end);
  };
  await slice.inPieces(reader.steps, read, reader.stepsAPiece);
  return reader.result();
}

/** Sets a step, of which a list takes some microseconds. */
const setsAPiece = 256;

/** Whether sets are read within a slice of work. */
export function areFewSets(steps: unknown): boolean {
  return !hasLength(steps) || steps.length <= (isFloat32Array(steps) ? longPiece : setsAPiece);
}

class ActiveReader {
  readonly steps: number;
  private readonly all = new GrowingIntegers();
  private readonly counts = new GrowingIntegers();
  private readonly sets: Float32Array | readonly unknown[];

  constructor(
    sets: unknown,
    private readonly size: number,
    private readonly where: string,
  ) {
    if (isFloat32Array(sets)) {
      if (isDetached(sets)) throw new BpttError('ERR_DATA', `${where}: the Float32Array is detached.`);
      if (sets.length % size !== 0) {
        throw wrongSize(where, `a multiple of ${size} numbers (steps × ${size})`, sets.length);
      }
      this.steps = sets.length / size;
      this.sets = sets;
    } else {
      if (!Array.isArray(sets)) throw wrongKind(where, 'a list of active indexes for each step', sets);
      this.steps = sets.length;
      this.sets = sets as readonly unknown[];
    }
  }

  get stepsAPiece(): number {
    return isFloat32Array(this.sets) ? rowsAPiece(this.size) : setsAPiece;
  }

  read(begin: number, end: number): void {
    const { sets, all, counts } = this;
    for (let step = begin; step < end; step++) {
      const before = all.length;
      if (isFloat32Array(sets)) this.readRow(sets, step);
      else this.readSet(indexList(sets[step], `${this.where}, step ${step}`, this.size));
      counts.push(all.length - before);
    }
  }

  private readSet(list: readonly number[]): void {
    const set = isAscending(list) ? list : ordered(list);
    for (let i = 0; i < set.length; i++) this.all.push(set[i]!);
  }

  private readRow(values: Float32Array, step: number): void {
    const { size, where } = this;
    for (let i = 0; i < size; i++) {
      const value = values[step * size + i];
      if (value !== 0 && value !== 1) throw wrongKind(`${where}, step ${step}, number ${i}`, '0 or 1', value);
      if (value === 1) this.all.push(i);
    }
  }

  result(): ActiveIndexes {
    return { active: this.all.toArray(), activeCounts: this.counts.toArray() };
  }
}

/** The active indexes of one list, ascending, each once. */
export function indexSet(list: unknown, size: number, where: string): Int32Array {
  const indexes = indexList(list, where, size);
  return isAscending(indexes) ? Int32Array.from(indexes) : ordered(indexes);
}

/** As most are. */
function isAscending(indexes: readonly number[]): boolean {
  for (let i = 1; i < indexes.length; i++) if (indexes[i]! <= indexes[i - 1]!) return false;
  return true;
}

function ordered(indexes: readonly number[]): Int32Array {
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
