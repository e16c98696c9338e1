import type { EncodedExample, EncodedSequence } from '../encoded';

/** The symbol that stands before the first one where it is read, and behind the last one where it is emitted. */
export const boundary = 0;

/**
 * A sequence of T symbols as a network learns to write it: T + 1 steps, of which each reads what the one before it was
 * to emit. The first reads the boundary, the last is to emit it.
 */
export function shiftedSymbols(ids: Int32Array): EncodedExample {
  return {
    input: { length: ids.length + 1, tokens: prepend(boundary, ids) },
    target: { classes: append(ids, boundary) },
  };
}

/** The same for T sets of active indexes, each 0…S − 1; the boundary is the set of the index S alone. */
export function shiftedSets(
  { active, activeCounts }: Required<Pick<EncodedSequence, 'active' | 'activeCounts'>>,
  size: number,
): EncodedExample {
  return {
    input: {
      length: activeCounts.length + 1,
      active: prepend(size, active),
      activeCounts: prepend(1, activeCounts),
    },
    target: { active: append(active, size), activeCounts: append(activeCounts, 1) },
  };
}

/**
 * The same for T rows of `size` numbers, which have no boundary: T − 1 steps, of which each reads a row and is to give the
 * next one; or, where something is known before the first row (`begins`), T steps, of which the first reads a row of zeros.
 */
export function shiftedRows(features: Float32Array, size: number, begins: boolean): EncodedExample {
  const rows = features.length / size;
  if (!begins) {
    const length = Math.max(rows - 1, 0);
    return {
      input: { length, features: features.slice(0, length * size) },
      target: { values: features.slice(size) },
    };
  }
  const read = new Float32Array(features.length);
  if (rows > 0) read.set(features.subarray(0, (rows - 1) * size), size);
  return { input: { length: rows, features: read }, target: { values: features } };
}

/** `first`, and the rest behind it. */
export function prepend(first: number, rest: Int32Array): Int32Array {
  const all = new Int32Array(rest.length + 1);
  all[0] = first;
  all.set(rest, 1);
  return all;
}

function append(all: Int32Array, last: number): Int32Array {
  const longer = new Int32Array(all.length + 1);
  longer.set(all);
  longer[all.length] = last;
  return longer;
}
