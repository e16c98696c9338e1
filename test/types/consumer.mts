// What a program in TypeScript may and may not write. It is compiled, not run, by several versions of the compiler.
import {
  EncoderDecoder,
  ManyToMany,
  ManyToOne,
  OneToMany,
  loadModel,
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

// An architecture by itself keeps its kinds with `satisfies` or `as const`.
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
// @ts-expect-error there is no such metric
export const mistaken: FitOptions = { metric: 'acuracy' };

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
