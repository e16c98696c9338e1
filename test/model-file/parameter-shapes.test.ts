import type { NetworkOptions } from '../../binding';
import { native } from '../../lib/addon/native';
import { parameterShapes } from '../../lib/model-file/parameters';
import { failure } from '../data/failure';

const options: NetworkOptions = {
  cell: 'gru',
  activation: 'tanh',
  resetAfter: true,
  forgetBias: 0,
  peepholes: false,
  projection: 0,
  layerNorm: false,
  hidden: 5,
  layers: 2,
  bidirectional: true,
  seed: 1,
  dropout: { input: 0, between: 0, recurrent: 0, output: 0 },
  input: {
    kind: 'tokens',
    vocabulary: 9,
    embedding: 6,
    window: 1,
    characters: { vocabulary: 7, embedding: 3, hidden: 2 },
  },
  pooling: 'none',
  output: { kind: 'classes', size: 4 },
  crf: {},
};

test('of a tagger with characters and crf', () => {
  const direction = (layer: number, suffix: string, width: number): [string, number[]][] => [
    [`recurrent.weight_ih_l${layer}${suffix}`, [15, width]],
    [`recurrent.weight_hh_l${layer}${suffix}`, [15, 5]],
    [`recurrent.bias_l${layer}${suffix}`, [15]],
    [`recurrent.bias_hn_l${layer}${suffix}`, [5]],
  ];
  expect(parameterShapes(options)).toEqual([
    ['embedding.weight', [9, 6]],
    ['characters.embedding.weight', [7, 3]],
    ['characters.recurrent.weight_ih_l0', [8, 3]],
    ['characters.recurrent.weight_hh_l0', [8, 2]],
    ['characters.recurrent.bias_l0', [8]],
    ['characters.recurrent.weight_ih_l0_reverse', [8, 3]],
    ['characters.recurrent.weight_hh_l0_reverse', [8, 2]],
    ['characters.recurrent.bias_l0_reverse', [8]],
    ...direction(0, '', 30),
    ...direction(0, '_reverse', 30),
    ...direction(1, '', 10),
    ...direction(1, '_reverse', 10),
    ['output.weight', [4, 10]],
    ['output.bias', [4]],
    ['crf.transitions', [5, 5]],
  ]);
});

test('of an encoder with a decoder and attention', () => {
  const { crf: _crf, ...encoder } = options;
  const shapes = parameterShapes({
    ...encoder,
    layers: 1,
    input: { kind: 'features', size: 3 },
    decoder: { ...options, cell: 'lstm', hidden: 6, layers: 1, embedding: 8, attention: 'bahdanau' },
  });
  expect(shapes.filter(([name]) => !name.startsWith('encoder.'))).toEqual([
    ['decoder.embedding.weight', [4, 8]],
    ['decoder.initial.weight', [12, 10]],
    ['decoder.initial.bias', [12]],
    ['decoder.weight_ih_l0', [24, 18]],
    ['decoder.weight_hh_l0', [24, 6]],
    ['decoder.bias_l0', [24]],
    ['attention.weight', [6, 10]],
    ['attention.bias', [6]],
    ['attention.query', [6, 6]],
    ['attention.context', [6]],
    ['attention.output.weight', [6, 16]],
    ['attention.output.bias', [6]],
    ['output.weight', [4, 6]],
    ['output.bias', [4]],
  ]);
});

test('they are those of the network that is made', () => {
  const network = new (native().Network)(options);
  expect(parameterShapes(options)).toEqual(
    network.parameterNames().map((name) => [name, network.parameterShape(name)]),
  );
  network.dispose();
});

test('no memory is taken for the largest network there may be', () => {
  const before = process.memoryUsage.rss();
  const shapes = parameterShapes({ ...options, hidden: 2 ** 20, layers: 1024 });
  expect(shapes.length).toBeGreaterThan(8000);
  expect(process.memoryUsage.rss() - before).toBeLessThan(100e6);
});

test('options that no network has are refused', () => {
  expect(() => parameterShapes({ ...options, hidden: 0 })).toThrow(failure('ERR_OPTION', 'hidden'));
});
