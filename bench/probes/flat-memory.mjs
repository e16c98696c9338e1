// Resident memory over many epochs, and over many models that are made, trained for a step and disposed. Prints one JSON line, in MB.
//   node flat-memory.mjs EPOCHS MODELS
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { taggedSentences } from '../parts/synthetic.mjs';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const { ManyToMany } = createRequire(import.meta.url)('../..');
const [epochs, models] = process.argv.slice(2).map(Number);
const samples = 20;
const data = taggedSentences({ count: 32 });

const make = () =>
  new ManyToMany({
    cell: 'lstm',
    hidden: 32,
    bidirectional: true,
    input: { kind: 'tokens', embedding: 32 },
    output: { kind: 'classes' },
  });

function resident() {
  collect();
  return process.memoryUsage.rss() / 1e6;
}

/** Memory at `samples` places of a work of `count` steps. */
async function watch(count, step) {
  const every = Math.max(1, Math.floor(count / samples));
  const points = [];
  for (let done = 1; done <= count; done += 1) {
    await step();
    if (done % every === 0) points.push([done, resident()]);
  }
  return points;
}

async function overEpochs() {
  const model = make();
  const points = [];
  const every = Math.max(1, Math.floor(epochs / samples));
  await model.fit(data, {
    epochs,
    onProgress: ({ kind, epoch }) => {
      if (kind === 'epoch' && epoch % every === 0) points.push([epoch, resident()]);
    },
  });
  model.dispose();
  return points;
}

async function overModels() {
  return watch(models, async () => {
    const model = make();
    await model.fit(data.slice(0, 1), { epochs: 1 });
    model.dispose();
  });
}

console.log(JSON.stringify({ epochs: await overEpochs(), models: await overModels() }));
