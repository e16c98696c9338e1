// How late timers and file reads are while a model trains in the same process, beside an idle process.
// node event-loop.mjs [--seconds 10] [--json FILE]
import { createRequire } from 'node:module';
import { readFile as readFileWithCallback } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { describeMachine, machineLines } from './harness/machine.mjs';
import { quantile } from './harness/statistics.mjs';
import { formatTable } from './harness/table.mjs';

const { ManyToMany } = createRequire(import.meta.url)('..');

const readFile = promisify(readFileWithCallback);
const timerDelay = 10;
const file = new URL('package.json', import.meta.url);

/** As large as a set of spoken requests: 4,500 sentences of 1 to 21 words, 900 words, 80 labels. */
function makeData() {
  let state = 7;
  const below = (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return Array.from({ length: 4500 }, () => {
    // The product of two draws makes low numbers frequent, as words are.
    const words = Array.from({ length: 1 + below(21) }, () => Math.floor((below(900) * below(900)) / 900));
    return { x: words.map((word) => `word${word}`), y: words.map((word) => `label${word % 80}`) };
  });
}

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
  const model = new ManyToMany({
    cell: 'lstm',
    hidden: 100,
    bidirectional: true,
    dropout: 0.3,
    input: { kind: 'tokens', embedding: 100 },
    output: { kind: 'classes' },
  });
  let steps = 0;
  await model.fit(data, {
    minutes: seconds / 60,
    batchSize: 16,
    onProgress: ({ kind }) => void (steps += kind === 'step' ? 1 : 0),
  });
  model.dispose();
  return steps;
}

const summary = (values) => ({
  p50: quantile(values, 0.5),
  p99: quantile(values, 0.99),
  max: Math.max(...values),
  count: values.length,
});

const { values: options } = parseArgs({
  options: { seconds: { type: 'string', default: '10' }, json: { type: 'string' } },
});
const seconds = Number(options.seconds);
const machine = describeMachine();
const data = makeData();
const idle = await watch(() => pause(1000 * seconds));
let steps;
const training = await watch(async () => {
  steps = await train(data, seconds);
});

const results = {
  'timer, idle': summary(idle.timers),
  'timer, training': summary(training.timers),
  'readFile, idle': summary(idle.reads),
  'readFile, training': summary(training.reads),
};
if (options.json) {
  await writeFile(options.json, `${JSON.stringify({ machine, seconds, steps, results }, null, 2)}\n`);
}
const cells = ({ p50, p99, max, count }) => [
  ...[p50, p99, max].map((value) => value.toFixed(2)),
  String(count),
];
console.log(
  [
    ...machineLines(machine),
    `${steps} training steps in ${seconds} s; lateness of a ${timerDelay} ms timer and time of a small fs.readFile, ms`,
    '',
    formatTable(
      ['', 'p50', 'p99', 'max', 'count'],
      Object.entries(results).map(([name, result]) => [name, ...cells(result)]),
    ),
  ].join('\n'),
);
