import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';

const require = createRequire(import.meta.url);
const { Recurrent } = require('../..');
const ort = optional('onnxruntime-node');
const options = { skip: ort === undefined || optional('protobufjs') === undefined ? 'onnxruntime-node is not installed' : false };

function optional(name) {
  try {
    return require(name);
  } catch {
    return undefined;
  }
}

/** The weights of a direction, random but for what a new layer has as zeros. */
function weightsOf(layer, cell, suffix) {
  const names = ['weight_ih', 'weight_hh', 'bias', ...(cell === 'gru' ? ['bias_hn'] : [])];
  return Object.fromEntries(
    names.map((name, n) => {
      const full = `${name}_l0${suffix}`;
      const values = layer.parameter(full).map((_, i) => Math.sin(i * 1.3 + n + suffix.length) / 3);
      layer.setParameter(full, values);
      return [name, values];
    }),
  );
}

for (const cell of ['rnn', 'gru', 'lstm']) {
  for (const bidirectional of [false, true]) {
    for (const lengths of [undefined, Int32Array.of(4, 1)]) {
      test(`${cell}${bidirectional ? ', both directions' : ''}${lengths ? ', ragged' : ''}: ONNX Runtime computes what bptt does`, options, async () => {
        const { recurrentModel } = await import('../peers/onnx-model.mjs');
        const [steps, batch, input, hidden] = [5, 2, 3, 4];
        const layer = new Recurrent({ cell, input, hidden, bidirectional });
        const directions = (bidirectional ? ['', '_reverse'] : ['']).map((suffix) => weightsOf(layer, cell, suffix));
        const x = Float32Array.from({ length: steps * batch * input }, (_, i) => Math.cos(i));
        const { output } = layer.forward(x, { steps, batch, ...(lengths && { lengths }) });
        const model = recurrentModel({ cell, steps, batch, input, hidden, ragged: lengths !== undefined }, directions);
        const session = await ort.InferenceSession.create(model);
        const { y } = await session.run({
          x: new ort.Tensor('float32', x, [steps, batch, input]),
          ...(lengths && { lengths: new ort.Tensor('int32', lengths, [batch]) }),
        });
        // [T, D, B, H] there, [T, B, D·H] here
        const count = directions.length;
        for (let t = 0; t < steps; t += 1)
          for (let d = 0; d < count; d += 1)
            for (let b = 0; b < batch; b += 1)
              for (let h = 0; h < hidden; h += 1) {
                const theirs = y.data[((t * count + d) * batch + b) * hidden + h];
                const ours = output[(t * batch + b) * count * hidden + d * hidden + h];
                assert.ok(Math.abs(theirs - ours) < 1e-5, `t ${t}, d ${d}, b ${b}, h ${h}: ${theirs} and ${ours}`);
              }
      });
    }
  }
}
