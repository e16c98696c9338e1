import { countBatches, evaluationBatches, trainingBatches } from '../../../lib/data/batches/batch-order';
import { Random } from '../../../lib/support/random';

const random = new Random(8);
const lengths = Int32Array.from({ length: 5003 }, () => random.below(60));

function lengthsOf(batch: Int32Array): number[] {
  return [...batch].map((index) => lengths[index] as number);
}

function spread(batch: Int32Array): number {
  const inside = lengthsOf(batch);
  return Math.max(...inside) - Math.min(...inside);
}

describe('training', () => {
  const batches = [...trainingBatches(lengths, { batchSize: 16, seed: 1, epoch: 1 })];

  test('every example comes once', () => {
    expect(batches.flatMap((batch) => [...batch]).sort((a, b) => a - b)).toEqual([...lengths.keys()]);
    expect(batches).toHaveLength(countBatches(lengths.length, 16));
    expect(batches.filter((batch) => batch.length !== 16).map((batch) => batch.length)).toEqual([11]);
  });

  test('a batch has sequences of nearly the same length', () => {
    // 50 batches over 60 lengths; at random the spread would be 53 on average.
    const spreads = batches.map(spread);
    expect(spreads.reduce((sum, value) => sum + value) / spreads.length).toBeLessThan(4);
  });

  test('the order of the batches says nothing about their lengths, nor that of the data about the batches', () => {
    const firsts = batches.map((batch) => lengthsOf(batch)[0] as number);
    const rises = firsts.slice(1).filter((length, i) => length > (firsts[i] as number)).length;
    expect(rises).toBeGreaterThan(batches.length * 0.35);
    expect(rises).toBeLessThan(batches.length * 0.65);
    // The first pool of 800 is drawn from all examples, not from the first ones.
    const early = batches.slice(0, 50).flatMap((batch) => [...batch]);
    const mean = early.reduce((sum, index) => sum + index) / early.length;
    expect(Math.abs(mean - 2501)).toBeLessThan(5 * (1444 / Math.sqrt(800)));
  });

  test('seed and epoch decide', () => {
    expect([...trainingBatches(lengths, { batchSize: 16, seed: 1, epoch: 1 })]).toEqual(batches);
    expect([...trainingBatches(lengths, { batchSize: 16, seed: 1, epoch: 2 })]).not.toEqual(batches);
    expect([...trainingBatches(lengths, { batchSize: 16, seed: 2, epoch: 1 })]).not.toEqual(batches);
  });

  test('among inputs of one length those with targets of one length come together', () => {
    const targetLengths = lengths.map((_, i) => (i * 7919) % 40);
    const order = { batchSize: 16, seed: 1, epoch: 1 };
    const sorted = [...trainingBatches(lengths, { ...order, targetLengths })];
    expect(sorted.map(lengthsOf)).toEqual(batches.map(lengthsOf));
    expect(sorted).not.toEqual(batches);
    for (const batch of sorted) {
      for (let i = 1; i < batch.length; i++) {
        const [a, b] = [batch[i - 1]!, batch[i]!];
        if (lengths[a] === lengths[b]) {
          expect(targetLengths[b]).toBeLessThanOrEqual(targetLengths[a]!);
        }
      }
    }
    const none = lengths.map(() => 0);
    expect([...trainingBatches(lengths, { ...order, targetLengths: none })]).toEqual(batches);
  });

  test('the order is this one on every machine (computed in Python)', () => {
    const order = [...trainingBatches([3, 1, 2, 1, 3], { batchSize: 2, seed: 7, epoch: 3 })];
    expect(order.map((batch) => [...batch])).toEqual([[3], [0, 4], [2, 1]]);
  });

  test('no examples, no batches', () => {
    expect([...trainingBatches([], { batchSize: 4, seed: 1, epoch: 1 })]).toEqual([]);
  });
});

describe('evaluation', () => {
  const batches = [...evaluationBatches(lengths, 16)];

  test('every example comes once, in pools of 50 batches that keep the order of the data', () => {
    expect(batches).toHaveLength(countBatches(lengths.length, 16));
    for (let pool = 0; pool * 50 < batches.length; pool++) {
      const indexes = batches.slice(pool * 50, (pool + 1) * 50).flatMap((batch) => [...batch]);
      expect(indexes.sort((a, b) => a - b)).toEqual(indexes.map((_, i) => pool * 800 + i));
    }
  });

  test('within a pool the longest come first, equal ones in their order', () => {
    const pool = batches.slice(0, 50).flatMap((batch) => [...batch]);
    for (let i = 1; i < pool.length; i++) {
      const [a, b] = [pool[i - 1] as number, pool[i] as number];
      const difference = (lengths[a] as number) - (lengths[b] as number);
      expect(difference > 0 || (difference === 0 && a < b)).toBe(true);
    }
  });
});
