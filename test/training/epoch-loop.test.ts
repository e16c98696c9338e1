import type { Batch, Evaluation, StepResult, Trainer, TrainerState } from '../../binding';
import type { ScalarMetrics } from '../../lib/metrics/metrics';
import type { Progress } from '../../lib/options/options';
import { checkFit } from '../../lib/options/options-schema';
import { BpttError } from '../../lib/support/errors';
import { Baseline } from '../../lib/training/baseline';
import { runEpochs, type TrainingPlan, type TrainingResult } from '../../lib/training/epoch-loop';

const batch: Batch = { lengths: Int32Array.of(5) };

/** A timer that began in a busy turn of the event loop may end early. */
async function atLeast(seconds: number): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  do await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  while (performance.now() < end);
}

/** A trainer that learns nothing, but writes down what it is asked for. */
class FakeTrainer implements Trainer {
  readonly rates: number[] = [];
  readonly keptAfter: number[] = [];
  underWay = 0;
  most = 0;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly seconds = 0,
    private readonly failAt = Infinity,
  ) {}

  async step(_: Batch, learningRate: number): Promise<StepResult> {
    this.underWay += 1;
    this.most = Math.max(this.most, this.underWay);
    const step = this.rates.push(learningRate);
    const before = this.last;
    this.last = before.then(() => atLeast(this.seconds));
    await this.last;
    this.underWay -= 1;
    if (step >= this.failAt) {
      throw Object.assign(new Error('the loss is NaN'), { code: 'ERR_NON_FINITE' });
    }
    return { loss: 10, count: 5, gradientNorm: 3, infeasible: 0 };
  }

  evaluate(): Promise<Evaluation> {
    return Promise.reject(new Error('not asked for here'));
  }

  decode(): Promise<never> {
    return Promise.reject(new Error('not asked for here'));
  }

  state(): Promise<TrainerState> {
    return Promise.resolve({ updates: this.rates.length, parameters: {} });
  }

  keep(): Promise<void> {
    this.keptAfter.push(this.rates.length);
    return Promise.resolve();
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  dispose(): void {
    this.underWay = 0;
  }
}

function plan(trainer: Trainer, options: object, scores?: number[]): TrainingPlan {
  return {
    trainer,
    options: checkFit(options),
    batchesPerEpoch: 4,
    *batches() {
      for (let index = 0; index < 4; index += 1) {
        yield { batch, examples: 2, steps: 5 };
      }
    },
    ...(scores && {
      validate: (): Promise<ScalarMetrics> => Promise.resolve({ accuracy: scores.shift()!, loss: 1 }),
    }),
    metric: 'accuracy',
  };
}

test('trains ten epochs unless told otherwise', async () => {
  const trainer = new FakeTrainer();
  const history = await runEpochs(plan(trainer, {}));
  expect(trainer.rates).toEqual(Array(40).fill(0.002));
  expect(history.epochs.map(({ epoch, loss }) => [epoch, loss])).toEqual(
    Array.from({ length: 10 }, (_, index) => [index + 1, 2]),
  );
  expect(history).toMatchObject({ bestEpoch: 10, stoppedBy: 'epochs' });
  expect(trainer.keptAfter).toEqual([]);
});

test('the next batch is with the trainer while it works on one, and no more', async () => {
  const trainer = new FakeTrainer(0.001);
  await runEpochs(plan(trainer, { epochs: 2 }));
  expect(trainer.most).toBe(2);
});

test('keeps the best epoch and stops when patience has run out', async () => {
  const trainer = new FakeTrainer();
  const history = await runEpochs(plan(trainer, { patience: 2 }, [0.5, 0.7, 0.6, 0.7, 0.8]));
  expect(trainer.keptAfter).toEqual([4, 8]);
  expect(history).toMatchObject({ bestEpoch: 2, stoppedBy: 'patience' });
  expect(history.epochs.map(({ metrics }) => metrics?.['accuracy'])).toEqual([0.5, 0.7, 0.6, 0.7]);
});

test('without patience all epochs run, and the best one is kept', async () => {
  const history = await runEpochs(plan(new FakeTrainer(), {}, [0.9, ...Array<number>(9).fill(0.1)]));
  expect(history).toMatchObject({ bestEpoch: 1, stoppedBy: 'epochs', epochs: { length: 10 } });
});

describe('beside what a constant answer scores', () => {
  const baseline = new Baseline('accuracy', { accuracy: 0.5, loss: 0.7 }, 100);
  const run = (options: object, scores: number[]): Promise<TrainingResult> =>
    runEpochs({ ...plan(new FakeTrainer(), options, scores), baseline });

  test('patience does not count before that level has been left', async () => {
    const scores = [0.58, ...Array<number>(6).fill(0.5), 0.8, 0.9, 0.85, 0.7, 0.95];
    expect(await run({ epochs: 12, patience: 2 }, scores)).toMatchObject({
      stoppedBy: 'patience',
      bestEpoch: 9,
      epochs: { length: 11 },
      baseline: { metric: 'accuracy', score: 0.5, beaten: true },
    });
  });

  test('a training that ends there runs through, and says so', async () => {
    expect(await run({ epochs: 5, patience: 1 }, [0.5, 0.58, 0.5, 0.5, 0.5])).toMatchObject({
      stoppedBy: 'epochs',
      bestEpoch: 2,
      epochs: { length: 5 },
      baseline: { beaten: false },
    });
  });

  test('it counts from there even where an epoch before was better', async () => {
    const noisy = new Baseline('accuracy', { accuracy: 0.5, loss: 1.2 }, 100);
    // The third epoch has the loss of a model that has learned something.
    const { epochs } = await runEpochs({
      ...plan(new FakeTrainer(), { patience: 2 }),
      metric: 'accuracy',
      baseline: noisy,
      validate: metricsOf([0.6, 2], [0.55, 2], [0.55, 0.8], [0.55, 0.9], [0.55, 0.9], [0.55, 0.9]),
    });
    expect(epochs).toHaveLength(5);
  });
});

function metricsOf(...epochs: [accuracy: number, loss: number][]): () => Promise<ScalarMetrics> {
  return () => {
    const [accuracy, loss] = epochs.shift()!;
    return Promise.resolve({ accuracy, loss });
  };
}

test('less is better for a loss, and anything for what could not be computed', async () => {
  const losing = { ...plan(new FakeTrainer(), { epochs: 3 }, [0, 0, 0]), metric: 'loss' };
  const values = [3, 1, 2];
  losing.validate = () => Promise.resolve({ loss: values.shift()! });
  expect((await runEpochs(losing)).bestEpoch).toBe(2);
  expect((await runEpochs(plan(new FakeTrainer(), { epochs: 3 }, [NaN, 0.1, NaN]))).bestEpoch).toBe(2);
});

test('the schedule sees updates and epochs', async () => {
  const trainer = new FakeTrainer();
  await runEpochs(
    plan(trainer, { epochs: 2, optimizer: { kind: 'sgd', learningRate: 1 }, schedule: 'linear' }),
  );
  expect(trainer.rates).toEqual([1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125]);
  const stepped = new FakeTrainer();
  const schedule = { kind: 'step', every: 1, factor: 0.5 };
  await runEpochs(plan(stepped, { epochs: 2, optimizer: { kind: 'sgd', learningRate: 1 }, schedule }));
  expect(stepped.rates).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5]);
});

test('minutes end it at the next batch, and the epoch so far counts', async () => {
  const trainer = new FakeTrainer(0.005);
  const history = await runEpochs(plan(trainer, { minutes: 0.05 / 60 }, Array<number>(99).fill(0.5)));
  expect(history.stoppedBy).toBe('minutes');
  expect(trainer.rates.length).toBeGreaterThan(4);
  expect(trainer.rates.length).toBeLessThan(14);
  expect(history.epochs.at(-1)!.epoch).toBe(Math.ceil(trainer.rates.length / 4));
  expect(history.epochs.every(({ metrics }) => metrics?.['accuracy'] === 0.5)).toBe(true);
});

test('a signal ends it after the batches under way', async () => {
  const trainer = new FakeTrainer();
  const controller = new AbortController();
  const onProgress = ({ kind, epoch, step }: Progress): void => {
    if (kind === 'step' && epoch === 3 && step === 2) {
      controller.abort();
    }
  };
  const scores = [0.5, 0.4];
  const history = await runEpochs(plan(trainer, { signal: controller.signal, onProgress }, scores));
  expect(trainer.rates.length).toBeLessThanOrEqual(11);
  expect(history).toMatchObject({ bestEpoch: 1, stoppedBy: 'signal', epochs: { length: 3 } });
  expect(history.epochs[2]!.metrics).toBeUndefined();
});

test('however short the time is, one batch is trained with, and validated', async () => {
  const trainer = new FakeTrainer();
  const history = await runEpochs(plan(trainer, { minutes: 1e-9 }, [0.5]));
  expect(trainer.rates).toHaveLength(1);
  expect(trainer.keptAfter).toEqual([1]);
  expect(history).toMatchObject({ bestEpoch: 1, stoppedBy: 'minutes' });
  expect(history.epochs).toEqual([
    { epoch: 1, loss: 2, seconds: expect.any(Number) as number, metrics: { accuracy: 0.5, loss: 1 } },
  ]);
});

test('a signal aborted before the first batch rejects with its reason', async () => {
  const trainer = new FakeTrainer();
  const reason = new Error('not today');
  await expect(runEpochs(plan(trainer, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
  expect(trainer.rates).toEqual([]);
});

test('no batch waits behind a long one, and none follows it once the signal is aborted', async () => {
  const controller = new AbortController();
  class AbortedTrainer extends FakeTrainer {
    override step(given: Batch, learningRate: number): Promise<StepResult> {
      const result = super.step(given, learningRate);
      if (this.rates.length === 3) {
        controller.abort();
      }
      return result;
    }
  }
  const trainer = new AbortedTrainer(0.08);
  const history = await runEpochs(plan(trainer, { signal: controller.signal }, [0.5]));
  expect(trainer.most).toBe(1);
  expect(trainer.rates).toHaveLength(3);
  expect(history).toMatchObject({ bestEpoch: 1, stoppedBy: 'signal', epochs: { length: 1 } });
});

test('a signal ends the measuring of validation data too, and the best so far is kept', async () => {
  const trainer = new FakeTrainer();
  const controller = new AbortController();
  const reason = new Error('enough');
  let measured = 0;
  const validate = (): Promise<ScalarMetrics> => {
    measured += 1;
    if (measured === 1) {
      return Promise.resolve({ accuracy: 0.5 });
    }
    controller.abort(reason);
    return Promise.reject(reason);
  };
  const history = await runEpochs({ ...plan(trainer, { signal: controller.signal }), validate });
  expect(history).toMatchObject({ bestEpoch: 1, stoppedBy: 'signal', epochs: { length: 2 } });
  expect(history.epochs[1]!.metrics).toBeUndefined();
  expect(trainer.keptAfter).toEqual([4]);
});

test('reports every batch and every epoch', async () => {
  const events: Progress[] = [];
  const onProgress = (event: Progress): void => {
    events.push(event);
  };
  await runEpochs(plan(new FakeTrainer(0.001), { epochs: 2, onProgress }, [0.5, 0.6]));
  expect(events.map(({ kind, epoch, step, steps }) => [kind, epoch, step, steps])).toEqual([
    ...[1, 2, 3, 4].map((step) => ['step', 1, step, 4]),
    ['epoch', 1, 4, 4],
    ...[1, 2, 3, 4].map((step) => ['step', 2, step, 4]),
    ['epoch', 2, 4, 4],
  ]);
  for (const event of events) {
    expect(event).toMatchObject({ loss: 2, learningRate: 0.002, gradientNorm: 3 });
    expect(event.stepsPerSecond! / event.examplesPerSecond).toBeCloseTo(2.5, 9);
    expect(event.examplesPerSecond).toBeLessThan(2 / 0.0004);
    expect(event.secondsLeft).toBeGreaterThanOrEqual(0);
  }
  expect(events[0]!.secondsLeft).toBeGreaterThan(events[8]!.secondsLeft);
  expect(events[9]!.secondsLeft).toBe(0);
  expect(events.map(({ metrics }) => metrics?.['accuracy'])).toEqual([
    ...Array<undefined>(4),
    0.5,
    ...Array<undefined>(4),
    0.6,
  ]);
});

test('several listeners hear the same events', async () => {
  const heard: Progress[][] = [[], []];
  const onProgress = heard.map((events) => (event: Progress): void => {
    events.push(event);
  });
  await runEpochs(plan(new FakeTrainer(), { epochs: 1, onProgress }, [0.5]));
  expect(heard[0]!.map(({ kind }) => kind)).toEqual(['step', 'step', 'step', 'step', 'epoch']);
  expect(heard[1]).toEqual(heard[0]);
  expect(heard[0]![4]).toMatchObject({ metric: 'accuracy', best: true });
});

test('a listener that throws ends it with what it threw', async () => {
  const reason = new Error('enough');
  const onProgress = (): void => {
    throw reason;
  };
  await expect(runEpochs(plan(new FakeTrainer(), { onProgress }))).rejects.toBe(reason);
});

test('a loss that is not finite is reported with its place', async () => {
  const failing = runEpochs(plan(new FakeTrainer(0, 7), {}));
  await expect(failing).rejects.toBeInstanceOf(BpttError);
  await expect(failing).rejects.toMatchObject({
    code: 'ERR_NON_FINITE',
    message: 'epoch 2, batch 3 of 4: the loss is NaN',
  });
});
