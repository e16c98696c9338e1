import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { Recurrent } = require('../..');

/**
 * How much of the loss's gradient is left on its way back: the norms of ∂L/∂a⟨t⟩ (and ∂L/∂c⟨t⟩ for an LSTM) for t = T, T−1, … 0,
 * each the root mean square over the sequences, L being the loss of one sequence at its last step.
 *
 * The layer runs one step at a time, forward from the first step to the last, keeping the states, and then backward from the last to the
 * first: what `backward` gives as the gradient of the state before a step is the gradient of the state after the step before it, by the chain
 * rule and nothing else. The same numbers come out of one call of `backward` over all T steps (`check`).
 *
 * @param {Recurrent} layer of one layer and direction
 * @param {Float32Array} x [T, B, I]
 * @param {(h: Float32Array) => Float32Array} lastGradient ∂L/∂a⟨T⟩ from a⟨T⟩, both [B, H]
 * @returns {{ h: number[], c?: number[] }} place k: norm at t = T − k
 */
export function gradientNorms(layer, x, { steps, batch }, lastGradient) {
  const one = { steps: 1, batch };
  const width = x.length / steps;
  const step = (t) => x.subarray(t * width, (t + 1) * width);
  const states = [undefined];
  for (let t = 0; t < steps; t++) {
    states.push(layer.forward(step(t), { ...one, state: states[t] }).state);
  }
  const last = states[steps];
  const nothing = new Float32Array(last.h.length);
  let gradient = { h: lastGradient(last.h), ...(last.c && { c: new Float32Array(last.c.length) }) };
  const atLast = gradient;
  const norms = { h: [norm(gradient.h, batch)], ...(last.c && { c: [norm(gradient.c, batch)] }) };
  for (let t = steps - 1; t >= 0; t--) {
    layer.forward(step(t), { ...one, state: states[t], training: true });
    gradient = layer.backward(nothing, gradient).dState;
    norms.h.push(norm(gradient.h, batch));
    if (gradient.c) norms.c.push(norm(gradient.c, batch));
  }
  check(layer, x, { steps, batch }, atLast, gradient);
  return norms;
}

/** The gradient of the first state by one call over all steps is that of the chain of single steps. */
function check(layer, x, { steps, batch }, atLast, atFirst) {
  const { output } = layer.forward(x, { steps, batch, training: true });
  const { dState } = layer.backward(new Float32Array(output.length), atLast);
  const scale = Math.max(...atFirst.h.map(Math.abs), 1e-30);
  const error = Math.max(...dState.h.map((value, i) => Math.abs(value - atFirst.h[i]))) / scale;
  if (!(error <= 1e-3))
    throw new Error(`The gradients of ${steps} single steps and of one call differ by ${error}.`);
}

function norm(values, batch) {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / batch);
}

/** The same for a many-to-one model of features and values, at its present parameters, with half the squared error. */
export function gradientNormsOf(model, examples) {
  const { cell, hidden, input: features } = model.architecture;
  const { mean, deviation } = features.normalize;
  const parameters = model.parameters();
  const input = features.size;
  const layer = new Recurrent({ cell, input, hidden });
  for (const name of layer.parameterNames) layer.setParameter(name, parameters[`recurrent.${name}`].data);
  const batch = examples.length;
  const steps = examples[0].x.length / input;
  const x = new Float32Array(steps * batch * input);
  examples.forEach((example, b) => {
    example.x.forEach((value, at) => {
      const i = at % input;
      x[(((at - i) / input) * batch + b) * input + i] = (value - mean[i]) / deviation[i];
    });
  });
  const weight = parameters['output.weight'].data;
  const bias = parameters['output.bias'].data;
  const lastGradient = (h) => {
    const gradient = new Float32Array(h.length);
    examples.forEach(({ y }, b) => {
      const state = h.subarray(b * hidden, (b + 1) * hidden);
      const error = bias[0] - y[0] + state.reduce((sum, value, i) => sum + weight[i] * value, 0);
      weight.forEach((value, i) => {
        gradient[b * hidden + i] = error * value;
      });
    });
    return gradient;
  };
  try {
    return gradientNorms(layer, x, { steps, batch }, lastGradient);
  } finally {
    layer.dispose();
  }
}
