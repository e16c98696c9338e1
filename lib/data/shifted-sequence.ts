import type { EncodedExample, EncodedSequence } from './encoded';

/** The symbol that stands before the first one where it is read, and behind the last one where it is emitted. */
const boundary = 0;

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

function prepend(first: number, rest: Int32Array): Int32Array {
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
