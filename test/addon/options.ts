import type { NetworkOptions, StackOptions, TrainerOptions } from '../../binding';

/** What tests of the addon begin with; each names what matters to it. */
export const stack: StackOptions = {
  cell: 'gru',
  activation: 'tanh',
  resetAfter: true,
  forgetBias: 1,
  peepholes: false,
  projection: 0,
  layerNorm: false,
  hidden: 2,
  layers: 1,
  bidirectional: false,
  seed: 1,
};

/** A tagger, or what the changes make of it. */
export function networkOptions(changes: Partial<NetworkOptions> = {}): NetworkOptions {
  return {
    ...stack,
    cell: 'lstm',
    dropout: { input: 0, between: 0, recurrent: 0, output: 0 },
    input: { kind: 'tokens', vocabulary: 10, embedding: 4, window: 0 },
    pooling: 'none',
    output: { kind: 'classes', size: 3 },
    ...changes,
  };
}

export const training: TrainerOptions = {
  optimizer: {
    kind: 'adam',
    momentum: 0,
    nesterov: false,
    decay: 0.9,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
  },
  clipNorm: 5,
  threads: 2,
  seed: 1,
};
