'use strict';
// A worker thread in which a model is trained and predicts at the same time, without end or until `workerData` says how it ends.
const { parentPort, workerData } = require('node:worker_threads');
const { ManyToMany } = require('../../dist');

const sentences = Array.from({ length: 60 }, (_, i) => {
  const x = Array.from({ length: 1 + (i % 9) }, (_, step) => `word ${(i * 7 + step * 3) % 11}`);
  return { x, y: x.map((word) => (word.length % 2 ? 'O' : 'B-x')) };
});

const make = () =>
  new ManyToMany({
    cell: 'lstm',
    hidden: 24,
    bidirectional: true,
    input: { kind: 'tokens', embedding: 16 },
    output: { kind: 'classes' },
  });

async function run() {
  const model = make();
  await model.fit(sentences, { epochs: 1 });
  let steps = 0;
  let predicting = false;
  const onProgress = () => {
    steps += 1;
    if (steps === 1) parentPort.postMessage('under way');
    if (steps === 20 && workerData === 'exit') process.exit(7);
    if (steps === 20 && workerData === 'throw') throw new Error('thrown in a callback');
    if (predicting) return;
    predicting = true;
    void model.predictMany(sentences.map(({ x }) => x)).then(() => (predicting = false));
  };
  try {
    await model.fit(sentences, { epochs: 1e6, batchSize: 8, onProgress });
  } catch (error) {
    // The model is as it was before, and goes on.
    const { labels } = await model.predict(['word 1']);
    const { epochs } = await model.fit(sentences, { epochs: 1 });
    parentPort.postMessage({ message: error.message, labels: labels.length, epochs: epochs.length });
  }
}

run();
