import type { EpochEndProgress, Progress, StepProgress } from '../options/options';

/** How fast the training went, over all whole epochs. */
export interface Rates {
  examplesPerSecond: number;
  stepsPerSecond: number;
}

/** Keeps of a training how fast it went. */
export class TrainingRates {
  private readonly epochEnds: EpochEndProgress[] = [];
  private last: StepProgress | EpochEndProgress | undefined;

  readonly hear = (event: Progress): void => {
    if (event.kind === 'reading') return;
    this.last = event;
    if (event.kind === 'epoch') this.epochEnds.push(event);
  };

  /** Whether a batch has been trained with, so that there is something to save. */
  get trains(): boolean {
    return this.last !== undefined;
  }

  result(): Rates {
    const { epochEnds, last } = this;
    const events = epochEnds.length > 0 ? epochEnds : last === undefined ? [] : [last];
    // Epochs are equally long, so the mean rate is the harmonic one.
    const mean = (key: keyof Rates): number =>
      events.length === 0 ? 0 : events.length / events.reduce((sum, event) => sum + 1 / event[key], 0);
    return { examplesPerSecond: mean('examplesPerSecond'), stepsPerSecond: mean('stepsPerSecond') };
  }
}
