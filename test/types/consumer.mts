// What a program in TypeScript may and may not write. It is compiled, not run, by several versions of the compiler.
import {
  EncoderDecoder,
  ManyToMany,
  ManyToOne,
  OneToMany,
  Recurrent,
  loadModel,
  type ExampleSource,
  type FitOptions,
  type ManyToManyArchitecture,
  type Metrics,
} from 'bptt';

const classifier = new ManyToOne({
  cell: 'gru',
  hidden: 8,
  input: { kind: 'tokens' },
  output: { kind: 'classes' },
});
export const metrics: Metrics = await classifier.evaluate([{ x: 'a', y: 'b' }], { batchSize: 8 });
export const label: string = (await classifier.predict('a')).label;
// @ts-expect-error there is no such option
new ManyToOne({ cel: 'gru', hidden: 8, input: { kind: 'tokens' }, output: { kind: 'classes' } });

// An architecture by itself may be of any strings, but not of anything else.
const plain = { cell: 'gru', hidden: 8, input: { kind: 'tokens' }, output: { kind: 'classes' } };
const guessed = await new ManyToOne(plain).predict('a');
export const guess: unknown = 'label' in guessed ? guessed.label : guessed;
const detailed = {
  cell: { kind: 'lstm', forgetBias: 1 },
  hidden: 8,
  dropout: { input: 0.1 },
  input: { kind: 'tokens', tokenizer: 'characters', embedding: 4, characters: { hidden: 3 } },
  output: { kind: 'classes' as const, labels: ['p', 'n'] },
  pooling: 'mean',
  seed: 3,
};
export const sure: string = (await new ManyToOne(detailed).predict('a')).label;
new ManyToMany({ ...plain, crf: { transitions: 'all' } });
export const read: string[] = (await new ManyToMany({ ...plain, alignment: 'ctc' as const }).predict('a')).y;
new EncoderDecoder({
  ...plain,
  input: { kind: 'features', normalize: { mean: [1], deviation: [2] } },
  output: { kind: 'values', size: 1 },
  decoder: { cell: 'gru', hidden: 4 },
  attention: 'none',
});
const writing = { cell: 'gru', hidden: 8, sequence: { kind: 'tokens' }, context: 'class' };
for await (const { y } of new OneToMany(writing).generate()) console.log(y);
const layer = { cell: 'rnn', input: 2, hidden: 3 };
export const bare: Recurrent = new Recurrent(layer);
// @ts-expect-error a size is a number
new ManyToOne({ ...plain, hidden: '8' });
// @ts-expect-error the size of the units is missing
new ManyToOne({ cell: 'gru', input: { kind: 'tokens' }, output: { kind: 'classes' } });
// @ts-expect-error there is no such cell
new ManyToOne({ cell: 'gruu', hidden: 8, input: { kind: 'tokens' }, output: { kind: 'classes' } });
// @ts-expect-error there is no such input
new ManyToOne({ cell: 'gru', hidden: 8, input: { kind: 'token' }, output: { kind: 'classes' } });
// @ts-expect-error there is no such option
new ManyToOne({ cell: 'gru', hidden: 8, layer: 2, input: { kind: 'tokens' }, output: { kind: 'classes' } });
// @ts-expect-error there is no such pooling, also beside names that are not known
new ManyToOne({ ...plain, pooling: 'sum' as const });
// @ts-expect-error there is no such cell
new Recurrent({ cell: 'gruu', input: 2, hidden: 3 });

class Classifier extends ManyToOne<'classes'> {
  constructor() {
    super({ cell: 'gru', hidden: 8, input: { kind: 'tokens' }, output: { kind: 'classes' } });
  }
}
export const inherited: string = (await new Classifier().predict('a')).label;

// With `satisfies` or `as const` it keeps its kinds, and the predictions have theirs.
const described = {
  cell: 'gru',
  hidden: 8,
  input: { kind: 'features' },
  output: { kind: 'classes' },
  alignment: 'ctc',
} satisfies ManyToManyArchitecture<'classes', 'ctc'>;
const listener = new ManyToMany(described);
export const heard: string[] = (await listener.predict([[1]])).y;
const constant = {
  cell: 'gru',
  hidden: 8,
  input: { kind: 'tokens' },
  output: { kind: 'classes', labels: ['p', 'n'] },
} as const;
export const known: string = (await new ManyToOne(constant).predict('a')).label;

// A beam is for outputs with steps of their own.
await listener.evaluate([], { beam: 3 });
await listener.predict([[1]], { beam: 3, nBest: 2 });
// @ts-expect-error nothing is searched for
await classifier.evaluate([], { beam: 3 });
// @ts-expect-error nor here
await classifier.predict('a', { beam: 3 });
const translator = new EncoderDecoder({
  cell: 'gru',
  hidden: 8,
  input: { kind: 'tokens' },
  output: { kind: 'classes' },
});
await translator.evaluate([], { beam: 3, lengthPenalty: 1 });

export const options: FitOptions = {
  metric: 'macroF1',
  onProgress: (event) => {
    if (event.kind === 'epoch') console.log(event.metrics);
  },
};
await classifier.fit([], options);
// @ts-expect-error there is no such metric
export const mistaken: FitOptions = { metric: 'acuracy' };

// The metrics are those of the mode and of the kind of its output.
await classifier.fit([], { metric: 'macroF1', onProgress: (event) => void event.kind });
await listener.fit([], { metric: 'symbolErrorRate' });
await translator.fit([], { metric: 'bleu' });
await new ManyToOne(plain).fit([], { metric: 'rmse' });
const settings = { epochs: 3, metric: 'accuracy' };
await classifier.fit([], settings);
await new OneToMany({ cell: 'gru', hidden: 8, sequence: { kind: 'tokens' } }).fit('', {
  metric: 'perplexity',
});
// @ts-expect-error a class is right or wrong
await classifier.fit([], { metric: 'symbolErrorRate' });
// @ts-expect-error nor is it a number
await classifier.fit([], { metric: 'rmse' });
// @ts-expect-error labels without a place are not counted one by one
await listener.fit([], { metric: 'accuracy' });
const byValues: FitOptions<ExampleSource, 'rmse'> = { metric: 'rmse' };
// @ts-expect-error also where it was written elsewhere
await classifier.fit([], byValues);
// @ts-expect-error there is no such option
await classifier.fit([], { epoch: 3 });

export const values: number[] = (await (await ManyToOne.load('m', { output: 'values' })).predict([[1]]))
  .values;
export const spelled: string[] = (
  await (await ManyToMany.load('m', { output: 'classes', alignment: 'ctc' })).predict('a')
).y;
for await (const { y } of (await OneToMany.load('m', { sequence: 'tokens' })).generate())
  console.log(y.length);
// @ts-expect-error a model has no such output
await ManyToOne.load('m', { output: 'klasses' });
export const mode: string = (await loadModel('m')).mode;

{
  using model = new ManyToOne(constant);
  model[Symbol.dispose]();
}
