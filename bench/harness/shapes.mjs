// The shapes that are timed. T steps, B batch, I input, H hidden.
import { layerFlops, parseShape, tableShapes } from '../../dist/benchmark/layer-shapes.js';

/**
 * @typedef {object} Shape
 * @property {number} steps
 * @property {number} batch
 * @property {number} input
 * @property {number} hidden
 * @property {boolean} [bidirectional]
 * @property {'uniform'} [lengths] each length drawn evenly from 1…T; else all are T
 * @property {string[]} [cells] only these
 */

const shape = (steps, batch, input, hidden, more = {}) => ({ steps, batch, input, hidden, ...more });

/** DeepBench: the input is as wide as the state. */
const deepBench = (cell, steps, sizes) =>
  sizes.map(([hidden, batch]) => shape(steps, batch, hidden, hidden, { cells: [cell] }));

/** @type {Record<string, Shape[]>} */
export const shapeSets = {
  table: tableShapes,
  single: [15, 31, 63].flatMap((steps) =>
    [24, 96].map((input) => shape(steps, 1, input, 32, { bidirectional: true })),
  ),
  quick: [shape(64, 16, 32, 32), shape(100, 32, 64, 128)],
  scan: [1, 8].map((batch) => shape(1000, batch, 256, 256)),
  ragged: [shape(100, 32, 64, 128), shape(100, 32, 64, 128, { lengths: 'uniform' })],
  deepbench: [
    ...deepBench('rnn', 50, [
      [1760, 16],
      [1760, 64],
      [2048, 32],
      [2560, 32],
      [2560, 128],
    ]),
    ...deepBench('lstm', 25, [
      [512, 16],
      [512, 128],
      [1024, 32],
      [2048, 32],
      [4096, 16],
    ]),
    ...deepBench('gru', 187, [
      [512, 32],
      [1024, 32],
      [1536, 32],
      [2048, 32],
      [2816, 32],
    ]),
  ],
};

/** `T,B,I,H;T,B,I,H` → shapes. */
export function parseShapes(text) {
  return text.split(';').map((one) => {
    const found = parseShape(one);
    if (found === undefined) throw new Error(`A shape is four whole numbers, T,B,I,H; got "${one}".`);
    return found;
  });
}

/** The lengths of a batch: the same for every peer and run. */
export function lengthsOf({ steps, batch, lengths }) {
  if (lengths === undefined) return new Array(batch).fill(steps);
  let state = 12345;
  return Array.from({ length: batch }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 1 + Math.floor((state / 2 ** 32) * steps);
  });
}

/** Multiplications and additions of the products; a training step counts three times an inference. */
export function flops(cell, shape, mode) {
  const rows = lengthsOf(shape).reduce((sum, length) => sum + length, 0);
  return layerFlops(cell, shape, rows, mode);
}

/**
 * Operations for a byte that is read or written, where each step of time reads the weights once, and reads or writes its input,
 * gates and state (always float32) once: what tells whether the multiply-adds or the memory are the limit.
 */
export function intensity(cell, shape, precision = 'float32') {
  const { batch, input, hidden } = shape;
  const weights = layerFlops(cell, { ...shape, bidirectional: false }, 1, 'infer') / 2;
  const gates = weights / (cell === 'mingru' ? input : input + hidden);
  const activations = batch * (input + gates + 2 * hidden);
  return (2 * batch * weights) / ((precision === 'bfloat16' ? 2 : 4) * weights + 4 * activations);
}

export function describeShape({ steps, batch, input, hidden, bidirectional, lengths }) {
  return `${steps} ${batch} ${input} ${hidden}${bidirectional ? ' both' : ''}${lengths ? ' ragged' : ''}`;
}
