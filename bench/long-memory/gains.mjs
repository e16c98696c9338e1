import { createRequire } from 'node:module';
import { gradientNorms } from './gradient-norms.mjs';
import { cells, studies } from './studies.mjs';
import { addingProblem } from './tasks.mjs';

const require = createRequire(import.meta.url);
const { Recurrent } = require('../..');

export const gains = [0.5, 0.9, 1, 1.1, 1.5, 2];
const [batch, seed] = [32, 1];

/**
 * Norms of the gradient on its way back through a layer that has learned nothing, its recurrent weights multiplied by `gain`. At first they
 * are a rotation for each gate, which alone neither shrinks nor stretches. The layer reads the adding problem, and ∂L/∂a⟨T⟩ has norm 1.
 *
 * @returns {ReturnType<typeof gradientNorms>}
 */
export function normsWithGain(cell, gain, T) {
  const { hidden, input } = studies.adding.architecture(T);
  const { mean, deviation } = input.normalize;
  const x = new Float32Array(T * batch * input.size);
  [...addingProblem(T, batch, seed)].forEach((example, b) => {
    for (let t = 0; t < T; t++) {
      for (let i = 0; i < input.size; i++) {
        x[(t * batch + b) * input.size + i] = (example.x[t * input.size + i] - mean[i]) / deviation[i];
      }
    }
  });
  const layer = new Recurrent({ cell: cells[cell], input: input.size, hidden, seed });
  layer.setParameter(
    'weight_hh_l0',
    layer.parameter('weight_hh_l0').map((weight) => gain * weight),
  );
  try {
    return gradientNorms(layer, x, { steps: T, batch }, (h) => h.map(() => 1 / Math.sqrt(hidden)));
  } finally {
    layer.dispose();
  }
}
