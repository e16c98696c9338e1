#!/usr/bin/env node
// Trains and evaluates the models of settings.mjs by the command line, as a user would, and records each run as a line of
// results.jsonl. Runs that are recorded already are not done again, so that a long list can be spread over days.
//
//   node quality/run.mjs --data FOLDER [--only NAME,NAME] [--seeds 1,2,3] [--again]
//   node quality/run.mjs --table          prints the table of docs/results.md
//
// FOLDER holds a folder for each set with train, valid and test files (.jsonl or .txt, each also .gz). A set without a validation
// part gives every tenth training example to it. A series is one table, of which each part has its rows.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { Records } from '../harness/records.mjs';
import { mean } from '../harness/statistics.mjs';
import { hundredths } from '../harness/table.mjs';
import { settings } from './settings.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const records = new Records(new URL('results.jsonl', import.meta.url), ['name', 'seed']);
const bptt = here('../../dist/cli/main.js');

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    only: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3' },
    again: { type: 'boolean', default: false },
    table: { type: 'boolean', default: false },
  },
});

function run(arguments_) {
  const output = execFileSync(process.execPath, [bptt, ...arguments_, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output.trimEnd().split('\n').at(-1));
}

/** Paths of the parts; what has to be cut is written to `work`. */
function parts(set, work) {
  const find = (part) =>
    ['.jsonl', '.jsonl.gz', '.txt', '.txt.gz'].map((ending) => join(options.data, set, part + ending)).find(existsSync);
  const train = find('train');
  const test = find('test');
  if (train === undefined || test === undefined) {
    throw new Error(`--data: expected train and test files of ${set} in ${join(options.data, set)}`);
  }
  const valid = find('valid');
  if (valid !== undefined) {
    return { train, valid, test };
  }
  const bytes = readFileSync(train);
  const lines = (train.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().trimEnd().split('\n');
  const held = (index) => index % 10 === 3;
  const write = (name, keep) => {
    const path = join(work, name);
    writeFileSync(path, lines.filter((_, index) => keep(index)).join('\n') + '\n');
    return path;
  };
  return {
    train: write('train.jsonl', (index) => !held(index)),
    valid: write('valid.jsonl', held),
    test,
  };
}

/** The options that name the data, of the training and of both measurements. */
function dataOptions({ set, series }, work) {
  if (series === undefined) {
    const { train, valid, test } = parts(set, work);
    return {
      train: ['--data', train, '--valid', valid],
      valid: ['--data', valid],
      test: ['--data', test],
      shown: train.includes('.txt') ? '--data train.txt --valid valid.txt' : '--data train.jsonl --valid valid.jsonl',
    };
  }
  const { file, windows, rows } = series;
  const table = ['--data', join(options.data, set, file), ...windows.split(' ')];
  return {
    train: [...table, '--rows', rows.train, '--valid-rows', rows.valid],
    valid: [...table, '--rows', rows.valid],
    test: [...table, '--rows', rows.test],
    shown: `--data ${file} ${windows} --rows ${rows.train} --valid-rows ${rows.valid}`,
  };
}

/** Shares in per cent, nats as they are. */
const shownAs = (metric) => (metric === 'nllPerStep' ? (nats) => nats.toFixed(3) : hundredths);

function trainAndEvaluate(name, seed) {
  const { mode, metric, train } = settings[name];
  const work = mkdtempSync(join(tmpdir(), 'bptt-quality-'));
  try {
    const data = dataOptions(settings[name], work);
    const model = join(work, 'model.safetensors');
    const command = [...train.split(' '), '--seed', String(seed)];
    const began = Date.now();
    run(['train', mode, ...data.train, '--out', model, '--quiet', ...command]);
    const seconds = (Date.now() - began) / 1000;
    return {
      name,
      seed,
      command: `bptt train ${mode} ${data.shown} --out model.safetensors ${command.join(' ')}`,
      metric,
      valid: run(['evaluate', model, ...data.valid])[metric],
      test: run(['evaluate', model, ...data.test])[metric],
      seconds,
    };
  } finally {
    rmSync(work, { recursive: true });
  }
}

function table() {
  console.log(
    '| set | options of `bptt train` | metric | validation | test, seeds 1, 2, 3 | test, mean | bar | seconds a run |',
  );
  console.log('|---|---|---|---|---|---|---|---|');
  for (const [name, { set, mode, metric, bar, train }] of Object.entries(settings)) {
    const runs = records
      .runs()
      .filter((run) => run.name === name)
      .sort((a, b) => a.seed - b.seed);
    if (runs.length > 0) {
      const tests = runs.map((run) => run.test);
      const show = shownAs(metric);
      console.log(
        `| ${set} | \`${mode} ${train}\` | ${metric} | ${show(mean(runs.map((run) => run.valid)))} | ` +
          `${tests.map(show).join(', ')} | **${show(mean(tests))}** | ${show(bar)} | ${mean(runs.map((run) => run.seconds)).toFixed(0)} |`,
      );
    }
  }
}

if (options.table) {
  table();
} else {
  if (options.data === undefined) {
    throw new Error('--data FOLDER: expected the folder of the data sets');
  }
  const names = options.only?.split(',') ?? Object.keys(settings);
  for (const seed of options.seeds.split(',').map(Number)) {
    for (const name of names) {
      if (options.again || !records.has({ name, seed })) {
        const result = trainAndEvaluate(name, seed);
        records.append(result);
        console.log(
          `${name}, seed ${seed}: test ${result.metric} ${shownAs(result.metric)(result.test)}, ${result.seconds.toFixed(0)} s`,
        );
      }
    }
  }
}
