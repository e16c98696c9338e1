// What is trained in the studies of long memory. All cells of a study have the same size, data, updates and first seeds; each runs with the
// gradient clipped and as it is.
import { addingProblem, copyMemory } from './tasks.mjs';

const cells = ['rnn', 'gru', 'lstm'];
const clipNorms = [1, 0];

export const studies = {
  adding: {
    mode: 'many-to-one',
    make: addingProblem,
    lengths: [25, 100, 400],
    metric: 'mse',
    architecture: { hidden: 64, input: { kind: 'features', size: 2 }, output: { kind: 'values', size: 1 } },
    fit: { epochs: 8, batchSize: 32, optimizer: { kind: 'adam', learningRate: 0.005 } },
    sequences: { train: 10000, valid: 500, test: 2000 },
    /** What the model makes of the numbers of a step by `normalize`: their mean and deviation. */
    scale: (T) => ({ mean: [1 / 2, 2 / T], deviation: [Math.sqrt(1 / 12), Math.sqrt((2 / T) * (1 - 2 / T))] }),
    /** Of one that remembers nothing. */
    without: () => 1 / 6,
    bar: { T: 400, value: 0.002 },
  },
  copy: {
    mode: 'many-to-many',
    make: copyMemory,
    lengths: [30, 100],
    metric: 'recalled',
    architecture: { hidden: 128, input: { kind: 'tokens', embedding: 16 }, output: { kind: 'classes' } },
    fit: { epochs: 10, batchSize: 32, optimizer: { kind: 'adam', learningRate: 0.002 } },
    sequences: { train: 10000, valid: 500, test: 1000 },
    without: () => 1 / 8,
  },
};

/** Every run of a study, but for the seed. */
export function* runsOf(name) {
  const { lengths } = studies[name];
  for (const T of lengths) {
    for (const cell of cells) {
      for (const clipNorm of clipNorms) yield { study: name, T, cell, clipNorm };
    }
  }
}
