// ONNX Runtime's side of the comparison: node onnxruntime.mjs THREADS. Inference only.
import { createRequire } from 'node:module';
import { serveSteps } from '../harness/step-server.mjs';
import { noise } from './noise.mjs';
import { recurrentModel } from './onnx-model.mjs';

const require = createRequire(import.meta.url);
const ort = require('onnxruntime-node');
const { version } = require('onnxruntime-node/package.json');
const threads = Number(process.argv[2]);
const gates = { rnn: 1, gru: 3, lstm: 4 };

/** Weights as `Recurrent` would have them at the start. */
function randomWeights(cell, input, hidden) {
  const rows = gates[cell] * hidden;
  const scale = hidden ** -0.5;
  const extra = cell === 'gru' ? { bias_hn: noise(hidden, scale) } : {};
  return {
    weight_ih: noise(rows * input, scale),
    weight_hh: noise(rows * hidden, scale),
    bias: noise(rows, scale),
    ...extra,
  };
}

const session = (model) =>
  ort.InferenceSession.create(model, { intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: 'all' });

async function layer({ cell, shape, lengths, mode }) {
  if (mode !== 'infer') throw new Error('does not train');
  const { steps, batch, input, hidden, bidirectional = false } = shape;
  const ragged = lengths.some((length) => length < steps);
  const directions = Array.from({ length: bidirectional ? 2 : 1 }, () => randomWeights(cell, input, hidden));
  const running = await session(recurrentModel({ cell, steps, batch, input, hidden, ragged }, directions));
  const x = new ort.Tensor('float32', noise(steps * batch * input), [steps, batch, input]);
  const feeds = ragged ? { x, lengths: new ort.Tensor('int32', Int32Array.from(lengths), [batch]) } : { x };
  return closing(running, () => running.run(feeds));
}

/** The state of a step is what the step before it gave. */
async function stream({ input, hidden }) {
  const shape = { cell: 'lstm', steps: 1, batch: 1, input, hidden, states: true };
  const running = await session(recurrentModel(shape, [randomWeights('lstm', input, hidden)]));
  const rows = Array.from({ length: 16 }, (_, i) => new ort.Tensor('float32', noise(input, 1 + i / 16), [1, 1, input]));
  const state = () => new ort.Tensor('float32', new Float32Array(hidden), [1, 1, hidden]);
  let [h, c] = [state(), state()];
  let count = 0;
  return closing(running, async () => {
    const results = await running.run({ x: rows[count++ % rows.length], h, c });
    h = results.hn;
    c = results.cn;
  });
}

async function predictions({ steps, input, hidden, inFlight }) {
  const running = await session(
    recurrentModel({ cell: 'lstm', steps, batch: 1, input, hidden }, [randomWeights('lstm', input, hidden)]),
  );
  const xs = Array.from({ length: inFlight }, (_, i) => {
    return new ort.Tensor('float32', noise(steps * input, 1 + i / inFlight), [steps, 1, input]);
  });
  return closing(running, () => Promise.all(xs.map((x) => running.run({ x }))));
}

const closing = (running, step) => Object.assign(step, { close: () => running.release() });

await serveSteps(() => ({ name: `ONNX Runtime ${version}`, detail: 'onnxruntime-node, CPU' }), {
  layer,
  stream,
  predictions,
});
