#!/usr/bin/env node
// Trains the models of studies.mjs and records each run as a line of results.jsonl, with how the gradient fared. Runs that are
// recorded already are not done again, so that the list can be spread over days.
//
//   node long-memory/run.mjs [adding] [copy] [--lengths 100,400] [--cells rnn,gru] [--clip 1,0] [--seeds 1,2,3] [--again]
//   node long-memory/run.mjs --report      prints the tables of docs/long-memory.md and draws its figures
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from '../harness/statistics.mjs';
import { gradientNormsOf } from './gradient-norms.mjs';
import { report } from './report.mjs';
import { runsOf, studies } from './studies.mjs';
import { copySymbols } from './tasks.mjs';

const require = createRequire(import.meta.url);
const { ManyToMany, ManyToOne } = require('../..');

const record = process.env.MEMREC ?? fileURLToPath(new URL("results.jsonl", import.meta.url));

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    lengths: { type: 'string' },
    cells: { type: 'string' },
    clip: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3' },
    again: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
  },
});

const recorded = () =>
  existsSync(record)
    ? readFileSync(record, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line))
    : [];

const sameRun = (run) => (other) =>
  ['study', 'T', 'cell', 'clipNorm', 'seed'].every((key) => run[key] === other[key]);

/** Three digits: enough for a figure. */
const short = (value) => Number(value.toPrecision(3));

async function perform(run) {
  const { mode, make, architecture, fit, sequences, metric } = studies[run.study];
  const { T, cell, clipNorm, seed } = run;
  const data = (part, offset) => [...make(T, sequences[part], 1000 * seed + offset)];
  const test = data('test', 2);
  const Model = mode === 'many-to-one' ? ManyToOne : ManyToMany;
  const model = new Model({ ...architecture, cell, seed });
  const result = { ...run, settings: { ...architecture, ...fit, sequences }, curve: [], gradient: [] };
  if (run.study === 'adding') result.normsBefore = normsOf(untrained(run), test, T);
  let ofEpoch = [];
  const began = performance.now();
  try {
    await model.fit(data('train', 0), {
      ...fit,
      clipNorm,
      metric: 'loss',
      patience: fit.epochs,
      validation: data('valid', 1),
      onProgress({ kind, gradientNorm, metrics }) {
        if (kind === 'step') {
          ofEpoch.push(gradientNorm);
          return;
        }
        result.curve.push(short(metrics.loss));
        result.gradient.push({ median: short(median(ofEpoch)), largest: short(Math.max(...ofEpoch)) });
        ofEpoch = [];
      },
    });
  } catch (error) {
    if (error.code !== 'ERR_NON_FINITE') throw error;
    result.failed = error.message;
  }
  result.seconds = short((performance.now() - began) / 1000);
  if (result.failed === undefined) {
    const measured = await model.evaluate(test);
    result.loss = measured.loss;
    result[metric] = metric === 'recalled' ? await recalled(model, test) : measured[metric];
    if (run.study === 'adding') result.normsAfter = normsOf(model, test, T);
  }
  model.dispose();
  return result;
}

/** The model with the same first parameters, whose sizes are known before it has seen data. */
function untrained({ study, cell, seed }) {
  const { hidden } = studies[study].architecture;
  const input = { kind: 'features', size: 2, normalize: false };
  return new ManyToOne({ cell, hidden, seed, input, output: { kind: 'values', size: 1 } });
}

function normsOf(model, examples, T) {
  const norms = gradientNormsOf(model, examples.slice(0, 64), studies.adding.scale(T));
  return Object.fromEntries(Object.entries(norms).map(([name, values]) => [name, values.map(short)]));
}

/** Share of the symbols to be recalled that are right. */
async function recalled(model, examples) {
  const predictions = await model.predictMany(examples.map(({ x }) => x));
  let right = 0;
  predictions.forEach(({ labels }, i) => {
    const { y } = examples[i];
    for (let t = y.length - copySymbols; t < y.length; t++) right += labels[t] === y[t] ? 1 : 0;
  });
  return right / (copySymbols * examples.length);
}

const chosen = (list, value) => list === undefined || list.split(',').includes(String(value));

if (options.report) {
  report(recorded());
} else {
  const names = positionals.length > 0 ? positionals : Object.keys(studies);
  for (const seed of options.seeds.split(',').map(Number)) {
    for (const run of names.flatMap((name) => [...runsOf(name)])) {
      const wanted = chosen(options.lengths, run.T) && chosen(options.cells, run.cell) && chosen(options.clip, run.clipNorm);
      const done = recorded().some(sameRun({ ...run, seed }));
      if (wanted && (options.again || !done)) {
        const result = await perform({ ...run, seed });
        appendFileSync(record, JSON.stringify(result) + '\n');
        const { metric } = studies[run.study];
        const outcome = result.failed ?? `${metric} ${short(result[metric])}`;
        console.log(
          `${run.study}, T ${run.T}, ${run.cell}, clipping ${run.clipNorm || 'off'}, seed ${seed}: ${outcome}, ${result.seconds.toFixed(0)} s`,
        );
      }
    }
  }
}
