import { found } from './found';

/** Where two values that JSON can write first differ. */
export interface Difference {
  /** The keys that lead there, with dots between them. */
  path: string;
  /** A few words each. */
  expected: string;
  found: string;
}

/** Keys whose value is undefined count as absent. */
export function firstDifference(expected: unknown, actual: unknown, path = ''): Difference | undefined {
  if (!isCompound(expected) || !isCompound(actual) || Array.isArray(expected) !== Array.isArray(actual)) {
    return expected === actual ? undefined : { path, expected: shown(expected), found: shown(actual) };
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const inner = path === '' ? key : `${path}.${key}`;
    const difference = firstDifference(expected[key], actual[key], inner);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isCompound(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : found(value);
}
