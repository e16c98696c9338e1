import type { NetworkOptions } from '../../binding';
import { native } from '../../lib/addon/native';
import { parameterShapes } from '../../lib/architecture/network-options';

const base: NetworkOptions = {
  cell: 'lstm',
  activation: 'tanh',
  resetAfter: true,
  forgetBias: 1,
  hidden: 5,
  layers: 1,
  bidirectional: false,
  seed: 1,
  dropout: { input: 0, between: 0, recurrent: 0, output: 0 },
  input: { kind: 'features', size: 3 },
  pooling: 'none',
  output: { kind: 'classes', size: 4 },
};

const inputs: NetworkOptions['input'][] = [
  { kind: 'features', size: 3 },
  { kind: 'tokens', vocabulary: 9, embedding: 6, window: 0 },
  { kind: 'tokens', vocabulary: 9, embedding: 6, window: 2 },
  {
    kind: 'tokens',
    vocabulary: 9,
    embedding: 6,
    window: 2,
    characters: { vocabulary: 5, embedding: 3, hidden: 2 },
  },
  { kind: 'multihot', size: 7, embedding: 0 },
  { kind: 'multihot', size: 7, embedding: 6 },
];

test.each(['rnn', 'gru', 'lstm'] as const)(
  'the shapes of a %s network are those of the addon, in its order',
  (cell) => {
    for (const input of inputs) {
      for (const pooling of ['none', 'last', 'attention'] as const) {
        for (const [layers, bidirectional, resetAfter] of [
          [1, false, true],
          [3, true, true],
          [2, false, false],
        ] as const) {
          const crf = pooling === 'none' && layers > 1 ? { crf: {} } : {};
          const options = { ...base, cell, input, pooling, layers, bidirectional, resetAfter, ...crf };
          const network = new (native().Network)(options);
          const shapes = network.parameterNames().map((name) => [name, network.parameterShape(name)]);
          expect([...parameterShapes(options)]).toEqual(shapes);
          network.dispose();
        }
      }
    }
  },
);

test.each(['rnn', 'gru', 'lstm'] as const)('so are those of a %s encoder with a decoder', (cell) => {
  for (const input of inputs) {
    for (const attention of ['none', 'bahdanau', 'luong'] as const) {
      for (const [layers, bidirectional, decoderCell] of [
        [1, false, 'rnn'],
        [2, true, 'gru'],
        [1, true, 'lstm'],
      ] as const) {
        for (const [kind, embedding] of [
          ['classes', 6],
          ['values', 0],
        ] as const) {
          const options: NetworkOptions = {
            ...base,
            cell,
            input,
            layers,
            bidirectional,
            output: { kind, size: 4 },
            decoder: {
              cell: decoderCell,
              activation: 'tanh',
              resetAfter: layers > 1,
              forgetBias: 0,
              hidden: 3,
              layers: 3 - layers,
              embedding,
              attention,
            },
          };
          const network = new (native().Network)(options);
          const shapes = network.parameterNames().map((name) => [name, network.parameterShape(name)]);
          expect([...parameterShapes(options)]).toEqual(shapes);
          network.dispose();
        }
      }
    }
  }
});
