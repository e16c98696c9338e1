import * as v from 'valibot';

import type { DataIdentity } from '../data/batches/data-identity';
import { checked, finite, notNegative, options, size, whole } from '../support/validation';
import type { TrainingPosition } from './epoch-progress';

const count = whole(0, Number.MAX_SAFE_INTEGER);

/** JSON has no numbers that are not finite; they stand in it as strings. */
const anyNumber = v.union(
  [
    finite,
    v.pipe(
      v.picklist(['NaN', 'Infinity', '-Infinity']),
      v.transform((name) => Number(name)),
    ),
  ],
  'a number',
);

const identity: v.GenericSchema<unknown, DataIdentity> = options({
  examples: count,
  steps: count,
  sha256: v.pipe(v.string('a hash'), v.regex(/^[0-9a-f]{64}$/, 'a hash of 64 hexadecimal digits')),
});

const position = v.pipe(
  options({
    epoch: size,
    sums: options({
      step: count,
      loss: finite,
      count,
      examples: count,
      timeSteps: count,
      seconds: notNegative,
      trainingSeconds: notNegative,
      gradientNorm: notNegative,
      learningRate: notNegative,
    }),
    history: v.array(
      options({
        epoch: size,
        loss: finite,
        seconds: notNegative,
        metrics: v.exactOptional(v.record(v.string(), anyNumber)),
      }),
    ),
    best: v.exactOptional(options({ epoch: size, score: anyNumber })),
    plateau: options({ plateaus: count, epochsWithoutProgress: count }),
    seconds: notNegative,
  }),
  v.forward(
    v.check(
      ({ epoch, history }) => epoch === (history.at(-1)?.epoch ?? 0) + 1 && isRising(history),
      'the number of the epoch behind the history',
    ),
    ['epoch'],
  ),
  v.forward(
    v.check(
      ({ best, history }) => (best === undefined ? history.length === 0 : isAmong(best.epoch, history)),
      'one of the epochs of the history',
    ),
    ['best'],
  ),
) satisfies v.GenericSchema<unknown, TrainingPosition>;

function isRising(epochs: readonly { epoch: number }[]): boolean {
  return epochs.every(({ epoch }, place) => place === 0 || epoch > epochs[place - 1]!.epoch);
}

function isAmong(epoch: number, epochs: readonly { epoch: number }[]): boolean {
  return epochs.some((other) => other.epoch === epoch);
}

const checkpoint = options({
  version: size,
  updates: count,
  data: options({ training: identity, validation: v.exactOptional(identity) }),
  position,
});

/** What stands in a checkpoint file, which anybody may have written, under its key. */
export function checkCheckpoint(value: unknown): v.InferOutput<typeof checkpoint> {
  return checked('checkpoint', checkpoint, value);
}

/** The reverse of what the schema does. */
export function positionJSON({ history, best, ...position }: TrainingPosition): unknown {
  return {
    ...position,
    history: history.map(({ metrics, ...epoch }) => ({
      ...epoch,
      ...(metrics && {
        metrics: Object.fromEntries(Object.entries(metrics).map(([key, value]) => [key, numberJSON(value)])),
      }),
    })),
    ...(best && { best: { ...best, score: numberJSON(best.score) } }),
  };
}

function numberJSON(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
