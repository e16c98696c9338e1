// Symbols a second that the native core generates: many sequences side by side, step by step.
// node generation.mjs [--sequences 64] [--hidden 256] [--steps 200] [--rounds 9] [--json FILE]
import { createRequire } from 'node:module';
import { writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { describeMachine, machineLines } from './harness/machine.mjs';
import { summarize } from './harness/statistics.mjs';
import { formatTable } from './harness/table.mjs';

const { native } = createRequire(import.meta.url)('../dist/native');
const { Generator, Network } = native();

const { values: flags } = parseArgs({
  options: {
    sequences: { type: 'string', default: '64' },
    hidden: { type: 'string', default: '256' },
    steps: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '9' },
    json: { type: 'string' },
  },
});
const [sequences, hidden, steps, rounds] = ['sequences', 'hidden', 'steps', 'rounds'].map((name) =>
  Number(flags[name]),
);

const cases = [
  { name: 'temperature 1', vocabulary: 65, change: {} },
  { name: 'temperature 0.8', vocabulary: 65, change: { temperature: 0.8 } },
  { name: 'top-k 20, top-p 0.9', vocabulary: 65, change: { topK: 20, topP: 0.9 } },
  { name: 'greedy', vocabulary: 65, change: { temperature: 0 } },
  { name: 'temperature 1', vocabulary: 10_000, change: {} },
  { name: 'temperature 0.8, top-p 0.9', vocabulary: 10_000, change: { temperature: 0.8, topP: 0.9 } },
  { name: 'top-k 40', vocabulary: 10_000, change: { topK: 40 } },
];

function network(vocabulary) {
  return new Network({
    cell: 'lstm',
    activation: 'tanh',
    resetAfter: false,
    forgetBias: 1,
    hidden,
    layers: 1,
    bidirectional: false,
    seed: 1,
    dropout: { input: 0, between: 0, recurrent: 0, output: 0 },
    input: { kind: 'tokens', vocabulary, embedding: 64, window: 0 },
    pooling: 'none',
    output: { kind: 'classes', size: vocabulary },
  });
}

/** Seconds of a round, the first steps (packing, prompts) left out. */
async function run(model, change) {
  const prompts = { lengths: new Int32Array(sequences).fill(1), tokens: new Int32Array(sequences) };
  const generator = new Generator(model, prompts, {
    temperature: 1,
    topK: 0,
    topP: 1,
    seeds: Float64Array.from({ length: sequences }, (_, b) => b),
    banned: Int32Array.of(1),
    endless: true,
    ...change,
  });
  await generator.next(5);
  const begin = performance.now();
  await generator.next(steps);
  const seconds = (performance.now() - begin) / 1000;
  generator.dispose();
  return seconds;
}

const machine = await describeMachine();
console.log(machineLines(machine).join('\n'));
console.log(`\n${sequences} sequences, LSTM ${hidden}, embedding 64, ${steps} steps, ${rounds} rounds\n`);
const models = new Map([...new Set(cases.map(({ vocabulary }) => vocabulary))].map((v) => [v, network(v)]));
const times = cases.map(() => []);
for (let round = 0; round < rounds; round += 1)
  for (const [index, { vocabulary, change }] of cases.entries())
    times[index].push([await run(models.get(vocabulary), change)]);
const results = cases.map(({ name, vocabulary }, index) => {
  const { median, spread } = summarize(times[index]);
  return { name, vocabulary, symbolsPerSecond: (sequences * steps) / median, microsecondsPerStep: (1e6 * median) / steps, spread };
});
console.log(
  formatTable(
    ['choice', 'vocabulary', 'symbols/s', 'µs/step', 'spread'],
    results.map((r) => [
      r.name,
      String(r.vocabulary),
      r.symbolsPerSecond.toFixed(0),
      r.microsecondsPerStep.toFixed(0),
      `${(100 * r.spread).toFixed(0)} %`,
    ]),
  ),
);
if (flags.json) await writeFile(flags.json, `${JSON.stringify({ machine, sequences, hidden, steps, results }, null, 1)}\n`);
