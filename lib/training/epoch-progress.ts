import type { StepResult } from '../../binding';
import type { EpochRecord, TrainingProgress } from '../options/options';
import type { Plateau } from '../options/schedule';

/** What the batches of one epoch came to so far. */
export interface EpochSums {
  /** Batches done. */
  step: number;
  loss: number;
  /** Of the steps or sequences that the losses are of. */
  count: number;
  examples: number;
  timeSteps: number;
  /** Since the epoch began, and of these until the last batch was done. */
  seconds: number;
  trainingSeconds: number;
  /** Of the last batch, as `learningRate`. */
  gradientNorm: number;
  learningRate: number;
}

/** Where a training stands between two batches, besides the state of its trainer. */
export interface TrainingPosition {
  /** The one under way, or about to begin. From 1. */
  epoch: number;
  /** Of that epoch. */
  sums: EpochSums;
  /** The epochs before it, or what the record keeps of very many, with the first one that was better than a constant answer. */
  history: EpochRecord[];
  /** Of these; without validation data that with the least loss. */
  best?: { epoch: number; score: number };
  plateau: Plateau;
  /** That the training took so far. */
  seconds: number;
}

const nothing: EpochSums = {
  step: 0,
  loss: 0,
  count: 0,
  examples: 0,
  timeSteps: 0,
  seconds: 0,
  trainingSeconds: 0,
  gradientNorm: 0,
  learningRate: 0,
};

/** Sums over the batches of one epoch. */
export class EpochProgress {
  private readonly started: number;
  private readonly done: EpochSums;

  /** @param done in a run before this one. */
  constructor(
    readonly epoch: number,
    readonly steps: number,
    done = nothing,
  ) {
    this.started = performance.now() - 1000 * done.seconds;
    this.done = { ...done };
  }

  add(
    { loss, count, gradientNorm }: StepResult,
    batch: { examples: number; steps: number; learningRate: number },
  ): void {
    const { done } = this;
    done.step += 1;
    done.loss += loss;
    done.count += count;
    done.examples += batch.examples;
    done.timeSteps += batch.steps;
    done.gradientNorm = gradientNorm;
    done.learningRate = batch.learningRate;
    done.trainingSeconds = this.seconds();
  }

  /** Batches done. */
  get step(): number {
    return this.done.step;
  }

  /** Whether all of its batches are done. */
  get complete(): boolean {
    return this.step === this.steps;
  }

  get loss(): number {
    const { loss, count } = this.done;
    return count === 0 ? 0 : loss / count;
  }

  seconds(): number {
    return (performance.now() - this.started) / 1000;
  }

  sums(): EpochSums {
    return { ...this.done, seconds: this.seconds() };
  }

  /** What is told of it. */
  event(secondsLeft: number): TrainingProgress {
    const { step, examples, timeSteps, trainingSeconds, gradientNorm, learningRate } = this.done;
    return {
      epoch: this.epoch,
      step,
      steps: this.steps,
      loss: this.loss,
      learningRate,
      gradientNorm,
      examplesPerSecond: examples / trainingSeconds,
      stepsPerSecond: timeSteps / trainingSeconds,
      secondsLeft,
    };
  }
}
