'use strict';
// A worker thread in which a model writes an output that never ends, until `workerData` says how the thread ends.
const { parentPort, workerData } = require('node:worker_threads');
const { EncoderDecoder } = require('../../dist');

async function run() {
  const model = new EncoderDecoder({
    cell: 'gru',
    hidden: 4,
    input: { kind: 'tokens', embedding: 4 },
    output: { kind: 'classes' },
    attention: 'none',
  });
  await model.fit([{ x: 'a b', y: ['c', 'd'] }], { epochs: 1 });
  const { data: bias } = model.parameters()['output.bias'];
  // The end is what it never chooses.
  bias[0] = -1e6;
  model.setParameter('output.bias', bias);
  void model.predict('a b', { beam: 1, maxSteps: 2 ** 31 - 1 });
  void model.predict('a b', { beam: 5, maxSteps: 2 ** 31 - 1 });
  setTimeout(() => {
    parentPort.postMessage('under way');
    if (workerData === 'exit') process.exit(7);
  }, 50);
}

run();
