import { countBatches, trainingBatches } from '../data/batches/batch-order';
import type { EncodedExample } from '../data/encoded';
import { countTextWindows, textWindows } from '../data/text/text-windows';
import type { Task } from '../tasks/task';
import type { TrainingBatch, TrainingPlan } from './epoch-loop';

/** Steps of a text that a gradient flows back through. */
export const defaultWindow = 100;

/** The batches of a training, made one by one. The same seed gives the same. */
export type Feed = Pick<TrainingPlan, 'batches' | 'batchesPerEpoch'>;

/** Examples in an order that is another one in each epoch. */
export function exampleFeed(
  task: Task<unknown>,
  examples: readonly EncodedExample[],
  batchSize: number,
  seed: number,
): Feed {
  const lengths = new Int32Array(examples.length);
  const targetLengths = new Int32Array(examples.length);
  for (let i = 0; i < examples.length; i++) {
    const { input, target } = examples[i]!;
    lengths[i] = input.length;
    targetLengths[i] = target?.steps ?? 0;
  }
  return {
    batchesPerEpoch: countBatches(examples.length, batchSize),
    *batches(epoch, done): Generator<TrainingBatch> {
      let left = done;
      for (const indexes of trainingBatches(lengths, { batchSize, seed, epoch, targetLengths })) {
        if (left > 0) {
          left -= 1;
          continue;
        }
        let steps = 0;
        for (const index of indexes) {
          steps += lengths[index]!;
        }
        yield { batch: task.assemble(examples, indexes, epoch), examples: indexes.length, steps };
      }
    },
  };
}

/** Windows of a text, in its order, each going on from where the one before it ended. */
export function textFeed(text: Int32Array, parts: number, steps: number): Feed {
  return {
    batchesPerEpoch: countTextWindows(text.length, { parts, steps }),
    *batches(_epoch, done): Generator<TrainingBatch> {
      for (const { continues, ...window } of textWindows(text, { parts, steps }, done)) {
        const { length } = window.tokens;
        yield {
          batch: { ...window, continues, keeps: true },
          examples: window.lengths.length,
          steps: length,
        };
      }
    },
  };
}
