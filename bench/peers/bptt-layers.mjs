import { timedLayer } from '../../dist/benchmark/layer-step.js';

/** Inference, or a training step with new weights, on `Recurrent`: as `bptt bench` has it. */
export function layer({ cell, shape, lengths, mode, precision, threads }) {
  const ragged = lengths.some((length) => length < shape.steps);
  const { step, dispose } = timedLayer({ cell, shape, mode, precision, threads, lengths: ragged ? Int32Array.from(lengths) : undefined });
  return Object.assign(step, { close: dispose });
}
