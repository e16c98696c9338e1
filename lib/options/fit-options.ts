import * as v from 'valibot';

import type { MetricName } from '../metrics/metrics';
import { choice, notNegative, options, positive, size, threads } from '../support/validation';
import { optimizer, optimizerKinds } from './optimizers';
import type { FitForm } from './forms';
import type { FitOptions, ProgressListener } from './options';
import { schedule } from './schedule-schema';

/** An option of `fit`. */
interface FitOption {
  /** What it may be. */
  value: v.GenericSchema;
  default?: unknown;
  /** It has a part in the result: the record of the training has it, and a training that is gone on with must have the same. */
  decides?: true;
  /** It has one, but may be another where a training is gone on with, as resume.ts says. */
  recorded?: true;
  /** The option without which it is refused. */
  needs?: 'validation';
  /** How `bptt train` has it, under the same name. */
  flag?: { value: string; help: string; default?: unknown };
}

const file = v.pipe(v.string('the path of a file'), v.nonEmpty('the path of a file'));

const columns = v.pipe(
  v.array(v.string('a name'), 'a list of different names'),
  v.check((names) => names.length > 0 && new Set(names).size === names.length, 'a list of different names'),
);

export const series = options({ columns, lookback: size, horizon: size });

const column = v.string('the name of a column');

const table = options({ x: v.optional(column), y: column });

// Not `instanceof`: a signal may come from another realm.
export const abortSignal = v.custom<AbortSignal>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    'aborted' in value &&
    'throwIfAborted' in value &&
    typeof value.throwIfAborted === 'function' &&
    'addEventListener' in value &&
    typeof value.addEventListener === 'function',
  'an AbortSignal',
);
const source = v.custom<object | string>(
  (value) =>
    typeof value === 'string' ||
    (typeof value === 'object' &&
      value !== null &&
      (Symbol.iterator in value || Symbol.asyncIterator in value)),
  'examples, as an array or an iterable',
);

const listeners = v.pipe(
  v.custom<ProgressListener | readonly ProgressListener[]>(
    (value) => [value].flat().every((one) => typeof one === 'function'),
    'a function, or a list of functions',
  ),
  v.transform((given) => [given].flat()),
);

/**
 * The options of `fit`, each once: checks and defaults, the record of the training, what a resumed training has to have, and the flags of
 * the command line come from here. Types and meanings are those of `FitOptions`.
 */
export const fitOptions = {
  epochs: {
    value: size,
    recorded: true,
    flag: { value: 'count', help: 'passes over the data (default 10, or no limit with --minutes)' },
  },
  minutes: {
    value: positive,
    recorded: true,
    flag: { value: 'minutes', help: 'end after this time (default: no limit)' },
  },
  batchSize: {
    value: size,
    default: 32,
    decides: true,
    flag: { value: 'examples', help: 'examples a batch (default 32)' },
  },
  optimizer: {
    value: optimizer,
    default: 'adam',
    decides: true,
    flag: {
      value: 'kind',
      help: `${optimizerKinds.join(', ').replace(/, (\w+)$/, ' or $1')}, with options as in sgd,momentum=0.9 (default adam)`,
    },
  },
  schedule: {
    value: schedule,
    default: 'constant',
    decides: true,
    flag: {
      value: 'kind',
      help: 'of the rate: constant, linear, cosine, step or plateau, with options as in cosine,warmup=100 (default constant)',
    },
  },
  clipNorm: {
    value: notNegative,
    default: 5,
    decides: true,
    flag: { value: 'norm', help: 'the largest norm of a gradient; 0: no limit (default 5)' },
  },
  tbptt: {
    value: size,
    decides: true,
    flag: { value: 'steps', help: 'of a text (.txt): how many steps a gradient flows back (default 100)' },
  },
  metric: {
    value: v.custom<MetricName>((value) => typeof value === 'string', 'the key of a metric'),
    decides: true,
    needs: 'validation',
    flag: {
      value: 'key',
      help: 'with --valid: what tells the best epoch (default: f1 for tag schemes, accuracy for classes, symbolErrorRate where the output has steps of its own, else loss)',
    },
  },
  patience: {
    value: size,
    recorded: true,
    needs: 'validation',
    flag: {
      value: 'epochs',
      help: 'with --valid: end after so many epochs without a better one, once a constant answer is beaten (default: all epochs run, the best one is kept)',
    },
  },
  threads: {
    value: threads,
    flag: {
      value: 'count',
      help: 'the result is the same with any number; more than there are processors only take turns (default: all processors)',
    },
  },
  priority: {
    value: choice('background', 'normal'),
    flag: { value: 'kind', help: 'background: give way to all else on the machine', default: 'normal' },
  },
  validation: { value: source },
  checkpoint: { value: options({ path: file, everySteps: v.optional(size) }) },
  resume: { value: file },
  series: { value: series },
  table: { value: table, recorded: true },
  signal: { value: abortSignal },
  onProgress: { value: listeners, default: [] },
} as const satisfies Record<keyof FitOptions, FitOption>;

type FitOptionName = keyof FitOptions;

/** Names of options. */
export function fitOptionsWhere(holds: (option: FitOption) => boolean): FitOptionName[] {
  return (Object.keys(fitOptions) as FitOptionName[]).filter((name) => holds(fitOptions[name]));
}

/** What is given of these options. */
export function picked<T extends object, K extends keyof T>(given: T, names: readonly K[]): Pick<T, K> {
  const pairs = names.map((name) => [name, given[name]] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined)) as Pick<T, K>;
}

type Having<K extends string> = {
  [N in FitOptionName]: (typeof fitOptions)[N] extends Record<K, unknown> ? N : never;
}[FitOptionName];

/** Options that the record of a training has. */
export type RecordedOption = Having<'decides'> | Having<'recorded'>;

/** Those of `bptt train`. */
export type FlaggedOption = Having<'flag'>;

/** Options that the record of a training has, in the order in which they stand there. */
export const recordedOptions = fitOptionsWhere(
  ({ decides, recorded }) => decides ?? recorded ?? false,
) as RecordedOption[];

/** Those of which a training that is gone on with must have the same. */
export const decidingOptions = fitOptionsWhere(({ decides }) => decides ?? false) as Having<'decides'>[];

/** What `fit` is given. */
export const fitSchema = options(
  Object.fromEntries(
    Object.entries<FitOption>(fitOptions).map(([name, option]) => [
      name,
      v.optional(option.value, option.default),
    ]),
  ),
) as unknown as v.GenericSchema<unknown, FitForm>;

/** What a record has of it. */
export const recordedSchema = options(
  Object.fromEntries(
    recordedOptions.map((name) => {
      const { value, default: assumed }: FitOption = fitOptions[name];
      return [name, assumed === undefined ? v.exactOptional(value) : value];
    }),
  ),
);
