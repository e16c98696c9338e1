import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();
const canLimit = spawnSync('prlimit', ['--version']).status === 0;

/** What a process says that runs out of address space and goes on. */
function run(scenario: string): { status: number | null; signal: string | null; said: string } {
  const file = join(folder, 'model.safetensors');
  // Helping threads of V8, each with an arena of its own, would take what is meant for one array.
  const { status, signal, stdout } = spawnSync(
    process.execPath,
    ['--single-threaded-gc', join(__dirname, 'memory.js'), scenario, file],
    { encoding: 'utf8', env: { ...process.env, MALLOC_ARENA_MAX: '1' } },
  );
  return { status, signal, said: stdout.trimEnd() };
}

(canLimit ? test : test.skip).each([
  ['fit', 'ERR_MEMORY, as before'],
  ['predict', 'ERR_MEMORY, 5'],
  ['copy', 'ERR_MEMORY, 6000'],
  ['output', 'ERR_MEMORY, 5000'],
  ['load', 'ERR_MEMORY, one-to-many'],
])(
  'a process without memory for %s lives and goes on',
  (scenario, said) => {
    expect(run(scenario)).toEqual({ status: 0, signal: null, said });
  },
  60_000,
);
