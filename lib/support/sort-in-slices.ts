import type { WorkSlice } from './work-slice';

/** Few enough to be sorted within a slice. */
const run = 512;

/**
 * The items in the order of `compare`, like `items.toSorted(compare)`, but with pauses: sorted runs, then
 * merges of twice, four times … their length. Stable.
 */
export async function sortInSlices<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  slice: WorkSlice,
): Promise<T[]> {
  let sorted: T[] = [];
  for (let start = 0; start < items.length; start += run) {
    for (const item of items.slice(start, start + run).sort(compare)) sorted.push(item);
    if (slice.spent) await slice.pause();
  }
  for (let width = run; width < items.length; width *= 2) {
    const merged: T[] = [];
    for (let start = 0; start < sorted.length; start += 2 * width) {
      const middle = Math.min(start + width, sorted.length);
      const end = Math.min(middle + width, sorted.length);
      let left = start;
      let right = middle;
      while (left < middle || right < end) {
        const takeLeft =
          right >= end || (left < middle && compare(sorted[left] as T, sorted[right] as T) <= 0);
        merged.push(sorted[takeLeft ? left++ : right++] as T);
        if (merged.length % run === 0 && slice.spent) await slice.pause();
      }
    }
    sorted = merged;
  }
  return sorted;
}
