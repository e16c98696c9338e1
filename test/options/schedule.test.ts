import { LearningRate, type Schedule } from '../../lib/options/schedule';

/** The rates of `steps` updates in epochs of 10. */
function rates(schedule: Schedule, steps: number, totalSteps?: number): number[] {
  const rate = new LearningRate(0.5, schedule);
  return Array.from({ length: steps }, (_, step) =>
    rate.at({ step, epoch: Math.floor(step / 10), ...(totalSteps !== undefined && { totalSteps }) }),
  );
}

test('constant stays', () => {
  expect(rates({ kind: 'constant', warmup: 0 }, 3)).toEqual([0.5, 0.5, 0.5]);
});

test('the warm-up rises by equal amounts and ends at the full rate', () => {
  expect(rates({ kind: 'constant', warmup: 4 }, 6)).toEqual([0.125, 0.25, 0.375, 0.5, 0.5, 0.5]);
});

test('linear follows η·(1 − (1 − final)·p)', () => {
  const actual = rates({ kind: 'linear', warmup: 0, final: 0.2 }, 100, 100);
  actual.forEach((rate, step) => {
    expect(rate).toBeCloseTo(0.5 * (1 - 0.8 * (step / 100)), 12);
  });
});

test('cosine follows η·(final + (1 − final)·(1 + cos πp)/2) after the warm-up', () => {
  const actual = rates({ kind: 'cosine', warmup: 20, final: 0.1 }, 100, 100);
  actual.slice(20).forEach((rate, index) => {
    expect(rate).toBeCloseTo(0.5 * (0.1 + 0.45 * (1 + Math.cos((Math.PI * index) / 80))), 12);
  });
  expect(actual[19]).toBeCloseTo(0.5, 12);
});

test('step multiplies by the factor every few epochs', () => {
  const actual = rates({ kind: 'step', warmup: 0, every: 2, factor: 0.1 }, 60);
  expect(actual.filter((_, step) => step % 10 === 0)).toEqual([
    0.5,
    0.5,
    0.05,
    0.05,
    0.5 * 0.1 ** 2,
    0.5 * 0.1 ** 2,
  ]);
});

test('plateau multiplies by the factor once patience has run out', () => {
  const rate = new LearningRate(1, { kind: 'plateau', warmup: 0, patience: 2, factor: 0.5 });
  const after = [true, false, true, false, false, false, false, true].map((better) => {
    rate.epochEnded(better);
    return rate.at({ step: 0, epoch: 0 });
  });
  expect(after).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25]);
});

test('where the time is limited, its share counts if it is further on', () => {
  const rate = new LearningRate(1, { kind: 'linear', warmup: 0, final: 0 });
  expect(rate.at({ step: 5, epoch: 0, timeShare: 0.25 })).toBe(0.75);
  expect(rate.at({ step: 5, epoch: 0, timeShare: 0.25, totalSteps: 10 })).toBe(0.5);
  expect(rate.at({ step: 5, epoch: 0, timeShare: 0.75, totalSteps: 10 })).toBe(0.25);
  expect(rate.at({ step: 50, epoch: 0, timeShare: 1.5, totalSteps: 10 })).toBe(0);
});
