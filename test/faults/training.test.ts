import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import { patience, times } from '../long';

/** A worker thread in which `fit` is under way. */
async function start(end?: 'exit' | 'throw'): Promise<{ worker: Worker; exit: Promise<number> }> {
  const worker = new Worker(join(__dirname, 'fit-forever.js'), { workerData: end });
  const exit = new Promise<number>((resolve) => worker.once('exit', resolve));
  await new Promise((resolve) => worker.once('message', resolve));
  return { worker, exit };
}

const rounds = times(10, 200);

test(
  'a worker thread can be terminated while it fits a model',
  async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { worker } = await start();
      await pause(Math.random() * 30);
      expect(await worker.terminate()).toBe(1);
    }
  },
  patience(rounds, 5_000),
);

test('eight worker threads fit models at once', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => start()));
  await pause(200);
  expect(await Promise.all(all.map(({ worker }) => worker.terminate()))).toEqual(new Array(8).fill(1));
}, 60_000);

test('process.exit in a callback of fit ends the worker thread with that code', async () => {
  const { exit } = await start('exit');
  expect(await exit).toBe(7);
}, 60_000);

test('what a callback throws is what fit rejects with, and the model goes on', async () => {
  const { worker, exit } = await start('throw');
  const told = await new Promise((resolve) => worker.once('message', resolve));
  expect(told).toEqual({ message: 'thrown in a callback', labels: 1, epochs: 1 });
  expect(await exit).toBe(0);
}, 60_000);
