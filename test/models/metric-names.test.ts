import {
  EncoderDecoder,
  ManyToMany,
  ManyToOne,
  OneToMany,
  type EncoderDecoderMetricNames,
  type ManyToManyMetricName,
  type ManyToOneMetricNames,
  type OneToManyMetricNames,
  type SequenceModel,
} from '../../lib/index';

const base = { cell: 'gru', hidden: 2 } as const;
const tokens = { ...base, input: { kind: 'tokens', embedding: 2 } } as const;
const rows = { ...base, input: { kind: 'features' } } as const;

/** All names of a type, and no others. */
type Names<N extends string> = Record<N, true>;

const values: Names<ManyToOneMetricNames['values']> = {
  loss: true,
  mse: true,
  mae: true,
  rmse: true,
  scaledMse: true,
  scaledMae: true,
};
const likelihood: Names<OneToManyMetricNames['tokens']> = {
  loss: true,
  nllPerStep: true,
  perplexity: true,
  bitsPerStep: true,
};
const sets: Names<ManyToOneMetricNames['multihot']> = { loss: true, precision: true, recall: true, f1: true };
const classes: Names<ManyToOneMetricNames['classes']> = { loss: true, accuracy: true, macroF1: true };
const tags: Names<ManyToManyMetricName<'classes', 'steps'>> = { ...classes, ...sets };
const symbols: Names<ManyToManyMetricName<'classes', 'ctc'>> = {
  loss: true,
  symbolErrorRate: true,
  sequenceErrorRate: true,
};
const written: Names<EncoderDecoderMetricNames['classes']> = { ...symbols, bleu: true };

const kinds = {
  classes: { kind: 'classes' },
  values: { kind: 'values' },
  multihot: { kind: 'multihot' },
} as const;
const steps = ['B-a', 'I-a'];

test.each<[string, SequenceModel, object[], Record<string, true>]>([
  [
    'many-to-one, classes',
    new ManyToOne({ ...tokens, output: kinds.classes }),
    [{ x: 'a', y: 'b' }],
    classes,
  ],
  ['many-to-one, values', new ManyToOne({ ...rows, output: kinds.values }), [{ x: [[1]], y: [2] }], values],
  ['many-to-one, multihot', new ManyToOne({ ...rows, output: kinds.multihot }), [{ x: [[1]], y: [2] }], sets],
  [
    'many-to-many, tags',
    new ManyToMany({ ...tokens, output: kinds.classes }),
    [{ x: 'a b', y: steps }],
    tags,
  ],
  [
    'many-to-many, values',
    new ManyToMany({ ...rows, output: kinds.values }),
    [{ x: [[1]], y: [[2]] }],
    values,
  ],
  [
    'many-to-many, multihot',
    new ManyToMany({ ...rows, output: kinds.multihot }),
    [{ x: [[1]], y: [[2]] }],
    sets,
  ],
  [
    'many-to-many, ctc',
    new ManyToMany({ ...tokens, output: kinds.classes, alignment: 'ctc' }),
    [{ x: 'a b', y: steps }],
    symbols,
  ],
  [
    'encoder-decoder, symbols',
    new EncoderDecoder({ ...tokens, output: kinds.classes }),
    [{ x: 'a', y: 'b c' }],
    written,
  ],
  [
    'encoder-decoder, values',
    new EncoderDecoder({ ...rows, output: kinds.values }),
    [{ x: [[1]], y: [[2]] }],
    values,
  ],
  [
    'one-to-many, symbols',
    new OneToMany({ ...base, sequence: { kind: 'tokens' } }),
    [{ y: 'ab' }],
    likelihood,
  ],
  [
    'one-to-many, values',
    new OneToMany({ ...base, sequence: { kind: 'features' } }),
    [{ y: [[1], [2]] }],
    values,
  ],
  [
    'one-to-many, multihot',
    new OneToMany({ ...base, sequence: { kind: 'multihot' } }),
    [{ y: [[1], [2]] }],
    likelihood,
  ],
])('the metrics that can tell the best epoch are those of the types: %s', async (_, model, data, names) => {
  const fitting = model.fit(data as never, { validation: data as never, metric: 'nonsense' as 'loss' });
  const { message } = (await fitting.catch((error: unknown) => error)) as Error;
  const known = /must be one of (.*); found "nonsense"/.exec(message)?.[1]?.split(', ');
  expect(known?.sort()).toEqual(Object.keys(names).sort());
});
