import * as v from 'valibot';

import type { EncoderDecoderForm } from '../architecture/architecture';
import { checked, flag, notNegative, options, size } from '../support/validation';
import type { EvaluateForm, PredictForm } from './forms';
import { searched, serving } from './options-schema';

/** What an encoder–decoder is asked for when it evaluates and predicts. */

const symbols = { ...searched, lengthPenalty: v.optional(notNegative, 0), maxSteps: v.optional(size) };

/** Values are forecast row by row, not searched for. */
const values = {
  ...serving,
  beam: v.optional(v.literal(1, '1 where the output are values'), 1),
  lengthPenalty: v.optional(v.literal(0, '0 where the output are values'), 0),
  maxSteps: v.optional(size),
};

const attention = {
  there: v.optional(flag, false),
  none: v.optional(v.literal(false, 'false in a model without attention'), false),
};

function predictSymbols(weights: keyof typeof attention) {
  return v.pipe(
    options({ ...symbols, nBest: v.optional(size, 1), attention: attention[weights] }),
    v.forward(
      v.check(({ beam, nBest }) => nBest <= beam, 'at most as large as beam'),
      ['nBest'],
    ),
  );
}

function predictValues(weights: keyof typeof attention) {
  return options({
    ...values,
    nBest: v.optional(v.literal(1, '1 where the output are values'), 1),
    attention: attention[weights],
  });
}

export function checkEvaluateDecoder({ output }: EncoderDecoderForm, value: unknown = {}): EvaluateForm {
  const schema = options(output.kind === 'values' ? values : symbols);
  const { beam, lengthPenalty, maxSteps, ...form } = checked('evaluate', schema, value);
  return { ...form, search: { beam, nBest: 1, lengthPenalty, maxSteps } };
}

export function checkPredictDecoder(model: EncoderDecoderForm, value: unknown = {}): PredictForm {
  const weights = model.attention === 'none' ? 'none' : 'there';
  const schema = model.output.kind === 'values' ? predictValues(weights) : predictSymbols(weights);
  const {
    beam,
    nBest,
    lengthPenalty,
    maxSteps,
    attention: asked,
    ...form
  } = checked('predict', schema, value);
  return {
    ...form,
    probabilities: false,
    search: { beam, nBest, lengthPenalty, maxSteps, attention: asked },
  };
}
