import { closeSync, openSync } from 'node:fs';

/** The signals that end a command in order, by their numbers: Ctrl-C, a service that is stopped, a terminal that is gone. */
const numbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

type SignalName = keyof typeof numbers;

const names = Object.keys(numbers) as SignalName[];

/** The reason of an abort by a signal. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor(readonly signal: SignalName) {
    super(`interrupted by ${signal}`);
  }

  /** What a shell reports for a program that such a signal has ended: 130, 143, 129. */
  get exitCode(): number {
    return 128 + numbers[this.signal];
  }
}

/** A signal that the first SIGINT, SIGTERM or SIGHUP aborts, after `announce`; the second one ends the process at once. */
export function interruption(announce?: () => void): AbortSignal {
  const controller = new AbortController();
  for (const name of names) {
    process.on(name, () => {
      const interrupted = new Interrupted(name);
      if (controller.signal.aborted) {
        endAtOnce(interrupted);
        return;
      }
      if (name === 'SIGHUP') process.once('exit', leaveTerminals);
      announce?.();
      controller.abort(interrupted);
    });
  }
  return controller.signal;
}

/**
 * Node.js restores the settings of the terminals it began with, and where they are gone it aborts: whatever the exit code, the
 * process seems to have crashed. What stands in their place it leaves alone.
 */
function leaveTerminals(): void {
  if (process.platform === 'win32') return;
  for (const fd of [0, 1, 2]) {
    try {
      closeSync(fd);
      openSync('/dev/null', 'r+');
    } catch {
      // It was closed, or there is nothing to put in its place.
    }
  }
}

/** Ends the process even where a read holds it, as that of a pipe or a terminal may for ever. */
export function endAtOnce({ signal, exitCode }: Interrupted): void {
  // By the signal itself, whose exit code is the same for a shell: process.exit waits for reads.
  for (const name of names) process.removeAllListeners(name);
  process.kill(process.pid, signal);
  // The first process of a container is not ended by its own signals.
  process.exit(exitCode);
}
