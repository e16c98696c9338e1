/** How long a piece of work may hold the event loop, in milliseconds. */
const budget = 2;

/**
 * Cuts long work on the main thread into slices, so that timers, sockets and predictions of the same process
 * are served in between:
 *
 *     if (slice.spent) await slice.pause();
 */
export class WorkSlice {
  private end = performance.now() + budget;

  /** Whether it is time for a pause. */
  get spent(): boolean {
    return performance.now() >= this.end;
  }

  /** Lets the event loop go round once and begins a new slice. */
  async pause(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.end = performance.now() + budget;
  }
}
