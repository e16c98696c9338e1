import type { TargetEncoder } from '../data/encoders/target-encoder';
import { longPiece, type WorkSlice } from '../support/work-slice';

/** Reading what the network puts out: rows of O probabilities or values, one after the other. */

/** The label of each row: the most probable one, of equals the first. */
export function predictedLabels(output: Float32Array, { size, labels }: TargetEncoder): string[] {
  const names: string[] = [];
  for (let at = 0; at < output.length; at += size) {
    names.push(labels!.label(largest(output, at, size)));
  }
  return names;
}

/** The labels with these class ids. */
export function labelsOf(path: Int32Array, { labels }: TargetEncoder): string[] {
  return Array.from(path, (id) => labels!.label(id));
}

function largest(numbers: Float32Array, from: number, size: number): number {
  let best = 0;
  for (let index = 1; index < size; index += 1) {
    if (numbers[from + index]! > numbers[from + best]!) {
      best = index;
    }
  }
  return best;
}

/** Whether an output is rather active than not. */
export function isActive(probability: number): boolean {
  return probability >= 0.5;
}

/** The active outputs of one row. */
export function activeOutputs(row: Float32Array): number[] {
  const active: number[] = [];
  for (let index = 0; index < row.length; index += 1) {
    if (isActive(row[index]!)) active.push(index);
  }
  return active;
}

/** The rows as lists of their own. */
export function rowsOf(output: Float32Array, size: number): Float32Array[] {
  const rows: Float32Array[] = [];
  for (let at = 0; at < output.length; at += size) rows.push(output.subarray(at, at + size));
  return rows;
}

/** Rows that are read between two looks at the clock. */
export const rowsRead = longPiece / 4;

/** What is read of all rows together, piece by piece, with pauses. */
export async function readInSlices<T>(
  rows: number,
  read: (begin: number, end: number) => readonly T[],
  slice: WorkSlice,
): Promise<T[]> {
  const all: T[] = [];
  const add = (begin: number, end: number): void => {
    for (const item of read(begin, end)) all.push(item);
  };
  await slice.inPieces(rows, add, rowsRead);
  return all;
}
