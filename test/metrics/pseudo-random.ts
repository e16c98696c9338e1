/** The generator the reference scripts use too: x ← 1664525·x + 1013904223 mod 2^32, of which the upper half is given. */
export function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 16;
  };
}
