#!/usr/bin/env node
// Trains and evaluates the models that bptt is compared with on real data, and records each run as a line of peer-results.jsonl. Runs that are
// recorded already are not done again.
//
//   PYTHON=… node quality/peers.mjs --data FOLDER [--only NAME,NAME] [--seeds 1,2,3] [--again]
//   node quality/peers.mjs --table        prints the table of docs/results.md
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Records } from '../harness/records.mjs';
import { mean } from '../harness/statistics.mjs';
import { hundredths } from '../harness/table.mjs';
import { peers } from './settings.mjs';

const records = new Records(new URL('peer-results.jsonl', import.meta.url), ['name', 'seed']);

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    only: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3' },
    python: { type: 'string', default: process.env.PYTHON ?? 'python3' },
    again: { type: 'boolean', default: false },
    table: { type: 'boolean', default: false },
  },
});

function trainAndEvaluate(name, seed) {
  const { set, program, train } = peers[name];
  const script = fileURLToPath(new URL(`../peers/${program}`, import.meta.url));
  const command = [...train.split(' '), '--seed', String(seed)];
  const output = execFileSync(options.python, [script, join(options.data, set), ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { metric, valid, test, seconds } = JSON.parse(output.trimEnd().split('\n').at(-1));
  return {
    name,
    seed,
    command: `python peers/${program} ${set} ${command.join(' ')}`,
    metric,
    valid,
    test,
    seconds,
  };
}

function table() {
  console.log(
    '| set | model | options | metric | validation | test, each seed | test, mean | seconds a run |',
  );
  console.log('|---|---|---|---|---|---|---|---|');
  for (const [name, { set, model, program, train }] of Object.entries(peers)) {
    const runs = records
      .runs()
      .filter((run) => run.name === name)
      .sort((a, b) => a.seed - b.seed);
    if (runs.length > 0) {
      const tests = runs.map((run) => run.test);
      console.log(
        `| ${set} | ${model} | \`${program} ${train}\` | ${runs[0].metric} | ${hundredths(mean(runs.map((run) => run.valid)))} | ` +
          `${tests.map(hundredths).join(', ')} | **${hundredths(mean(tests))}** | ${mean(runs.map((run) => run.seconds)).toFixed(0)} |`,
      );
    }
  }
}

if (options.table) {
  table();
} else {
  if (options.data === undefined) throw new Error('--data FOLDER: expected the folder of the data sets');
  const names = options.only?.split(',') ?? Object.keys(peers);
  for (const seed of options.seeds.split(',').map(Number)) {
    for (const name of names) {
      if (options.again || !records.has({ name, seed })) {
        const result = trainAndEvaluate(name, seed);
        records.append(result);
        console.log(
          `${name}, seed ${seed}: test ${result.metric} ${hundredths(result.test)}, ${result.seconds.toFixed(0)} s`,
        );
      }
    }
  }
}
