import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { times } from '../long';
import { temporaryFolder } from '../temporary-folder';

interface Result {
  loaded: number;
  refused: number;
  /** Trainings that went on from a checkpoint. */
  resumed: number;
}

const folder = temporaryFolder();

/**
 * In a process of its own, which may crash or hang: test/fuzz/run.mjs prints the case that failed and how to try it
 * again; where it could not, the file under way is kept.
 */
function fuzz(name: string, options: string[], minutes: number): Result {
  const cases = join(folder, name);
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [join(__dirname, 'run.mjs'), cases, ...options],
    { encoding: 'utf8', timeout: minutes * 60_000, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 },
  );
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  return JSON.parse(stdout) as Result;
}

test(
  'a model file that is wrong in any way is refused, or loads and can be used',
  () => {
    const count = times(1500, 200_000);
    const { loaded, refused, resumed } = fuzz(
      'mutated',
      ['--first', '1', '--count', String(count)],
      times(2, 60),
    );
    expect(loaded + refused).toBe(count);
    // A mutation may change nothing that matters; most do.
    expect(loaded).toBeGreaterThan(count / 50);
    expect(refused).toBeGreaterThan(count / 2);
    expect(resumed).toBeGreaterThan(count / 200);
  },
  times(150_000, 3_700_000),
);

test(
  'a model file cut off anywhere, or with any bit of its header flipped, is refused or can be used',
  () => {
    const { refused } = fuzz('damaged', ['--every', String(times(97, 1))], times(2, 60));
    expect(refused).toBeGreaterThan(times(1000, 100_000));
  },
  times(150_000, 3_700_000),
);
