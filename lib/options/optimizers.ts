import * as v from 'valibot';

import type { TrainerOptions } from '../../binding';
import { flag, kindOrOptions, notNegative, options, positive, share } from '../support/validation';
import type { Optimizer, OptimizerKind } from './optimizer';

type Of<K> = Extract<Optimizer, { kind: K }>;

type OptionName = Exclude<{ [K in OptimizerKind]: keyof Of<K> }[OptimizerKind], 'kind'>;

/** What an optimizer keeps of each parameter from step to step. */
export type Moment = 'first' | 'second';

interface Description<K extends OptimizerKind> {
  /** The options it has, with their defaults. */
  defaults: Omit<Of<K>, 'kind'>;
  moments: (options: Of<K>) => Moment[];
  /** An option that is refused while another one is 0. */
  needs?: { option: OptionName; above0: OptionName };
}

/** What the options of all of them may be. */
const optionValues: Record<OptionName, v.GenericSchema> = {
  learningRate: positive,
  momentum: share,
  nesterov: flag,
  decay: share,
  beta1: share,
  beta2: share,
  epsilon: positive,
  weightDecay: notNegative,
};

/** What the core is told of those that an optimizer does not have. The rate it is given with each batch. */
const unused: Omit<TrainerOptions['optimizer'], 'kind'> = {
  momentum: 0,
  nesterov: false,
  decay: 0,
  beta1: 0,
  beta2: 0,
  epsilon: 0,
  weightDecay: 0,
};

/**
 * The optimizers, each once: checks and defaults, the record of a training, its checkpoint, what the core is told, and the help of the
 * command line come from here. Types and meanings are those of `OptimizerSpec`.
 */
const optimizers: { readonly [K in OptimizerKind]: Description<K> } = {
  sgd: {
    defaults: { learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0 },
    moments: ({ momentum }) => (momentum > 0 ? ['first'] : []),
    needs: { option: 'nesterov', above0: 'momentum' },
  },
  rmsprop: {
    defaults: { learningRate: 0.001, decay: 0.9, epsilon: 1e-8, momentum: 0, weightDecay: 0 },
    moments: ({ momentum }) => (momentum > 0 ? ['first', 'second'] : ['second']),
  },
  adam: {
    defaults: { learningRate: 0.002, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
    moments: () => ['first', 'second'],
  },
  adamw: {
    defaults: { learningRate: 0.002, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
    moments: () => ['first', 'second'],
  },
};

export const optimizerKinds = Object.keys(optimizers) as OptimizerKind[];

/** What `fit` is given as its option `optimizer`. */
export const optimizer = kindOrOptions(
  v.pipe(v.variant('kind', optimizerKinds.map(schemaOf)), v.rawCheck(checkNeeds)),
) as unknown as v.GenericSchema<unknown, Optimizer>;

function schemaOf(kind: OptimizerKind) {
  const entries = Object.entries(optimizers[kind].defaults).map(([name, assumed]) => [
    name,
    v.optional(optionValues[name as OptionName], assumed),
  ]);
  return options({ kind: v.literal(kind), ...(Object.fromEntries(entries) as v.ObjectEntries) });
}

function checkNeeds({ dataset, addIssue }: v.RawCheckContext<{ kind: OptimizerKind }>): void {
  if (!dataset.typed) return;
  const given: Partial<Record<OptionName, unknown>> & object = dataset.value;
  const { needs } = optimizers[dataset.value.kind];
  if (needs === undefined || given[needs.option] === false || Number(given[needs.above0]) > 0) return;
  const { option: key, above0 } = needs;
  addIssue({
    message: `false where ${above0} is 0`,
    path: [{ type: 'object', origin: 'value', input: { ...given }, key, value: given[key] }],
  });
}

/** What the core is told. */
export function nativeOptimizer({ learningRate: _rate, ...given }: Optimizer): TrainerOptions['optimizer'] {
  return { ...unused, ...given };
}

/** What it keeps, in the order in which a checkpoint has them. */
export function momentsOf(given: Optimizer): Moment[] {
  const { moments } = optimizers[given.kind] as Description<OptimizerKind>;
  return moments(given);
}

/** The learning rates that are there where nobody gives one: `sgd 0.1, adam and adamw 0.002`. */
export function usualRates(): string {
  const kinds = new Map<number, OptimizerKind[]>();
  for (const kind of optimizerKinds) {
    const { learningRate } = optimizers[kind].defaults;
    kinds.set(learningRate, [...(kinds.get(learningRate) ?? []), kind]);
  }
  return [...kinds].map(([rate, names]) => `${names.join(' and ')} ${rate}`).join(', ');
}
