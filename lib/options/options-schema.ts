import * as v from 'valibot';

import type { Mode } from '../architecture/mode';
import { maximumBeam } from '../support/option-bounds';
import {
  checked,
  choice,
  flag,
  notNegative,
  number,
  options,
  seed,
  size,
  threads,
  whole,
} from '../support/validation';
import { abortSignal, fitOptions, fitSchema } from './fit-options';
import type { LoadForm } from './load-options';
import type { EvaluateForm, FitForm, GenerateForm, PredictForm, Search } from './forms';
import type { GenerateStart } from './options';

const batchSize = v.optional(fitOptions.batchSize.value, fitOptions.batchSize.default);

const signal = v.optional(abortSignal);

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
  return checked('fit', fitSchema, value);
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
