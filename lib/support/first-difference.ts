import { found } from './found';
import { atOnce, longPiece, type WorkSlice } from './work-slice';

/** Where two values that JSON can write first differ. */
export interface Difference {
  /** The keys that lead there, with dots between them. */
  path: string;
  /** A few words each. */
  expected: string;
  found: string;
}

/** Keys whose value is undefined count as absent. */
export function firstDifference(expected: unknown, actual: unknown): Difference | undefined {
  return atOnce(differing(expected, actual, ''));
}

/** The same with pauses, for long lists. */
export function firstDifferenceInSlices(
  expected: unknown,
  actual: unknown,
  slice: WorkSlice,
): Promise<Difference | undefined> {
  return slice.through(differing(expected, actual, ''));
}

function* differing(
  expected: unknown,
  actual: unknown,
  path: string,
): Generator<undefined, Difference | undefined> {
  if (!isCompound(expected) || !isCompound(actual) || Array.isArray(expected) !== Array.isArray(actual)) {
    return expected === actual ? undefined : { path, expected: shown(expected), found: shown(actual) };
  }
  let looked = 0;
  for (const key of keysOf(expected, actual)) {
    if (++looked % longPiece === 0) yield;
    if (expected[key] === actual[key]) continue;
    const difference = yield* differing(
      expected[key],
      actual[key],
      path === '' ? `${key}` : `${path}.${key}`,
    );
    if (difference !== undefined) return difference;
  }
  return undefined;
}

/** Those of both; of lists, which may be long, by number. */
function* keysOf(expected: Compound, actual: Compound): Generator<string | number> {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length);
    for (let index = 0; index < length; index++) yield index;
  } else {
    yield* new Set([...Object.keys(expected), ...Object.keys(actual)]);
  }
}

type Compound = Record<string | number, unknown>;

function isCompound(value: unknown): value is Compound {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : found(value);
}
