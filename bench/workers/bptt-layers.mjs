// One process that times `Recurrent`; asked by harness/process-runner.mjs.
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { serve } from '../harness/process-runner.mjs';

const require = createRequire(import.meta.url);
const { Recurrent } = require('../..');
const { native } = require('../../dist/native.js');
const { version } = require('../../package.json');

let step;

function noise(length) {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 2;
  });
}

/** The weight matrices with two sets of values, to change before each step. */
function changingWeights(layer, bidirectional) {
  const suffixes = bidirectional ? ['', '_reverse'] : [''];
  return suffixes.flatMap((suffix) =>
    [`weight_ih_l0${suffix}`, `weight_hh_l0${suffix}`].map((name) => {
      const values = layer.parameter(name);
      return { name, values: [values, values.map((value) => value * 1.001)] };
    }),
  );
}

function prepare({ cell, shape, lengths, mode, threads }) {
  const { steps, batch, input, hidden, bidirectional = false } = shape;
  const layer = new Recurrent({ cell, input, hidden, bidirectional, threads });
  const width = hidden * (bidirectional ? 2 : 1);
  const x = noise(steps * batch * input);
  const output = new Float32Array(steps * batch * width);
  const ragged = lengths.some((length) => length < steps) ? { lengths: Int32Array.from(lengths) } : {};
  if (mode === 'infer') {
    step = () => layer.forward(x, { steps, batch, output, ...ragged });
    return {};
  }
  const dOutput = noise(output.length);
  const dInput = new Float32Array(x.length);
  const weights = changingWeights(layer, bidirectional);
  let count = 0;
  step = () => {
    count++;
    for (const { name, values } of weights) layer.setParameter(name, values[count % 2]);
    layer.forward(x, { steps, batch, output, training: true, ...ragged });
    layer.backward(dOutput, undefined, { dInput });
  };
  return {};
}

function run({ seconds, least }) {
  step();
  const milliseconds = [];
  const end = performance.now() + 1000 * seconds;
  while (milliseconds.length < least || performance.now() < end) {
    const begin = performance.now();
    step();
    milliseconds.push(performance.now() - begin);
  }
  return { milliseconds };
}

/** The multiply-add peak of its instruction set, GFLOP/s. */
const measurePeak = async ({ threads, seconds }) => ({ peak: await native().measurePeak({ threads, seconds }) });

await serve({
  describe: () => ({ name: `bptt ${version}`, detail: native().system().isa }),
  measurePeak,
  prepare,
  run,
});
