import * as v from 'valibot';

import type { Mode } from '../architecture/mode';
import type { MetricName } from '../metrics/meter';
import { maximumBeam } from '../support/option-bounds';
import {
  checked,
  choice,
  flag,
  kindOrOptions,
  notNegative,
  number,
  options,
  positive,
  seed,
  share,
  size,
  threads,
  whole,
} from '../support/validation';
import type { LoadForm } from './load-options';
import type { Optimizer } from './optimizer';
import type { EvaluateForm, FitForm, GenerateForm, GenerateStart, PredictForm, Search } from './options';
import type { Schedule } from './schedule';

const moments = {
  learningRate: v.optional(positive, 0.002),
  beta1: v.optional(share, 0.9),
  beta2: v.optional(share, 0.999),
  epsilon: v.optional(positive, 1e-8),
};

const noDecay = v.optional(notNegative, 0);

const momentum = v.optional(share, 0);

export const optimizer: v.GenericSchema<unknown, Optimizer> = kindOrOptions(
  v.variant('kind', [
    v.pipe(
      options({
        kind: v.literal('sgd'),
        learningRate: v.optional(positive, 0.1),
        momentum,
        nesterov: v.optional(flag, false),
        weightDecay: noDecay,
      }),
      v.forward(
        v.check(({ nesterov, momentum: given }) => !nesterov || given > 0, 'false where momentum is 0'),
        ['nesterov'],
      ),
    ),
    options({
      kind: v.literal('rmsprop'),
      learningRate: v.optional(positive, 0.001),
      decay: v.optional(share, 0.9),
      epsilon: v.optional(positive, 1e-8),
      momentum,
      weightDecay: noDecay,
    }),
    options({ kind: v.literal('adam'), ...moments, weightDecay: noDecay }),
    options({ kind: v.literal('adamw'), ...moments, weightDecay: v.optional(notNegative, 0.01) }),
  ]),
);

const warmup = v.optional(whole(0), 0);

const final = v.optional(
  number((value) => value >= 0 && value <= 1, 'a number from 0 to 1'),
  0,
);

const factor = v.optional(
  number((value) => value > 0 && value <= 1, 'a number above 0, at most 1'),
  0.5,
);

export const schedule: v.GenericSchema<unknown, Schedule> = kindOrOptions(
  v.variant('kind', [
    options({ kind: v.literal('constant'), warmup }),
    options({ kind: v.literal('linear'), warmup, final }),
    options({ kind: v.literal('cosine'), warmup, final }),
    options({ kind: v.literal('step'), warmup, every: v.optional(size, 5), factor }),
    options({ kind: v.literal('plateau'), warmup, patience: v.optional(size, 2), factor }),
  ]),
);

// Not `instanceof`: a signal may come from another realm.
const signal = v.optional(
  v.custom<AbortSignal>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      'aborted' in value &&
      'throwIfAborted' in value &&
      typeof value.throwIfAborted === 'function' &&
      'addEventListener' in value &&
      typeof value.addEventListener === 'function',
    'an AbortSignal',
  ),
);

const batchSize = v.optional(size, 32);

const file = v.pipe(v.string('the path of a file'), v.nonEmpty('the path of a file'));

const columns = v.pipe(
  v.array(v.string('a name'), 'a list of different names'),
  v.check((names) => names.length > 0 && new Set(names).size === names.length, 'a list of different names'),
);

export const series = options({ columns, lookback: size, horizon: size });

const fit = options({
  epochs: v.optional(size),
  minutes: v.optional(positive),
  batchSize,
  optimizer: v.optional(optimizer, 'adam'),
  schedule: v.optional(schedule, 'constant'),
  clipNorm: v.optional(notNegative, 5),
  tbptt: v.optional(size),
  validation: v.optional(
    v.custom<object | string>(
      (value) =>
        typeof value === 'string' ||
        (typeof value === 'object' &&
          value !== null &&
          (Symbol.iterator in value || Symbol.asyncIterator in value)),
      'examples, as an array or an iterable',
    ),
  ),
  metric: v.optional(v.custom<MetricName>((value) => typeof value === 'string', 'the key of a metric')),
  patience: v.optional(size),
  checkpoint: v.optional(options({ path: file, everySteps: v.optional(size) })),
  resume: v.optional(file),
  series: v.optional(series),
  threads: v.optional(threads),
  priority: v.optional(choice('background', 'normal')),
  signal,
  onProgress: v.optional(
    v.custom<NonNullable<FitForm['onProgress']>>((value) => typeof value === 'function', 'a function'),
  ),
});

export const serving = { batchSize, threads: v.optional(threads), signal };

const evaluate = options(serving);

const predictSteps = options({ ...serving, probabilities: v.optional(flag, false) });

export const searched = { ...serving, beam: v.optional(whole(1, maximumBeam), 5) };

const evaluateDecoded = options(searched);

const predictDecoded = v.pipe(
  options({ ...searched, nBest: v.optional(size, 1) }),
  v.forward(
    v.check(({ beam, nBest }) => nBest <= beam, 'at most as large as beam'),
    ['nBest'],
  ),
);

/** What these are, depends on the model. */
const start = { context: v.optional(v.unknown()), prompt: v.optional(v.unknown()) };

const writing = {
  maxSteps: v.optional(size, 1000),
  temperature: v.optional(notNegative),
  topK: v.optional(whole(0)),
  topP: v.optional(number((value) => value > 0 && value <= 1, 'a number above 0, at most 1')),
  seed: v.optional(seed),
  signal,
};

const generateStart = options(start);

const generate = options({ ...writing, ...start });

const generateMany = options(writing);

export function checkFit(value: unknown = {}): FitForm {
  return checked('fit', fit, value);
}

/** Of models that do not search. */
const none: Search = { beam: 1, nBest: 1 };

export function checkEvaluate(value: unknown = {}): EvaluateForm {
  return { ...checked('evaluate', evaluate, value), search: none };
}

export function checkPredict(value: unknown = {}): PredictForm {
  return { ...checked('predict', evaluate, value), probabilities: true, search: none };
}

export function checkEvaluateDecoded(value: unknown = {}): EvaluateForm {
  const { beam, ...form } = checked('evaluate', evaluateDecoded, value);
  return { ...form, search: { beam, nBest: 1 } };
}

export function checkPredictDecoded(value: unknown = {}): PredictForm {
  const { beam, nBest, ...form } = checked('predict', predictDecoded, value);
  return { ...form, probabilities: false, search: { beam, nBest } };
}

export function checkPredictSteps(value: unknown = {}): PredictForm {
  const form = checked('predict', predictSteps, value);
  return { ...form, search: { ...none, marginals: form.probabilities } };
}

const anyOutput = v.optional(choice('classes', 'values', 'multihot'));

const loading: Record<Mode, v.GenericSchema<unknown, LoadForm>> = {
  'many-to-one': options({ output: anyOutput }),
  'many-to-many': options({ output: anyOutput, alignment: v.optional(choice('steps', 'ctc')) }),
  'encoder-decoder': options({ output: v.optional(choice('classes', 'values')) }),
  'one-to-many': options({ sequence: v.optional(choice('tokens', 'features', 'multihot')) }),
};

export function checkLoad(mode: Mode, value: unknown = {}): LoadForm {
  return checked('load', loading[mode], value);
}

export function checkGenerate(value: unknown = {}): GenerateForm & GenerateStart {
  return checked('generate', generate, value) as GenerateForm & GenerateStart;
}

export function checkGenerateMany(value: unknown = {}): GenerateForm {
  return checked('generateMany', generateMany, value);
}

export function checkGenerateStart(value: unknown, index: number): GenerateStart {
  return checked(`generateMany: sequence ${index}`, generateStart, value) as GenerateStart;
}
