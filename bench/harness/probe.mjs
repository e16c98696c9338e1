import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a program of `probes/` in a process of its own → the JSON of its last line of output. */
export async function runProbe(command, program, args = [], env = {}) {
  const path = fileURLToPath(new URL(`../probes/${program}`, import.meta.url));
  const { stdout } = await run(command, [path, ...args.map(String)], {
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** The same; where it fails, `{ missing }` with the reason. */
export async function tryProbe(...args) {
  try {
    return await runProbe(...args);
  } catch (error) {
    const lines = (error.stderr ?? error.message).trim().split('\n');
    return { missing: lines.at(-1) };
  }
}
