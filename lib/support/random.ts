const mask = (1n << 64n) - 1n;

/** SplitMix64 (Steele, Lea and Flood 2014): spreads a seed over as many 64-bit words as are asked for. */
export function splitMix64(seed: bigint): () => bigint {
  let state = seed & mask;
  return () => {
    state = (state + 0x9e3779b97f4a7c15n) & mask;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
    return z ^ (z >> 31n);
  };
}

/**
 * Seeded random numbers for shuffles: xoshiro128** (Blackman and Vigna 2018), its state filled by SplitMix64.
 * The same seed and stream give the same numbers on every machine; different streams of one seed, such as the
 * epochs of a training, give unrelated ones. Not for secrets.
 */
export class Random {
  private readonly state: Uint32Array;

  /**
   * @param seed 0…2^53 − 1.
   * @param stream 0…2^53 − 1, default 0.
   */
  constructor(seed: number, stream = 0) {
    const words = splitMix64(splitMix64(BigInt(seed))() ^ BigInt(stream));
    const [first, second] = [words(), words()];
    this.state = new Uint32Array(
      [first, first >> 32n, second, second >> 32n].map((word) => Number(word & 0xffffffffn)),
    );
  }

  /** A generator that goes on from four words, of which one at least must not be 0. */
  static fromState(state: readonly [number, number, number, number]): Random {
    const random = new Random(0);
    random.state.set(state);
    return random;
  }

  /** The next number, 0…2^32 − 1. */
  next(): number {
    const { state } = this;
    const s0 = state[0] as number;
    const s1 = state[1] as number;
    const s2 = (state[2] as number) ^ s0;
    const s3 = (state[3] as number) ^ s1;
    state[0] = s0 ^ s3;
    state[1] = s1 ^ s2;
    state[2] = s2 ^ (s1 << 9);
    state[3] = (s3 << 11) | (s3 >>> 21);
    const scrambled = Math.imul(s1, 5);
    return Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
  }

  /** A number from 0 to `bound` − 1, each equally likely; bound 1…2^32. */
  below(bound: number): number {
    // Numbers past the last whole multiple of the bound would favour the small remainders.
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let number = this.next();
    while (number >= limit) number = this.next();
    return number % bound;
  }

  /** Brings the items into a random order, in place (Fisher and Yates). */
  shuffle(items: Int32Array): Int32Array {
    for (let i = 0; i < items.length - 1; i++) this.draw(items, i);
    return items;
  }

  /** One step of a shuffle: puts at `i` one of the items from `i` on, each equally likely. */
  draw(items: Int32Array, i: number): void {
    const j = i + this.below(items.length - i);
    const item = items[i] as number;
    items[i] = items[j] as number;
    items[j] = item;
  }
}
