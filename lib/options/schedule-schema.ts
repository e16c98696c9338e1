import * as v from 'valibot';

import { kindOrOptions, number, options, size, whole } from '../support/validation';
import type { Schedule } from './schedule';

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
