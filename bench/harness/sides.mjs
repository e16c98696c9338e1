import { fileURLToPath } from 'node:url';
import { ProcessRunner } from './process-runner.mjs';

const path = (name) => fileURLToPath(new URL(`../peers/${name}`, import.meta.url));

/**
 * What is compared. A program of `peers/` is told its number of threads and answers as harness/step-server.mjs does.
 * `mostFlops`: layers of more are not asked of it, since a step would take more than about two seconds.
 */
export const sides = {
  bptt: { label: 'bptt', program: 'bptt.mjs' },
  torch: { label: 'PyTorch', program: 'torch_peer.py' },
  tensorflow: { label: 'TensorFlow', program: 'tensorflow_peer.py' },
  'tensorflow-xla': { label: 'TensorFlow XLA', program: 'tensorflow_peer.py', arguments: ['xla'] },
  jax: { label: 'JAX', program: 'jax_peer.py' },
  onnxruntime: { label: 'ONNX Runtime', program: 'onnxruntime.mjs' },
  'tfjs-wasm': { label: 'tfjs wasm', program: 'tfjs-wasm.mjs', mostFlops: 2e9 },
  'tfjs-cpu': { label: 'tfjs cpu', program: 'tfjs-cpu.mjs', mostFlops: 0.2e9 },
  brain: { label: 'brain.js', program: 'brain.mjs', mostFlops: 0.6e9 },
};

export const peerKeys = Object.keys(sides).filter((key) => key !== 'bptt');

/** The processes of all sides, each started when it is first needed, one for each number of threads. */
export class Sides {
  #runners = new Map();
  #options;

  /** @param {{ peers: string[], python: string, isa?: string }} options */
  constructor(options) {
    this.#options = options;
  }

  get keys() {
    return ['bptt', ...this.#options.peers];
  }

  /** Who runs as `key`: `{ key, label, runner, name, detail }`, or with the reason why not as `missing`. */
  async get(key, threads) {
    const id = `${key} ${threads}`;
    if (!this.#runners.has(id)) this.#runners.set(id, this.#start(key, threads));
    return this.#runners.get(id);
  }

  /** All sides that are there, bptt first. */
  async present(threads, keys = this.keys) {
    const all = await Promise.all(keys.map((key) => this.get(key, threads)));
    const bptt = all.find(({ key }) => key === 'bptt');
    if (bptt?.missing !== undefined) throw new Error(`bptt does not run: ${bptt.missing}`);
    return all.filter(({ missing }) => missing === undefined);
  }

  /** Ends the processes with other numbers of threads than this one. */
  async closeOthers(threads) {
    for (const [id, side] of this.#runners) {
      if (id.endsWith(` ${threads}`)) continue;
      this.#runners.delete(id);
      (await side).runner?.close();
    }
  }

  async close() {
    await this.closeOthers(0);
  }

  async #start(key, threads) {
    const { label, program, arguments: more = [], mostFlops } = sides[key];
    const { python, isa } = this.#options;
    const command = program.endsWith('.py') ? python : process.execPath;
    const env = key === 'bptt' && isa ? { BPTT_ISA: isa } : {};
    const runner = new ProcessRunner(command, [path(program), String(threads), ...more], env);
    try {
      return { key, label, mostFlops, runner, ...(await runner.ask({ do: 'describe' })) };
    } catch (error) {
      runner.close();
      return { key, label, missing: error.message };
    }
  }
}
