import * as v from 'valibot';

import type { EncoderDecoderForm } from './architecture';
import type { EvaluateForm, PredictForm } from './options';
import { searched, serving } from './options-schema';
import { checked, flag, notNegative, options, size } from './validation';

/** The options of models that write an output with steps of its own. */

const written = { ...searched, lengthPenalty: v.optional(notNegative, 0), maxSteps: v.optional(size) };

/** Values are forecast row by row, not searched for. */
const forecast = {
  ...serving,
  beam: v.optional(v.literal(1, '1 where the output are values'), 1),
  lengthPenalty: v.optional(v.literal(0, '0 where the output are values'), 0),
  maxSteps: v.optional(size),
};

const attention = {
  there: v.optional(flag, false),
  none: v.optional(v.literal(false, 'false in a model without attention'), false),
};

function predictWritten(weights: keyof typeof attention) {
  return v.pipe(
    options({ ...written, nBest: v.optional(size, 1), attention: attention[weights] }),
    v.forward(
      v.check(({ beam, nBest }) => nBest <= beam, 'at most as large as beam'),
      ['nBest'],
    ),
  );
}

function predictForecast(weights: keyof typeof attention) {
  return options({
    ...forecast,
    nBest: v.optional(v.literal(1, '1 where the output are values'), 1),
    attention: attention[weights],
  });
}

export function checkEvaluateWritten({ output }: EncoderDecoderForm, value: unknown = {}): EvaluateForm {
  const schema = options(output.kind === 'values' ? forecast : written);
  const { beam, lengthPenalty, maxSteps, ...form } = checked('evaluate', schema, value);
  return { ...form, search: { beam, nBest: 1, lengthPenalty, maxSteps } };
}

export function checkPredictWritten(model: EncoderDecoderForm, value: unknown = {}): PredictForm {
  const weights = model.attention === 'none' ? 'none' : 'there';
  const schema = model.output.kind === 'values' ? predictForecast(weights) : predictWritten(weights);
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
