import type { Batch, StepResult, Stop, Trainer, TrainerState } from '../../binding';
import { nativeResult } from '../addon/native-call';
import { withStop } from '../addon/stop-on-abort';
import { isBetter, type ScalarMetrics } from '../metrics/metrics';
import { thinned } from '../model-file/training-record';
import type { FitForm } from '../options/forms';
import type { EpochRecord, History, Progress, TrainingBaseline } from '../options/options';
import { LearningRate } from '../options/schedule';
import { BpttError } from '../support/errors';
import { tell } from '../support/listeners';
import { pipeline } from '../support/pipeline';
import { untilAborted } from '../support/until-aborted';
import { answersBudget, WorkSlice } from '../support/work-slice';
import type { Baseline } from './baseline';
import { EpochProgress, type TrainingPosition } from './epoch-progress';

/** A batch with what it counts for in the rates of the progress. */
export interface TrainingBatch {
  batch: Batch;
  examples: number;
  steps: number;
}

interface RatedBatch extends TrainingBatch {
  learningRate: number;
  /** Counted from 1 over all epochs. */
  number: number;
}

/** A batch that is done, and the state behind it where a checkpoint is to be written there. */
interface BatchDone {
  result: StepResult;
  state?: Promise<TrainerState>;
}

/** What a training run works with. */
export interface TrainingPlan {
  trainer: Trainer;
  options: FitForm;
  /** The batches of an epoch but the first `done`, made one by one. */
  batches(epoch: number, done: number): Iterable<TrainingBatch>;
  batchesPerEpoch: number;
  /** The validation metrics of the parameters being trained; absent without validation data. Rejects with the signal's
   * reason once it is aborted. */
  validate?: (() => Promise<ScalarMetrics>) | undefined;
  /** The key among them that tells which epoch is best. */
  metric: string;
  /** What a model has to get beyond to have learned anything: by that metric, or without validation data by the training loss. */
  baseline?: Baseline | undefined;
  /** Where an earlier run was broken off, with whose state the trainer was made. */
  position?: TrainingPosition | undefined;
  /** Writes a checkpoint. */
  save?:
    | ((state: TrainerState, position: TrainingPosition, baseline?: TrainingBaseline) => Promise<void>)
    | undefined;
}

/** What a training run came to. */
export interface TrainingResult extends Pick<History, 'epochs' | 'bestEpoch' | 'baseline'> {
  stoppedBy: History['stoppedBy'] | 'error';
  /** With `error`: why a checkpoint could not be written. */
  failure?: Error;
}

/** Batches made: one that the trainer works on and the next. */
const queueDepth = 2;

/**
 * Seconds. Behind a batch that takes less, the next one waits in the trainer, which then need not wait for the event
 * loop. After a longer one the loop's answer counts for nothing, and an abort should not have to wait for two.
 */
const longBatch = 0.05;

const defaultEpochs = 10;

/**
 * Trains until the epochs, the time or the patience have run out, the signal is aborted or a checkpoint cannot be written,
 * and leaves the best epoch's parameters kept in the trainer (without validation: the last parameters). A signal ends the
 * batch that is under way, which then counts for nothing; aborted before a first one is done, so that there is no result, it
 * rejects with its reason.
 */
export async function runEpochs(plan: TrainingPlan): Promise<TrainingResult> {
  const { signal } = plan.options;
  signal?.throwIfAborted();
  return withStop(signal, (stop) => new EpochLoop(plan, stop).run());
}

/** How many epochs there are at most, if that is limited. */
export function epochLimit({ epochs, minutes }: Pick<FitForm, 'epochs' | 'minutes'>): number | undefined {
  return epochs ?? (minutes === undefined ? defaultEpochs : undefined);
}

class EpochLoop {
  private readonly started: number;
  private readonly epochs: number | undefined;
  private readonly rate: LearningRate;
  private readonly history: EpochRecord[];
  private stoppedBy: TrainingResult['stoppedBy'] | undefined;
  private failure: Error | undefined;
  private best: { epoch: number; score: number } | undefined;
  private batchesDone: number;
  /** The last one that was handed to the trainer. */
  private batchUnderWay: Promise<StepResult | undefined> | undefined;
  private lastBatchDone = performance.now();
  private secondsOfLastBatch = Infinity;
  private readonly slice = new WorkSlice({}, answersBudget);

  constructor(
    private readonly plan: TrainingPlan,
    private readonly stop: Stop | undefined,
  ) {
    const { position, options } = plan;
    const { optimizer, schedule } = options;
    this.started = performance.now() - 1000 * (position?.seconds ?? 0);
    this.epochs = epochLimit(options);
    this.rate = new LearningRate(optimizer.learningRate, schedule, position?.plateau);
    this.history = [...(position?.history ?? [])];
    this.best = position?.best;
    this.batchesDone =
      position === undefined ? 0 : (position.epoch - 1) * plan.batchesPerEpoch + position.sums.step;
  }

  async run(): Promise<TrainingResult> {
    const { position, batchesPerEpoch, options, validate } = this.plan;
    let progress = new EpochProgress(position?.epoch ?? 1, batchesPerEpoch, position?.sums);
    while (!this.isOver()) {
      await this.runEpoch(progress);
      progress = new EpochProgress(progress.epoch + 1, batchesPerEpoch);
    }
    if (this.batchesDone === 0) options.signal?.throwIfAborted();
    const level = this.level();
    return {
      epochs: this.history,
      bestEpoch: bestEpoch(this.epochsDone, validate && this.best),
      stoppedBy: this.stoppedBy!,
      ...(level && { baseline: level }),
      ...(this.failure !== undefined && { failure: this.failure }),
    };
  }

  /** Whether something has ended the training, or its epochs or patience have run out. */
  private isOver(): boolean {
    const { validate, options } = this.plan;
    const done = this.epochsDone;
    const progress = this.lastProgress();
    if (validate && progress !== undefined && done - progress >= (options.patience ?? Infinity)) {
      this.stoppedBy ??= 'patience';
    } else if (this.epochs !== undefined && done >= this.epochs) {
      this.stoppedBy ??= 'epochs';
    }
    return this.stoppedBy !== undefined;
  }

  /** The epoch that was the last to bring something better, as far as it is more than a constant answer has. */
  private lastProgress(): number | undefined {
    const left = this.firstBeyond();
    return this.best === undefined || left === undefined ? undefined : Math.max(this.best.epoch, left);
  }

  /** Of a constant answer, and whether an epoch got beyond it. */
  private level(): TrainingBaseline | undefined {
    const { baseline } = this.plan;
    if (baseline === undefined) return undefined;
    const { metric, score } = baseline;
    return { metric, score, beaten: this.firstBeyond() !== undefined };
  }

  /** The first epoch that was better than a constant answer. */
  private firstBeyond(): number | undefined {
    const { baseline } = this.plan;
    return this.history.find((record) => baseline === undefined || isBeyond(baseline, record))?.epoch;
  }

  /** Of which there may be more than the history of a checkpoint has. */
  private get epochsDone(): number {
    return this.history.at(-1)?.epoch ?? 0;
  }

  private async runEpoch(progress: EpochProgress): Promise<void> {
    await pipeline(
      this.untilStopped(progress),
      queueDepth,
      (batch) => this.handOver(batch),
      (done, batch) => this.batchDone(progress, done, batch),
    ).catch((error: unknown) => {
      throw located(error, progress);
    });
    if (progress.step === 0) {
      return;
    }
    const record: EpochRecord = { epoch: progress.epoch, loss: progress.loss, seconds: 0 };
    const metrics = await this.validate();
    if (this.brokenOff || !progress.complete) {
      await this.save(progress);
    }
    record.seconds = progress.seconds();
    if (metrics !== undefined) {
      record.metrics = metrics;
    }
    this.history.push(record);
    if (!this.brokenOff) {
      await this.judge(record);
      if (progress.complete) {
        await this.save(new EpochProgress(progress.epoch + 1, progress.steps));
      }
      const best = metrics === undefined || this.best?.epoch === record.epoch;
      await this.report({
        kind: 'epoch',
        ...progress.event(this.secondsLeft()),
        ...(metrics && { metrics: { ...metrics }, metric: this.plan.metric }),
        best,
      });
    }
  }

  /** The batches of an epoch with their rates, until it is time to stop. */
  private *untilStopped({ epoch, step }: EpochProgress): Generator<RatedBatch> {
    const { batchesPerEpoch, options } = this.plan;
    const { minutes } = options;
    let done = (epoch - 1) * batchesPerEpoch + step;
    for (const batch of this.plan.batches(epoch, step)) {
      this.lookForStop();
      if (this.stoppedBy !== undefined) {
        return;
      }
      const learningRate = this.rate.at({
        step: done,
        epoch: epoch - 1,
        ...(this.epochs !== undefined && { totalSteps: this.epochs * batchesPerEpoch }),
        ...(minutes !== undefined && { timeShare: this.elapsed() / (60 * minutes) }),
      });
      done += 1;
      yield { ...batch, learningRate, number: done };
    }
    this.lookForStop();
  }

  /** Has the trainer work on a batch, unless it is time to stop. */
  private async handOver({ batch, learningRate, number }: RatedBatch): Promise<BatchDone | undefined> {
    if (this.secondsOfLastBatch > longBatch) {
      await this.batchUnderWay;
      this.lookForStop();
    }
    if (this.stoppedBy !== undefined) {
      return undefined;
    }
    const { trainer, save, options } = this.plan;
    this.batchUnderWay = this.step(batch, learningRate);
    // Asked for before the next batch is handed over, behind which it would be another one.
    const due = save !== undefined && number % (options.checkpoint?.everySteps ?? Infinity) === 0;
    const state = due ? trainer.state() : undefined;
    // If the batch fails, nobody looks at it.
    state?.catch(() => undefined);
    const result = await this.batchUnderWay;
    return result && { result, ...(state && { state }) };
  }

  /** Trains with a batch. Without a result, and without any other trace, where the signal ended it. */
  private async step(batch: Batch, learningRate: number): Promise<StepResult | undefined> {
    const { trainer, options } = this.plan;
    try {
      return await nativeResult(() => trainer.step(batch, learningRate, this.stop));
    } catch (error) {
      if (options.signal?.aborted !== true) throw error;
      this.stoppedBy ??= 'signal';
      return undefined;
    }
  }

  private async batchDone(
    progress: EpochProgress,
    done: BatchDone | undefined,
    batch: RatedBatch,
  ): Promise<void> {
    if (done === undefined) {
      return;
    }
    const now = performance.now();
    this.secondsOfLastBatch = (now - this.lastBatchDone) / 1000;
    this.lastBatchDone = now;
    this.batchesDone += 1;
    progress.add(done.result, batch);
    if (done.state !== undefined) {
      await this.save(progress, done.state);
    }
    await this.report({ kind: 'step', ...progress.event(this.secondsLeft()) });
    // Small batches are done as fast as they are handed over.
    if (this.slice.spent) await this.slice.pause();
  }

  /** Somebody who aborts does not wait for the validation data. */
  private async validate(): Promise<ScalarMetrics | undefined> {
    const { validate, options } = this.plan;
    if (validate === undefined || this.brokenOff) {
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
    if (this.batchesDone === 0 && this.batchUnderWay === undefined) {
      return;
    }
    if (signal?.aborted === true) {
      this.stoppedBy ??= 'signal';
    } else if (minutes !== undefined && this.elapsed() >= 60 * minutes) {
      this.stoppedBy ??= 'minutes';
    }
  }

  /** Whether the training ends here and now, without an end of the epoch. */
  private get brokenOff(): boolean {
    return this.stoppedBy === 'signal' || this.stoppedBy === 'error';
  }

  /** Keeps the parameters if they are the best so far. */
  private async judge({ epoch, loss, metrics }: EpochRecord): Promise<void> {
    const { plan } = this;
    const key = metrics === undefined ? 'loss' : plan.metric;
    const score = metrics === undefined ? loss : (metrics[plan.metric] ?? NaN);
    const better = this.best === undefined || isBetter(key, score, this.best.score);
    this.rate.epochEnded(better);
    if (better) {
      this.best = { epoch, score };
      if (metrics !== undefined) await nativeResult(() => plan.trainer.keep());
    }
  }

  /** Writes a checkpoint, if there are to be any. Where that fails, the training ends with the best so far. */
  private async save(progress: EpochProgress, state?: Promise<TrainerState>): Promise<void> {
    const { save, trainer } = this.plan;
    if (save === undefined || this.failure !== undefined) {
      return;
    }
    try {
      await save(await nativeResult(() => state ?? trainer.state()), this.position(progress), this.level());
    } catch (error) {
      this.failure = error as Error;
      this.stoppedBy = 'error';
    }
  }

  private position(progress: EpochProgress): TrainingPosition {
    return {
      epoch: progress.epoch,
      sums: progress.sums(),
      history: thinned(this.history, [this.best?.epoch ?? 0, this.firstBeyond() ?? 0]),
      ...(this.best && { best: this.best }),
      plateau: this.rate.plateau,
      seconds: this.elapsed(),
    };
  }

  /** Whoever aborts does not wait for a listener that may never be done. */
  private async report(event: Progress): Promise<void> {
    const { onProgress, signal } = this.plan.options;
    const heard = tell(onProgress, event);
    if (heard === undefined) return;
    await untilAborted(heard, signal).catch((error: unknown) => {
      if (signal?.aborted !== true || error !== signal.reason) throw error;
    });
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

/** The epoch whose parameters are the result: the best one, or the last one if none was judged by validation data. */
export function bestEpoch(done: number, best: TrainingPosition['best'] | undefined): number {
  return best?.epoch ?? done;
}

function isBeyond(baseline: Baseline, { loss, metrics }: EpochRecord): boolean {
  return baseline.isLeftBy(metrics ?? { loss });
}

/** A loss that is not finite, with the place where it came up. */
function located(error: unknown, { epoch, step, steps }: EpochProgress): unknown {
  if (error instanceof BpttError && error.code === 'ERR_NON_FINITE') {
    const place = `epoch ${epoch}, batch ${step + 1} of ${steps}`;
    return new BpttError(error.code, `${place}: ${error.message}`, { cause: error });
  }
  return error;
}
