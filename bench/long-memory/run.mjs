#!/usr/bin/env node
// Trains the models of studies.mjs and records each run as a line of results.jsonl, with how the gradient fared. Runs that are
// recorded already are not done again, so that the list can be spread over days.
//
//   node long-memory/run.mjs [STUDY …] [--lengths 100,400] [--cells rnn,rnn-relu,gru,lstm] [--clip 1,0] [--seeds 1,2,3] [--again]
//   node long-memory/run.mjs --report      prints the tables of docs/long-memory.md and draws its figures
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { Records } from '../harness/records.mjs';
import { median } from '../harness/statistics.mjs';
import { gradientNormsOf } from './gradient-norms.mjs';
import { report } from './report.mjs';
import { cells, runsOf, studies } from './studies.mjs';
import { copySymbols } from './tasks.mjs';

const require = createRequire(import.meta.url);
const { ManyToMany, ManyToOne } = require('../..');

const records = new Records(new URL('results.jsonl', import.meta.url), [
  'study',
  'T',
  'cell',
  'clipNorm',
  'seed',
]);

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

/** Three digits: enough for a figure. */
const short = (value) => Number(value.toPrecision(3));

async function perform(run) {
  const { mode, make, gain, fit, sequences, metric, ...study } = studies[run.study];
  const { T, cell, clipNorm, seed } = run;
  const architecture = study.architecture(T);
  const data = (part, offset) => [...make(T, sequences[part], 1000 * seed + offset)];
  const test = data('test', 2);
  const Model = mode === 'many-to-one' ? ManyToOne : ManyToMany;
  const model = new Model({ ...architecture, cell: cells[cell], seed });
  const result = { ...run, settings: { ...architecture, gain, ...fit, sequences }, curve: [], gradient: [] };
  if (gain !== undefined) multiply(model, 'recurrent.weight_hh_l0', gain);
  if (mode === 'many-to-one') result.normsBefore = normsOf(model, test);
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
        if (kind !== 'epoch') return;
        result.curve.push(short(metrics.loss));
        result.gradient.push(summary(ofEpoch));
        ofEpoch = [];
      },
    });
  } catch (error) {
    if (error.code !== 'ERR_NON_FINITE') throw error;
    result.failed = error.message;
    if (ofEpoch.length > 0) result.gradient.push(summary(ofEpoch));
  }
  result.seconds = short((performance.now() - began) / 1000);
  if (result.failed === undefined) {
    const measured = await model.evaluate(test);
    result.loss = measured.loss;
    result[metric] = metric === 'recalled' ? await recalled(model, test) : measured[metric];
    if (mode === 'many-to-one') result.normsAfter = normsOf(model, test);
  }
  model.dispose();
  return result;
}

const summary = (norms) => ({ median: short(median(norms)), largest: short(Math.max(...norms)) });

function multiply(model, name, gain) {
  const { data } = model.parameters()[name];
  model.setParameter(
    name,
    data.map((weight) => gain * weight),
  );
}

function normsOf(model, examples) {
  const norms = gradientNormsOf(model, examples.slice(0, 64));
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
  report(records.runs());
} else {
  const names = positionals.length > 0 ? positionals : Object.keys(studies);
  for (const seed of options.seeds.split(',').map(Number)) {
    for (const run of names.flatMap((name) => [...runsOf(name)])) {
      const wanted =
        chosen(options.lengths, run.T) &&
        chosen(options.cells, run.cell) &&
        chosen(options.clip, run.clipNorm);
      if (wanted && (options.again || !records.has({ ...run, seed }))) {
        const result = await perform({ ...run, seed });
        records.append(result);
        const { metric } = studies[run.study];
        const outcome = result.failed ?? `${metric} ${short(result[metric])}`;
        console.log(
          `${run.study}, T ${run.T}, ${run.cell}, clipping ${run.clipNorm || 'off'}, seed ${seed}: ${outcome}, ${result.seconds.toFixed(0)} s`,
        );
      }
    }
  }
}
