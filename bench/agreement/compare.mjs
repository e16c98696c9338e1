// Compares the bare layer with PyTorch on random shapes: outputs, final state, and every gradient.
// node agreement/compare.mjs [--seed 1] [--count 70] [--threads 2] [--python PATH]
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from '../harness/statistics.mjs';
import { formatTable } from '../harness/table.mjs';

const { Recurrent } = createRequire(import.meta.url)('../..');

/** Errors are shares of the largest absolute value of each array; beyond this the run fails. */
const bound = 1e-5;

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '70' },
    threads: { type: 'string', default: '2' },
    python: { type: 'string', default: process.env.PYTHON ?? 'python3' },
  },
});

function decode(array) {
  const bytes = Buffer.from(array.slice('f32:'.length), 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(4 * index));
}

const decodeState = (state) =>
  state && Object.fromEntries(Object.entries(state).map(([name, array]) => [name, decode(array)]));

function errorOf(actual, expected) {
  const exact = decode(expected);
  let error = 0;
  let scale = 0;
  for (const [index, value] of exact.entries()) {
    error = Math.max(error, Math.abs(actual[index] - value)); // a NaN stays
    scale = Math.max(scale, Math.abs(value));
  }
  return scale > 0 ? error / scale : error;
}

/** The largest error of each array, by name. */
function errorsOf({ options: architecture, parameters, case: one }) {
  const layer = new Recurrent({ ...architecture, threads: Number(options.threads) });
  for (const [name, data] of Object.entries(parameters)) layer.setParameter(name, decode(data));
  const state = decodeState(one.state);
  const forward = layer.forward(decode(one.x), {
    steps: one.steps,
    batch: one.batch,
    training: true,
    ...(one.lengths && { lengths: Int32Array.from(one.lengths) }),
    ...(state && { state }),
  });
  const backward = layer.backward(decode(one.dOutput), decodeState(one.dFinalState));
  const pairs = [
    ['output', forward.output, one.output],
    ['dInput', backward.dInput, one.dInput],
    ...Object.keys(one.finalState).flatMap((name) => [
      [name, forward.state[name], one.finalState[name]],
      [`d${name}`, backward.dState[name], one.dState[name]],
    ]),
    ...Object.entries(one.gradients).map(([name, gradient]) => [name, layer.gradient(name), gradient]),
  ];
  const errors = pairs.map(([name, actual, expected]) => ({ name, error: errorOf(actual, expected) }));
  layer.dispose();
  return errors;
}

const python = spawn(
  options.python,
  [fileURLToPath(new URL('cases.py', import.meta.url)), options.seed, options.count],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
const ended = new Promise((resolve) => {
  python.on('error', (error) => resolve(error.message));
  python.on('close', (code) => resolve(code === 0 ? undefined : `ended with ${code}`));
});

/** @type {Map<string, { ours: number[], torch: number[] }>} */
const cells = new Map();
const failures = [];
for await (const line of createInterface({ input: python.stdout })) {
  const problem = JSON.parse(line);
  const { name } = problem.case;
  const errors = errorsOf(problem);
  const worst =
    errors.find(({ error }) => Number.isNaN(error)) ?? errors.sort((a, b) => b.error - a.error)[0];
  if (!(worst.error <= bound)) failures.push(`${name}: ${worst.name} is ${worst.error.toExponential(1)} off`);
  const cell = name.split(' ')[2];
  const record = cells.get(cell) ?? { ours: [], torch: [] };
  record.ours.push(worst.error);
  record.torch.push(problem.float32Error);
  cells.set(cell, record);
}
const problem = await ended;
if (problem !== undefined) {
  process.stderr.write(`${options.python}: ${problem}; PyTorch is needed here (requirements.txt).\n`);
  process.exit(1);
}

const small = (value) => value.toExponential(1);
console.log(
  [
    `Largest error of any array against PyTorch in float64, as a share of the array's largest value;`,
    `seeds ${options.seed} to ${Number(options.seed) + Number(options.count) - 1}, ${options.threads} threads.`,
    '',
    formatTable(
      ['cell', 'cases', 'bptt worst', 'bptt median', 'PyTorch float32 worst', 'median'],
      [...cells].map(([cell, { ours, torch }]) => [
        cell,
        String(ours.length),
        small(Math.max(...ours)),
        small(median(ours)),
        small(Math.max(...torch)),
        small(median(torch)),
      ]),
    ),
    '',
    failures.length === 0 ? `All within ${small(bound)}.` : failures.join('\n'),
  ].join('\n'),
);
process.exitCode = failures.length === 0 ? 0 : 1;
