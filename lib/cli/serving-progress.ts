import { basename } from 'node:path';

import type { ReadingListener } from './examples';
import { PhaseDisplay, type PhaseProgress } from './phase-display';

/** Shows on a terminal how far the measuring or predicting is; elsewhere nothing. */
export class ServingProgress {
  private readonly phases: PhaseDisplay | undefined;

  /** @param output what results are written to meanwhile: where they are to be seen, there is no place for a bar. */
  constructor(output?: NodeJS.WriteStream, stream: NodeJS.WriteStream = process.stderr) {
    this.phases = stream.isTTY && output?.isTTY !== true ? new PhaseDisplay(stream) : undefined;
  }

  show(name: string, progress: PhaseProgress): void {
    this.phases?.show(name, progress);
  }

  /** How far the reading of a file is, and how many examples came of it. */
  readonly showReading: ReadingListener = (file, step, steps, examples) => {
    const counted = examples > 0 ? { count: examples, unit: 'examples' } : {};
    this.show(`reading ${basename(file)}`, { step, ...(steps !== undefined && { steps }), ...counted });
  };

  /** Clears the bar away. */
  end(): void {
    this.phases?.end();
  }
}
