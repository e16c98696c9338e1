import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const source = fileURLToPath(new URL('peak.cpp', import.meta.url));

/**
 * Measures the multiply-add peak between the runs; the highest counts, since a busy neighbour only lowers it.
 * Without a C++ compiler (`CXX`, else `c++`) there is none, and `reason` says so.
 */
export class Peak {
  /** GFLOP/s of all threads */
  highest = 0;
  reason;
  #folder;
  #threads;

  static async compile(threads) {
    const peak = new Peak();
    peak.#threads = threads;
    peak.#folder = await mkdtemp(join(tmpdir(), 'bptt-peak-'));
    const compiler = process.env.CXX ?? 'c++';
    const flags = ['-O3', '-march=native', '-ffp-contract=fast', '-std=c++17', '-pthread'];
    try {
      await run(compiler, [...flags, source, '-o', peak.#program]);
    } catch (error) {
      peak.reason = `not measured: ${compiler}: ${error.message.split('\n')[0]}`;
    }
    return peak;
  }

  async measure() {
    if (this.reason !== undefined) return;
    const { stdout } = await run(this.#program, [String(this.#threads), '0.2']);
    this.highest = Math.max(this.highest, Number(stdout));
  }

  async close() {
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #program() {
    return join(this.#folder, 'peak');
  }
}
