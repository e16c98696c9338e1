import * as v from 'valibot';

import { flag, kindOrOptions, notNegative, options, positive, share } from '../support/validation';
import type { Optimizer } from './optimizer';

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
