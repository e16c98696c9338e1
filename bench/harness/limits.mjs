import { workingSets } from '../../dist/benchmark/working-sets.js';
import { native } from '../../dist/addon/native.js';

/**
 * What this machine can do at best, measured by the addon with the instruction set in use, between the runs; the highest counts,
 * since a busy neighbour only lowers it.
 */
export class Limits {
  /** GFLOP/s of all threads, of products in each precision. */
  #peaks = { float32: 0, bfloat16: 0 };
  /** @type {{ level: string, bytes: number, gigabytes: number }[]} `bytes` of each thread, GB/s of all. */
  bandwidths = [];
  #threads;

  /** @param {number} threads */
  constructor(threads) {
    this.#threads = threads;
  }

  async measurePeaks() {
    for (const precision of Object.keys(this.#peaks)) await this.#measurePeak(precision, 0.2);
  }

  /** @returns GFLOP/s this time */
  async #measurePeak(precision, seconds) {
    const peak = await native().measurePeak({ threads: this.#threads, precision, seconds });
    this.#peaks[precision] = Math.max(this.#peaks[precision], peak);
    return peak;
  }

  /** An entry of a contest that takes as long as so many operations take at the peak of its turn. */
  entry(operations, precision = 'float32') {
    const ask = async () => ({ milliseconds: [operations / (await this.#measurePeak(precision, 0.1)) / 1e6] });
    return { key: 'peak', label: 'the peak', runner: { prepare: async () => {}, ask }, request: {} };
  }

  async measureBandwidths(seconds = 0.3) {
    for (const { level, bytes } of workingSets(this.#threads)) {
      const gigabytes = await native().measureReadBandwidth({ threads: this.#threads, seconds, bytes });
      this.bandwidths.push({ level, bytes, gigabytes });
    }
  }

  /** For the report. */
  get found() {
    const { float32, bfloat16 } = this.#peaks;
    return {
      isa: native().system().isa,
      threads: this.#threads,
      peak: float32,
      bfloat16: { products: process.env.BPTT_BFLOAT16 || native().bfloat16Products()[0], peak: bfloat16 },
      bandwidths: this.bandwidths,
    };
  }
}
