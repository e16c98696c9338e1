// What is trained in the studies of long memory. All cells of a study have the same number of units, the same data and as many updates; each
// runs with the gradient clipped and as it is.
import { addingProblem, copyMemory } from './tasks.mjs';

/** By the names they have in records. `rnn-relu`: nothing bounds its states, nor the gradients of them. */
export const cells = {
  rnn: 'rnn',
  'rnn-relu': { kind: 'rnn', activation: 'relu' },
  gru: 'gru',
  lstm: 'lstm',
};

/** The largest norm of an update's gradient; 0: any. */
const clipNorms = [1, 0];

const adding = {
  mode: 'many-to-one',
  make: addingProblem,
  metric: 'mse',
  /** Features are read as z-scores, by the mean and the deviation that the problem has. */
  architecture: (T) => ({
    hidden: 64,
    input: {
      kind: 'features',
      size: 2,
      normalize: { mean: [1 / 2, 2 / T], deviation: [Math.sqrt(1 / 12), Math.sqrt((2 / T) * (1 - 2 / T))] },
    },
    // The bar is in units of the problem, and so is what is learned.
    output: { kind: 'values', size: 1, normalize: false },
  }),
  /** Of a model that remembers nothing and always answers 1. */
  without: 1 / 6,
  sequences: { train: 10000, valid: 500, test: 2000 },
};

export const studies = {
  adding: {
    ...adding,
    lengths: [25, 100, 400],
    fit: { epochs: 8, batchSize: 32, optimizer: { kind: 'adam', learningRate: 0.005 } },
  },
  /** The same from recurrent weights that are too large, with an optimiser that takes the gradient as it is. */
  exploding: {
    ...adding,
    lengths: [25, 100],
    gain: 1.5,
    fit: { epochs: 8, batchSize: 32, optimizer: { kind: 'sgd', learningRate: 0.1 } },
  },
  copy: {
    mode: 'many-to-many',
    make: copyMemory,
    lengths: [10, 30, 100],
    metric: 'recalled',
    architecture: () => ({
      hidden: 128,
      input: { kind: 'tokens', embedding: 16 },
      output: { kind: 'classes' },
    }),
    without: 1 / 8,
    fit: { epochs: 10, batchSize: 32, optimizer: { kind: 'adam', learningRate: 0.002 } },
    sequences: { train: 10000, valid: 500, test: 1000 },
  },
};

/** Every run of a study, but for the seed. */
export function* runsOf(study) {
  for (const T of studies[study].lengths) {
    for (const cell of Object.keys(cells)) {
      for (const clipNorm of clipNorms) yield { study, T, cell, clipNorm };
    }
  }
}
