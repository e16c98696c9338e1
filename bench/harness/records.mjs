import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A file of runs, a JSON object a line, that only ever grows. What is under `keys` tells one run from another. */
export class Records {
  #path;
  #keys;

  /** @param {URL} file @param {string[]} keys */
  constructor(file, keys) {
    this.#path = fileURLToPath(file);
    this.#keys = keys;
  }

  /** All runs; of one that was done again, the last. */
  runs() {
    if (!existsSync(this.#path)) return [];
    const lines = readFileSync(this.#path, 'utf8').split('\n');
    const runs = lines.filter((line) => line !== '').map((line) => JSON.parse(line));
    return [...new Map(runs.map((run) => [this.#name(run), run])).values()];
  }

  has(run) {
    return this.runs().some((other) => this.#name(other) === this.#name(run));
  }

  append(run) {
    appendFileSync(this.#path, JSON.stringify(run) + '\n');
  }

  #name(run) {
    return JSON.stringify(this.#keys.map((key) => run[key]));
  }
}
