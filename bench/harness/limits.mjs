import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { native } = createRequire(import.meta.url)('../../dist/native.js');

const KiB = 1024;
const MiB = 1024 * KiB;

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

  get isa() {
    return native().system().isa;
  }

  async measurePeak(seconds = 0.2) {
    this.peak = Math.max(this.peak, await native().measurePeak({ threads: this.#threads, seconds }));
  }

  async measureBandwidths(seconds = 0.3) {
    for (const { level, bytes } of levels(this.#threads)) {
      const gigabytes = await native().measureReadBandwidth({ threads: this.#threads, seconds, bytes });
      this.bandwidths.push({ level, bytes, gigabytes });
    }
  }

  /** For the report. */
  get found() {
    return { isa: this.isa, threads: this.#threads, peak: this.peak, bandwidths: this.bandwidths };
  }
}

/** An array of each thread that lies in each level of the caches, and one that lies in none. */
function levels(threads) {
  const caches = readCaches() ?? { L1: 32 * KiB, L2: 512 * KiB, L3: 8 * MiB * threads };
  const sizes = Object.entries(caches).map(([level, size]) => ({
    level,
    bytes: Math.floor(size / (level === 'L3' ? 2 * threads : 2)),
  }));
  const memory = Math.min(2 ** 30, Math.max(256 * MiB, 4 * Math.max(...Object.values(caches))));
  return [...sizes, { level: 'memory', bytes: Math.floor(memory / threads) }];
}

/** Bytes of each level as Linux tells them; elsewhere undefined. */
function readCaches() {
  const found = {};
  for (let index = 0; index < 8; index += 1) {
    const read = (name) => readFileSync(`/sys/devices/system/cpu/cpu0/cache/index${index}/${name}`, 'utf8').trim();
    try {
      const size = /^(\d+)([KM])$/.exec(read('size'));
      if (read('type') !== 'Instruction' && size) found[`L${read('level')}`] = size[1] * (size[2] === 'K' ? KiB : MiB);
    } catch {
      break;
    }
  }
  return Object.keys(found).length > 0 ? found : undefined;
}
