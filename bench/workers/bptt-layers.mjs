// One process that times `Recurrent`; asked by harness/process-runner.mjs.
import { createRequire } from 'node:module';
import { timedLayer } from '../../dist/benchmark/layer-step.js';
import { timeCalls } from '../../dist/benchmark/timing.js';
import { native } from '../../dist/native.js';
import { serve } from '../harness/process-runner.mjs';

const { version } = createRequire(import.meta.url)('../../package.json');

let layer;

function prepare({ cell, shape, lengths, mode, threads }) {
  layer?.dispose();
  const ragged = lengths.some((length) => length < shape.steps);
  layer = timedLayer({ cell, shape, mode, threads, lengths: ragged ? Int32Array.from(lengths) : undefined });
  return {};
}

function run({ seconds, least }) {
  layer.step();
  return { milliseconds: timeCalls(layer.step, seconds, least) };
}

/** The multiply-add peak of its instruction set, GFLOP/s. */
const measurePeak = async ({ threads, seconds }) => ({ peak: await native().measurePeak({ threads, seconds }) });

await serve({
  describe: () => ({ name: `bptt ${version}`, detail: native().system().isa }),
  measurePeak,
  prepare,
  run,
});
