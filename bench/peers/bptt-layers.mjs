import { createRequire } from 'node:module';
import { noise } from './noise.mjs';

const { Recurrent } = createRequire(import.meta.url)('../..');

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

/** Inference, or a training step with new weights, on `Recurrent`. */
export function layer({ cell, shape, lengths, mode, threads }) {
  const { steps, batch, input, hidden, bidirectional = false } = shape;
  const layer = new Recurrent({ cell, input, hidden, bidirectional, threads });
  const x = noise(steps * batch * input);
  const output = new Float32Array(steps * batch * hidden * (bidirectional ? 2 : 1));
  const ragged = lengths.some((length) => length < steps) ? { lengths: Int32Array.from(lengths) } : {};
  if (mode === 'infer') return () => layer.forward(x, { steps, batch, output, ...ragged });
  const dOutput = noise(output.length);
  const dInput = new Float32Array(x.length);
  const weights = changingWeights(layer, bidirectional);
  let count = 0;
  return () => {
    count++;
    for (const { name, values } of weights) layer.setParameter(name, values[count % 2]);
    layer.forward(x, { steps, batch, output, training: true, ...ragged });
    layer.backward(dOutput, undefined, { dInput });
  };
}
