import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { patience, times } from '../long';

const addon = join(__dirname, '..', '..', 'build', 'Release', 'bptt.node');

const workerData = {
  addon,
  network: {
    cell: 'gru',
    activation: 'tanh',
    resetAfter: true,
    forgetBias: 0,
    peepholes: false,
    projection: 0,
    layerNorm: false,
    hidden: 20,
    layers: 1,
    bidirectional: true,
    seed: 1,
    dropout: { input: 0, between: 0, recurrent: 0, output: 0 },
    input: { kind: 'tokens', vocabulary: 20, embedding: 8, window: 0 },
    pooling: 'none',
    output: { kind: 'classes', size: 5 },
  },
  training: {
    optimizer: {
      kind: 'adam',
      momentum: 0,
      nesterov: false,
      decay: 0.9,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
    },
    clipNorm: 5,
    threads: 2,
    seed: 1,
  },
};

/** A worker that trains, once its first calls are under way. */
async function start(end?: 'exit' | 'throw' | 'return'): Promise<{ worker: Worker; ended: Promise<string> }> {
  const worker = new Worker(join(__dirname, 'worker.js'), { workerData: { ...workerData, end } });
  const ended = new Promise<string>((resolve) => {
    worker.once('error', (error: Error) => {
      resolve(error.message);
    });
    worker.once('exit', (code) => {
      resolve(`exit ${code}`);
    });
  });
  await new Promise((resolve) => worker.once('message', resolve));
  return { worker, ended };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const rounds = times(25, 200);

test(
  'worker threads can be terminated at any moment',
  async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { worker } = await start();
      await pause(Math.random() * 15);
      expect(await worker.terminate()).toBe(1);
    }
  },
  patience(rounds, 1_500),
);

test('eight worker threads train at once', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => start()));
  await pause(100);
  await Promise.all(all.map(({ worker }) => worker.terminate()));
}, 60_000);

test.each([
  ['exit', 'exit 0'],
  ['return', 'exit 0'],
  ['throw', 'thrown in a callback'],
] as const)(
  'a worker thread that ends by %s takes its threads with it',
  async (end, expected) => {
    for (let round = 0; round < 10; round += 1) {
      const { ended } = await start(end);
      expect(await ended).toBe(expected);
    }
  },
  60_000,
);

test.each(['exit', 'throw', 'return'])('a process that ends by %s while it trains ends at once', (end) => {
  const script = `
    const { EventEmitter } = require('node:events');
    const workers = require('node:worker_threads');
    Object.assign(workers, { parentPort: { postMessage() {} }, workerData: ${JSON.stringify({ ...workerData, end })} });
    require(${JSON.stringify(join(__dirname, 'worker.js'))});`;
  const { status, signal, stderr } = spawnSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect({ status, signal }).toEqual({ status: end === 'throw' ? 1 : 0, signal: null });
  expect(stderr).toMatch(end === 'throw' ? /thrown in a callback/ : /^$/);
});

test('a measurement of the machine ends with its worker thread, however long it was to take', async () => {
  const script = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { measurePeak, measureReadBandwidth } = require(workerData);
    void measurePeak({ precision: 'float32', threads: 2, seconds: 60 });
    void measureReadBandwidth({ bytes: 2 ** 20, threads: 2, seconds: 60 });
    parentPort.postMessage('measuring');`;
  const worker = new Worker(script, { eval: true, workerData: addon });
  await new Promise((resolve) => worker.once('message', resolve));
  await pause(50);
  expect(await worker.terminate()).toBe(1);
}, 20_000);
