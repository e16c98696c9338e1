import { Random } from '../../support/random';

/**
 * Batches that are sorted by length among each other: large enough that the sequences of a batch are of nearly the
 * same length, small enough that the order of the examples stays random and a pool is sorted in well under 1 ms.
 */
const poolBatches = 50;

export interface TrainingOrder {
  /** Examples a batch; one batch has what is left over. */
  batchSize: number;
  seed: number;
  /** Each epoch has an order of its own. */
  epoch: number;
  /** Lengths of the targets, where they have their own: by these, examples of the same T are sorted. */
  targetLengths?: ArrayLike<number>;
}

/**
 * The batches of one epoch of training, as indexes of examples: a random order, cut into pools of 50 batches; within
 * a pool the examples are sorted by length, so that a batch has sequences of nearly the same length, and the batches
 * are shuffled. The same seed, epoch, lengths and batch size give the same batches; made as they are asked for, so
 * that an epoch begins without delay whatever the number of examples.
 *
 * @param lengths T of each example.
 */
export function* trainingBatches(
  lengths: ArrayLike<number>,
  { batchSize, seed, epoch, targetLengths }: TrainingOrder,
): Generator<Int32Array> {
  const random = new Random(seed, epoch);
  const order = new Int32Array(lengths.length);
  for (let index = 0; index < order.length; index++) order[index] = index;
  const pool = poolBatches * batchSize;
  for (let start = 0; start < order.length; start += pool) {
    const end = Math.min(start + pool, order.length);
    // One step of a shuffle of all examples at a time: these are a random pick from those not taken.
    for (let i = start; i < end; i++) random.draw(order, i);
    const sorted = byLength(order.subarray(start, end), lengths, targetLengths);
    const batches = random.shuffle(
      Int32Array.from({ length: Math.ceil(sorted.length / batchSize) }, (_, i) => i),
    );
    for (const batch of batches) yield sorted.slice(batch * batchSize, (batch + 1) * batchSize);
  }
}

/** Number of batches `trainingBatches` and `evaluationBatches` give. */
export function countBatches(examples: number, batchSize: number): number {
  return Math.ceil(examples / batchSize);
}

/**
 * The batches for evaluation and prediction, as indexes of examples: each pool of 50 batches in the given order is
 * sorted by length. Writing the results of a batch to its indexes restores the original order, and all results up to
 * the end of a pool are there once its batches are done.
 */
export function* evaluationBatches(lengths: ArrayLike<number>, batchSize: number): Generator<Int32Array> {
  const pool = poolBatches * batchSize;
  for (let start = 0; start < lengths.length; start += pool) {
    const indexes = Int32Array.from({ length: Math.min(pool, lengths.length - start) }, (_, i) => start + i);
    const sorted = byLength(indexes, lengths);
    for (let at = 0; at < sorted.length; at += batchSize) yield sorted.slice(at, at + batchSize);
  }
}

/** The longest first; stable, so that the order does not depend on how the engine sorts. */
function byLength(
  indexes: Int32Array,
  lengths: ArrayLike<number>,
  targetLengths?: ArrayLike<number>,
): Int32Array {
  return indexes
    .slice()
    .sort(
      (a, b) =>
        lengths[b]! - lengths[a]! ||
        (targetLengths === undefined ? 0 : targetLengths[b]! - targetLengths[a]!),
    );
}
