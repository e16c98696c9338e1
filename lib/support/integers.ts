/** Of 4 bytes: 64 KiB. */
const slabLength = 16_384;

/** Larger arrays are worth one of their own. */
const longest = 256;

let slab = new Int32Array();
let used = 0;

/** So many zeros. Short arrays are cut from longer ones, since each on its own takes some 100 bytes more of the heap, and data sets have many. */
export function integers(length: number): Int32Array {
  if (length > longest) return new Int32Array(length);
  if (used + length > slab.length) {
    slab = new Int32Array(slabLength);
    used = 0;
  }
  used += length;
  return slab.subarray(used - length, used);
}
