import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { times } from '../long';

type Counts = Record<string, number>;

interface Result {
  fine: Counts;
  refused: Counts;
  codes: Counts;
}

/** What can be called with arguments that are right or wrong. */
const calls = [
  'decode',
  'evaluate',
  'forward',
  'backward',
  'new Generator',
  'new Network',
  'new RecurrentLayer',
  'new Stream',
  'new Trainer',
  'next',
  'resume',
  'setParameter',
  'setState',
  'step',
  'stream.step',
  'trainer.evaluate',
];

test(
  'whatever the addon is called with, it gives a sound result or an error with a code',
  () => {
    // In a process of its own, which may crash or hang; it says how to try again what failed.
    const count = times(300, 30_000);
    const { status, signal, stdout, stderr } = spawnSync(
      process.execPath,
      [join(__dirname, 'native-calls.mjs'), '--first', '1', '--count', String(count)],
      { encoding: 'utf8', timeout: times(2, 60) * 60_000, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 },
    );
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
    const { fine, refused, codes } = JSON.parse(stdout) as Result;
    for (const call of calls) {
      expect({ call, fine: (fine[call] ?? 0) > count / 50 }).toEqual({ call, fine: true });
      expect({ call, refused: (refused[call] ?? 0) > count / 50 }).toEqual({ call, refused: true });
    }
    for (const code of ['ERR_OPTION', 'ERR_DATA', 'ERR_SHAPE', 'ERR_STATE', 'ERR_NON_FINITE', 'ERR_DISPOSED'])
      expect(Object.keys(codes)).toContain(code);
  },
  times(150_000, 3_700_000),
);
