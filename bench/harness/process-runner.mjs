import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * A long-lived process that answers one JSON line with one JSON line, so that neither its start nor its compiling
 * is timed. `{ do: 'describe' | 'prepare' | 'run', … }` goes in; a result or `{ error }` comes back.
 */
export class ProcessRunner {
  #child;
  #waiting = [];
  #prepared;
  #errorOutput = '';
  #ended;

  /** @param {string} command @param {string[]} args @param {Record<string, string>} [env] */
  constructor(command, args, env = {}) {
    this.#child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      // What a library prints on its own is not an answer.
      if (line.startsWith('{')) this.#waiting.shift()?.resolve(line);
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#errorOutput = (this.#errorOutput + text).slice(-4000);
    });
    // A process that is gone shows up as its end; writing to it must not throw on its own.
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', (error) => this.#end(error.message));
    this.#child.on('close', (code, signal) => this.#end(this.#lastError() ?? `ended with ${signal ?? code}`));
  }

  /** @returns {Promise<any>} */
  async ask(request) {
    if (this.#ended !== undefined) throw new Error(this.#ended);
    const line = await new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    });
    const answer = JSON.parse(line);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  /** Asks it to prepare something, unless that is what it holds already. */
  async prepare(request) {
    const text = JSON.stringify(request);
    if (text === this.#prepared) return;
    this.#prepared = undefined;
    await this.ask({ do: 'prepare', ...request });
    this.#prepared = text;
  }

  close() {
    this.#child.stdin.end();
  }

  #end(reason) {
    this.#ended ??= reason;
    for (const { reject } of this.#waiting.splice(0)) reject(new Error(this.#ended));
  }

  #lastError() {
    return this.#errorOutput.trim().split('\n').at(-1) || undefined;
  }
}
