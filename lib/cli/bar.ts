import { SingleBar } from 'cli-progress';

/** A bar on a terminal, which is gone once it is stopped. */
export function bar(format: string, stream: NodeJS.WriteStream): SingleBar {
  return new SingleBar({
    format,
    stream,
    barsize: 24,
    clearOnComplete: true,
    hideCursor: null,
    // Interruption is our own affair.
    gracefulExit: false,
    linewrap: null,
  });
}
