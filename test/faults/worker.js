'use strict';
// One worker thread that trains and predicts without end, in one of several ways of ending badly.
const { parentPort, workerData } = require('node:worker_threads');

const loaded = { exports: {} };
process.dlopen(loaded, workerData.addon);
const { Network, Trainer } = loaded.exports;

const network = new Network(workerData.network);
const trainer = new Trainer(network, workerData.training);

function batch() {
  const lengths = Int32Array.from({ length: 8 }, () => 3 + Math.floor(Math.random() * 6));
  const tokens = Int32Array.from({ length: lengths.reduce((sum, n) => sum + n) }, () =>
    Math.floor(Math.random() * workerData.network.input.vocabulary),
  );
  return { lengths, tokens, classes: tokens.map((token) => token % workerData.network.output.size) };
}

async function run() {
  for (let round = 0; ; round += 1) {
    const calls = Array.from({ length: 20 }, (_, i) =>
      i % 2 ? trainer.step(batch(), 0.01) : network.evaluate(batch()),
    );
    if (round === 0) parentPort.postMessage('under way');
    if (round === 2 && workerData.end === 'return') {
      await Promise.all(calls);
      return;
    }
    if (round === 2 && workerData.end === 'exit') process.exit(0);
    if (round === 2 && workerData.end === 'throw') {
      calls[0].then(() => {
        throw new Error('thrown in a callback');
      });
    }
    await Promise.all(calls);
  }
}

run();
