import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import { patience, times } from '../long';

const rounds = times(3, 50);

/** A worker thread whose model writes without end. */
async function start(end?: 'exit'): Promise<{ worker: Worker; exit: Promise<number> }> {
  const worker = new Worker(join(__dirname, 'decode-forever.js'), { workerData: end });
  const exit = new Promise<number>((resolve) => worker.once('exit', resolve));
  await new Promise((resolve) => worker.once('message', resolve));
  return { worker, exit };
}

test(
  'a worker thread can be terminated while a model writes without end',
  async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { worker } = await start();
      await pause(Math.random() * 30);
      expect(await worker.terminate()).toBe(1);
    }
  },
  patience(rounds, 5_000),
);

test('process.exit ends a worker thread whose model writes without end', async () => {
  const { exit } = await start('exit');
  expect(await exit).toBe(7);
}, 60_000);
