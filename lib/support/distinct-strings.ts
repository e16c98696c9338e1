import { atOnce } from './work-slice';

/** Strings in an order, none of them twice, with the place of each. */
export interface DistinctStrings {
  /** Frozen. */
  readonly names: readonly string[];
  readonly places: ReadonlyMap<string, number>;
}

/** Between two looks at the clock. */
const namesAtOnce = 256;

/** By their frozen lists: of half a million names it takes 100 ms to look at them, which is done once. */
const known = new WeakMap<readonly unknown[], DistinctStrings>();

/** The strings of a list, or the place of the first thing in it that is no string or stands there before. */
export function distinctStrings(list: readonly unknown[]): DistinctStrings | number {
  return atOnce(distinguishing(list));
}

/** `distinctStrings`, which may be left alone wherever it yields. */
export function* distinguishing(list: readonly unknown[]): Generator<undefined, DistinctStrings | number> {
  const before = known.get(list);
  if (before !== undefined) return before;
  const places = new Map<string, number>();
  for (let place = 0; place < list.length; place++) {
    const name = list[place];
    if (typeof name !== 'string' || places.has(name)) return place;
    places.set(name, place);
    if (place % namesAtOnce === 0) yield;
  }
  const strings = { names: Object.freeze(list.slice()) as readonly string[], places };
  known.set(strings.names, strings);
  return strings;
}
