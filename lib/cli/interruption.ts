/** The reason of an abort by Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** What a shell reports for a program ended by SIGINT. */
export const interruptedExitCode = 130;

/** A signal that the first SIGINT aborts, after `announce`; the second one ends the process at once. */
export function interruption(announce?: () => void): AbortSignal {
  const controller = new AbortController();
  process.on('SIGINT', () => {
    if (controller.signal.aborted) {
      // Not by process.exit, which waits for reads, and that of a pipe may never end. A shell calls this 130 too.
      process.removeAllListeners('SIGINT');
      process.kill(process.pid, 'SIGINT');
      return;
    }
    announce?.();
    controller.abort(new Interrupted('interrupted'));
  });
  return controller.signal;
}
