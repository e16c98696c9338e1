import { workingSets } from '../../dist/benchmark/working-sets.js';
import { native } from '../../dist/addon/native.js';

/**
 * What this machine can do at best, measured by the addon with the instruction set in use, between the runs; the highest counts,
 * since a busy neighbour only lowers it.
 */
export class Limits {
  /** GFLOP/s of all threads. */
  peak = 0;
  /** @type {{ level: string, bytes: number, gigabytes: number }[]} `bytes` of each thread, GB/s of all. */
  bandwidths = [];
  #threads;

  /** @param {number} threads */
  constructor(threads) {
    this.#threads = threads;
  }

  /** @returns GFLOP/s this time */
  async measurePeak(seconds = 0.2) {
    const peak = await native().measurePeak({ threads: this.#threads, seconds });
    this.peak = Math.max(this.peak, peak);
    return peak;
  }

  /** An entry of a contest that takes as long as so many operations take at the peak of its turn. */
  entry(operations) {
    const ask = async () => ({ milliseconds: [operations / (await this.measurePeak(0.1)) / 1e6] });
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
    return { isa: native().system().isa, threads: this.#threads, peak: this.peak, bandwidths: this.bandwidths };
  }
}
