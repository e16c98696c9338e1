/** How long a piece of work may hold the event loop, in milliseconds. */
const usualBudget = 2;

/** The same for answers to native work, which come between turns of the event loop anyway, but may come one after the other. */
export const answersBudget = 10;

/** Numbers or words that are handled between two looks at the clock: a few hundred microseconds. What is no longer needs no pause. */
export const longPiece = 4096;

/** Who follows a piece of work, and may end it. */
export interface WorkWatch {
  /** Ends the work: the pauses then reject with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** One more item is done. */
  done?(): void;
  /** It is time for a pause. What this throws ends the work too. */
  paused?(): void | PromiseLike<unknown>;
}

/**
 * Cuts long work on the main thread into slices, so that timers, sockets and predictions of the same process
 * are served in between:
 *
 *     if (slice.spent) await slice.pause();
 */
export class WorkSlice {
  private end: number;

  constructor(
    private readonly watch: WorkWatch = {},
    private readonly budget = usualBudget,
  ) {
    this.end = performance.now() + budget;
  }

  get signal(): AbortSignal | undefined {
    return this.watch.signal;
  }

  /** Whether it is time for a pause. */
  get spent(): boolean {
    return performance.now() >= this.end;
  }

  /** Lets the event loop go round once and begins a new slice. Rejects where the work is to end. */
  async pause(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.watch.signal?.throwIfAborted();
    await this.watch.paused?.();
    this.end = performance.now() + this.budget;
  }

  /** Has `part` work on items `begin` … `end` − 1, a piece after the other, until all of them are done. */
  async inPieces(items: number, part: (begin: number, end: number) => void, most = longPiece): Promise<void> {
    for (let begin = 0; begin < items; begin += most) {
      if (this.spent) await this.pause();
      part(begin, Math.min(begin + most, items));
    }
  }

  /** Does work that may be left alone wherever it yields. */
  async through<R>(work: Generator<undefined, R>): Promise<R> {
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
      if (this.spent) await this.pause();
    }
  }

  /** One more item is done. */
  count(): void {
    this.watch.done?.();
  }
}

/** Does the work of `through` without a pause. */
export function atOnce<R>(work: Generator<undefined, R>): R {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
