import type { ReadingProgress } from '../options/options';
import { tell, type Listener } from '../support/listeners';
import { WorkSlice, type WorkWatch } from '../support/work-slice';

/** Milliseconds between two reports of one phase. */
const interval = 100;

/** What a model does with data before it computes with them: tells how far it is, and ends with the signal's reason. */
export class Reading implements WorkWatch {
  readonly slice = new WorkSlice(this);
  private phase: Pick<ReadingProgress, 'phase' | 'data' | 'steps'> | undefined;
  private step = 0;
  private began = 0;
  private told = 0;

  /** @param listeners what one of them throws ends the reading. */
  constructor(
    readonly signal: AbortSignal | undefined,
    private readonly listeners: readonly Listener<ReadingProgress>[] = [],
  ) {}

  /** One phase, which is told of at its beginning and its end too. */
  async run<T>(
    phase: Pick<ReadingProgress, 'phase' | 'data' | 'steps'>,
    work: (slice: WorkSlice) => Promise<T>,
  ): Promise<T> {
    this.signal?.throwIfAborted();
    this.phase = phase;
    this.step = 0;
    this.began = performance.now();
    await this.tell();
    const result = await work(this.slice);
    // Not every phase looks at every example.
    this.step = phase.steps ?? this.step;
    await this.tell();
    this.phase = undefined;
    return result;
  }

  done(): void {
    this.step += 1;
  }

  paused(): void | PromiseLike<unknown> {
    return performance.now() - this.told < interval ? undefined : this.tell();
  }

  private tell(): void | PromiseLike<unknown> {
    this.told = performance.now();
    if (this.listeners.length === 0 || this.phase === undefined) return undefined;
    const seconds = (this.told - this.began) / 1000;
    const examplesPerSecond = seconds > 0 ? this.step / seconds : 0;
    const { steps } = this.phase;
    const left =
      steps === undefined || this.step === 0 ? Infinity : (seconds * (steps - this.step)) / this.step;
    return tell(this.listeners, {
      kind: 'reading',
      ...this.phase,
      epoch: 0,
      step: this.step,
      examplesPerSecond,
      secondsLeft: left,
    });
  }
}
