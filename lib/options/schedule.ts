import type { Complete } from '../support/complete';

/**
 * How the learning rate changes while a model is trained. With `η` the optimizer's learning rate, `s` the
 * updates done so far, `W` the warm-up, and `p` the share 0…1 of the training after the warm-up that is done:
 *
 * | kind | rate |
 * |---|---|
 * | `constant` | `η` |
 * | `linear` | `η·(1 − (1 − final)·p)` |
 * | `cosine` | `η·(final + (1 − final)·(1 + cos πp)/2)`: Loshchilov and Hutter 2017, without restarts |
 * | `step` | `η·factor^⌊e/every⌋` after `e` whole epochs |
 * | `plateau` | times `factor` whenever `patience` epochs in a row brought no better score |
 *
 * All are multiplied by `(s + 1)/W` while `s < W`.
 *
 * `p` counts updates where the number of epochs is known; where training ends by `minutes` it is the share of
 * the time (of both the one further on), and then two runs are not the same to the last bit.
 * The score of `plateau` is the metric of the validation data, or the training loss without them.
 */
export type ScheduleSpec = ConstantSchedule | AnnealedSchedule | StepSchedule | PlateauSchedule;

/** A schedule with all its defaults. */
export type ScheduleKind = ScheduleSpec['kind'];

interface Warmup {
  /** W, the number of updates over which the rate rises. Default 0. */
  warmup?: number | undefined;
}

/** The learning rate stays the same. */
export interface ConstantSchedule extends Warmup {
  /** Names the kind. */
  kind: 'constant';
}

/** The learning rate falls over the whole training, on a line or along a cosine. */
export interface AnnealedSchedule extends Warmup {
  /** Names the kind. */
  kind: 'linear' | 'cosine';
  /** The last rate as a share of the first, 0…1. Default 0. */
  final?: number | undefined;
}

/** The learning rate falls every so many epochs. */
export interface StepSchedule extends Warmup {
  /** Names the kind. */
  kind: 'step';
  /** Epochs between two steps. Default 5. */
  every?: number | undefined;
  /** In (0, 1]. Default 0.5. */
  factor?: number | undefined;
}

/** The learning rate falls when the score no longer improves. */
export interface PlateauSchedule extends Warmup {
  /** Names the kind. */
  kind: 'plateau';
  /** Epochs without a better score. Default 2. */
  patience?: number | undefined;
  /** In (0, 1]. Default 0.5. */
  factor?: number | undefined;
}

/** Where the training stands when a rate is asked for. */
export interface Position {
  /** Updates done so far. */
  step: number;
  /** Whole epochs done so far. */
  epoch: number;
  /** Updates in all, where the number of epochs is known. */
  totalSteps?: number;
  /** Share 0…1 of the time, where the time is limited. */
  timeShare?: number;
}

/** A schedule with nothing left to default. */
export type Schedule = Complete<ScheduleSpec>;

/** How long there was no progress. */
export interface Plateau {
  /** How often the rate was lowered for it. */
  plateaus: number;
  /** Since the last progress or lowering. */
  epochsWithoutProgress: number;
}

/** The rates of one training run. */
export class LearningRate {
  private plateaus: number;
  private epochsWithoutProgress: number;

  /** @param plateau where an earlier run was broken off. */
  constructor(
    private readonly base: number,
    private readonly schedule: Schedule,
    plateau: Plateau = { plateaus: 0, epochsWithoutProgress: 0 },
  ) {
    ({ plateaus: this.plateaus, epochsWithoutProgress: this.epochsWithoutProgress } = plateau);
  }

  get plateau(): Plateau {
    const { plateaus, epochsWithoutProgress } = this;
    return { plateaus, epochsWithoutProgress };
  }

  at(position: Position): number {
    const { warmup } = this.schedule;
    const rise = position.step < warmup ? (position.step + 1) / warmup : 1;
    return this.base * rise * this.factor(position);
  }

  /** To be told at the end of each epoch whether its score was the best so far. */
  epochEnded(better: boolean): void {
    this.epochsWithoutProgress = better ? 0 : this.epochsWithoutProgress + 1;
    if (this.schedule.kind === 'plateau' && this.epochsWithoutProgress >= this.schedule.patience) {
      this.plateaus += 1;
      this.epochsWithoutProgress = 0;
    }
  }

  private factor(position: Position): number {
    const { schedule } = this;
    switch (schedule.kind) {
      case 'constant':
        return 1;
      case 'linear':
        return 1 - (1 - schedule.final) * this.share(position);
      case 'cosine':
        return schedule.final + (1 - schedule.final) * 0.5 * (1 + Math.cos(Math.PI * this.share(position)));
      case 'step':
        return schedule.factor ** Math.floor(position.epoch / schedule.every);
      case 'plateau':
        return schedule.factor ** this.plateaus;
    }
  }

  private share({ step, totalSteps, timeShare = 0 }: Position): number {
    const { warmup } = this.schedule;
    const done = totalSteps === undefined ? 0 : (step - warmup) / Math.max(1, totalSteps - warmup);
    return Math.min(1, Math.max(0, done, timeShare));
  }
}
