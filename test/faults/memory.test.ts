import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();
const canLimit = spawnSync('prlimit', ['--version']).status === 0;

/** What a process says that runs out of address space and goes on. */
function run(scenario: string): { status: number | null; signal: string | null; said: string } {
  const file = join(folder, 'model.safetensors');
  const { status, signal, stdout } = spawnSync(
    process.execPath,
    [join(__dirname, 'memory.js'), scenario, file],
    {
      encoding: 'utf8',
    },
  );
  return { status, signal, said: stdout.trimEnd() };
}

(canLimit ? test : test.skip).each([
  ['fit', 'ERR_MEMORY, as before'],
  ['predict', 'ERR_MEMORY, 5'],
  ['copy', 'ERR_MEMORY, 4096'],
  ['output', 'ERR_MEMORY, 5000'],
  ['load', 'ERR_MEMORY, one-to-many'],
])(
  'a process without memory for %s lives and goes on',
  (scenario, said) => {
    expect(run(scenario)).toEqual({ status: 0, signal: null, said });
  },
  60_000,
);
