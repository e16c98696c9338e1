// How late timers and file reads are while a model trains in the same process, beside an idle process. Prints one JSON line.
//   node event-loop.mjs --seconds 10
import { readFile as readFileWithCallback } from 'node:fs';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { quantile } from '../harness/statistics.mjs';
import { taggedSentences } from '../parts/synthetic.mjs';
import { wordReader } from '../peers/word-reader.mjs';

const { ManyToMany } = createRequire(import.meta.url)('../..');

const readFile = promisify(readFileWithCallback);
const timerDelay = 10;
const file = new URL('../package.json', import.meta.url);

/** Until `over.value`, the lateness of timers in ms. */
async function watchTimers(over) {
  const late = [];
  while (!over.value) {
    const due = performance.now() + timerDelay;
    await pause(timerDelay);
    late.push(Math.max(0, performance.now() - due));
  }
  return late;
}

/** Until `over.value`, what reading a small file takes, in ms. */
async function watchReads(over) {
  const took = [];
  while (!over.value) {
    const begin = performance.now();
    await readFile(file);
    took.push(performance.now() - begin);
    await pause(timerDelay);
  }
  return took;
}

async function watch(work) {
  const over = { value: false };
  const watching = Promise.all([watchTimers(over), watchReads(over)]);
  await work();
  over.value = true;
  const [timers, reads] = await watching;
  return { timers, reads };
}

async function train(data, seconds) {
  const model = new ManyToMany(wordReader());
  let steps = 0;
  await model.fit(data, {
    minutes: seconds / 60,
    batchSize: 16,
    onProgress: ({ kind }) => void (steps += kind === 'step' ? 1 : 0),
  });
  model.dispose();
  return steps;
}

const summary = (what, values) => ({
  what,
  p50: quantile(values, 0.5),
  p90: quantile(values, 0.9),
  p99: quantile(values, 0.99),
  max: Math.max(...values),
  count: values.length,
});

const { values: options } = parseArgs({ options: { seconds: { type: 'string', default: '10' } } });
const seconds = Number(options.seconds);
const data = taggedSentences();
const idle = await watch(() => pause(1000 * seconds));
let steps;
const training = await watch(async () => {
  steps = await train(data, seconds);
});
const rows = [
  summary('timer, idle', idle.timers),
  summary('timer, training', training.timers),
  summary('readFile, idle', idle.reads),
  summary('readFile, training', training.reads),
];
console.log(JSON.stringify({ seconds, steps, timerDelay, rows }));
