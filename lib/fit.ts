import type { Batch, StepResult, Trainer } from '../binding';
import { BpttError } from './errors';
import { nativeResult } from './native-call';
import { isBetter, type ScalarMetrics } from './meter';
import type { EpochRecord, FitForm, History, Progress } from './options';
import { pipeline } from './pipeline';
import { LearningRate } from './schedule';

/** A batch with what it counts for in the rates of the progress. */
export interface TrainingBatch {
  batch: Batch;
  examples: number;
  steps: number;
}

interface RatedBatch extends TrainingBatch {
  learningRate: number;
}

/** What a training run works with. */
export interface TrainingPlan {
  trainer: Trainer;
  options: FitForm;
  /** The batches of an epoch, made one by one. */
  batches(epoch: number): Iterable<TrainingBatch>;
  batchesPerEpoch: number;
  /** The validation metrics of the parameters being trained; absent without validation data. Rejects with the signal's
   * reason once it is aborted. */
  validate?: (() => Promise<ScalarMetrics>) | undefined;
  /** The key among them that tells which epoch is best. */
  metric: string;
}

/** Batches made: one that the trainer works on and the next. */
const queueDepth = 2;

/**
 * Seconds. Behind a batch that takes less, the next one waits in the trainer, which then need not wait for the event
 * loop. After a longer one the loop's answer counts for nothing, and an abort should not have to wait for two.
 */
const longBatch = 0.05;

const defaultEpochs = 10;

const defaultPatience = 5;

/**
 * Trains until the epochs, the time or the patience have run out or the signal is aborted, and leaves the best
 * epoch's parameters kept in the trainer (without validation: the last parameters). Once begun, at least one batch is
 * trained with, so that there is always a result. Rejects with the reason of a signal aborted before.
 */
export async function train(plan: TrainingPlan): Promise<History> {
  plan.options.signal?.throwIfAborted();
  return new Training(plan).run();
}

class Training {
  private readonly started = performance.now();
  private readonly epochs: number | undefined;
  private readonly rate: LearningRate;
  private readonly history: EpochRecord[] = [];
  private stoppedBy: History['stoppedBy'] | undefined;
  private best: { epoch: number; score: number } | undefined;
  private batchesDone = 0;
  /** The last one that was handed to the trainer. */
  private batchUnderWay: Promise<StepResult> | undefined;
  private lastBatchDone = this.started;
  private secondsOfLastBatch = Infinity;

  constructor(private readonly plan: TrainingPlan) {
    const { epochs, minutes, optimizer, schedule } = plan.options;
    this.epochs = epochs ?? (minutes === undefined ? defaultEpochs : undefined);
    this.rate = new LearningRate(optimizer.learningRate, schedule);
  }

  async run(): Promise<History> {
    for (let epoch = 1; this.stoppedBy === undefined; epoch += 1) {
      await this.runEpoch(new EpochProgress(epoch, this.plan.batchesPerEpoch));
      if (this.stoppedBy === undefined && epoch === this.epochs) {
        this.stoppedBy = 'epochs';
      }
    }
    const kept = this.plan.validate === undefined ? undefined : this.best?.epoch;
    return { epochs: this.history, bestEpoch: kept ?? this.history.length, stoppedBy: this.stoppedBy };
  }

  private async runEpoch(progress: EpochProgress): Promise<void> {
    await pipeline(
      this.untilStopped(progress.epoch),
      queueDepth,
      (batch) => this.handOver(batch),
      (result, batch) => {
        if (result !== undefined) {
          this.batchDone(progress, result, batch);
        }
      },
    ).catch((error: unknown) => {
      throw located(error, progress);
    });
    if (progress.step === 0) {
      return;
    }
    const record: EpochRecord = { epoch: progress.epoch, loss: progress.loss, seconds: 0 };
    const metrics = await this.validate();
    record.seconds = progress.seconds();
    if (metrics !== undefined) {
      record.metrics = metrics;
    }
    this.history.push(record);
    if (this.stoppedBy !== 'signal') {
      await this.judge(record);
      this.report({ ...progress.event('epoch', this.secondsLeft()), ...(metrics && { metrics }) });
    }
  }

  /** The batches of an epoch with their rates, until it is time to stop. */
  private *untilStopped(epoch: number): Generator<RatedBatch> {
    const { minutes } = this.plan.options;
    let step = (epoch - 1) * this.plan.batchesPerEpoch;
    for (const batch of this.plan.batches(epoch)) {
      this.lookForStop();
      if (this.stoppedBy !== undefined) {
        return;
      }
      const learningRate = this.rate.at({
        step,
        epoch: epoch - 1,
        ...(this.epochs !== undefined && { totalSteps: this.epochs * this.plan.batchesPerEpoch }),
        ...(minutes !== undefined && { timeShare: this.elapsed() / (60 * minutes) }),
      });
      step += 1;
      yield { ...batch, learningRate };
    }
    this.lookForStop();
  }

  /** Has the trainer work on a batch, unless it is time to stop. */
  private async handOver({ batch, learningRate }: RatedBatch): Promise<StepResult | undefined> {
    if (this.secondsOfLastBatch > longBatch) {
      await this.batchUnderWay;
      this.lookForStop();
    }
    if (this.stoppedBy !== undefined) {
      return undefined;
    }
    this.batchUnderWay = nativeResult(() => this.plan.trainer.step(batch, learningRate));
    return this.batchUnderWay;
  }

  private batchDone(progress: EpochProgress, result: StepResult, batch: RatedBatch): void {
    const now = performance.now();
    this.secondsOfLastBatch = (now - this.lastBatchDone) / 1000;
    this.lastBatchDone = now;
    this.batchesDone += 1;
    progress.add(result, batch);
    this.report(progress.event('step', this.secondsLeft()));
  }

  /** Somebody who aborts does not wait for the validation data. */
  private async validate(): Promise<ScalarMetrics | undefined> {
    const { validate, options } = this.plan;
    if (validate === undefined || this.stoppedBy === 'signal') {
      return undefined;
    }
    try {
      return await validate();
    } catch (error) {
      if (options.signal?.aborted !== true || error !== options.signal.reason) {
        throw error;
      }
      this.stoppedBy = 'signal';
      return undefined;
    }
  }

  private lookForStop(): void {
    const { signal, minutes } = this.plan.options;
    if (this.batchUnderWay === undefined) {
      return;
    }
    if (signal?.aborted === true) {
      this.stoppedBy = 'signal';
    } else if (minutes !== undefined && this.elapsed() >= 60 * minutes) {
      this.stoppedBy = 'minutes';
    }
  }

  /** Keeps the parameters if they are the best so far, else counts down the patience. */
  private async judge({ epoch, loss, metrics }: EpochRecord): Promise<void> {
    const { plan } = this;
    const key = metrics === undefined ? 'loss' : plan.metric;
    const score = metrics === undefined ? loss : (metrics[plan.metric] ?? NaN);
    const better = this.best === undefined || isBetter(key, score, this.best.score);
    this.rate.epochEnded(better);
    if (better) {
      this.best = { epoch, score };
    }
    if (metrics === undefined) {
      return;
    }
    if (better) {
      await nativeResult(() => plan.trainer.keep());
    } else if (epoch - this.best!.epoch >= (plan.options.patience ?? defaultPatience)) {
      this.stoppedBy ??= 'patience';
    }
  }

  private report(event: Progress): void {
    this.plan.options.onProgress?.(event);
  }

  private elapsed(): number {
    return (performance.now() - this.started) / 1000;
  }

  private secondsLeft(): number {
    const { minutes } = this.plan.options;
    const elapsed = this.elapsed();
    const byTime = minutes === undefined ? Infinity : 60 * minutes - elapsed;
    const byEpochs =
      this.epochs === undefined
        ? Infinity
        : elapsed * ((this.epochs * this.plan.batchesPerEpoch) / this.batchesDone - 1);
    return Math.max(0, Math.min(byTime, byEpochs));
  }
}

/** Sums over the batches of one epoch. */
class EpochProgress {
  step = 0;
  private readonly started = performance.now();
  private lossSum = 0;
  private count = 0;
  private examples = 0;
  private timeSteps = 0;
  private trainingSeconds = 0;
  private gradientNorm = 0;
  private learningRate = 0;

  constructor(
    readonly epoch: number,
    readonly steps: number,
  ) {}

  add(result: StepResult, batch: RatedBatch): void {
    this.step += 1;
    this.lossSum += result.loss;
    this.count += result.count;
    this.examples += batch.examples;
    this.timeSteps += batch.steps;
    this.gradientNorm = result.gradientNorm;
    this.learningRate = batch.learningRate;
    this.trainingSeconds = this.seconds();
  }

  get loss(): number {
    return this.count === 0 ? 0 : this.lossSum / this.count;
  }

  seconds(): number {
    return (performance.now() - this.started) / 1000;
  }

  event(kind: Progress['kind'], secondsLeft: number): Progress {
    return {
      kind,
      epoch: this.epoch,
      step: this.step,
      steps: this.steps,
      loss: this.loss,
      learningRate: this.learningRate,
      gradientNorm: this.gradientNorm,
      examplesPerSecond: this.examples / this.trainingSeconds,
      stepsPerSecond: this.timeSteps / this.trainingSeconds,
      secondsLeft,
    };
  }
}

/** A loss that is not finite, with the place where it came up. */
function located(error: unknown, { epoch, step, steps }: EpochProgress): unknown {
  if (error instanceof BpttError && error.code === 'ERR_NON_FINITE') {
    const place = `epoch ${epoch}, batch ${step + 1} of ${steps}`;
    return new BpttError(error.code, `${place}: ${error.message}`, { cause: error });
  }
  return error;
}
