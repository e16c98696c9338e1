import { availableParallelism, cpus, totalmem } from 'node:os';

/** What figures were measured on. */
export interface Machine {
  /** As its maker calls it. */
  processor: string;
  /** That this process may be scheduled on. */
  processors: number;
  /** Bytes. */
  memory: number;
  /** As in `linux-x64`. */
  system: string;
  /** Version of Node.js. */
  node: string;
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    processors: availableParallelism(),
    memory: totalmem(),
    system: `${process.platform}-${process.arch}`,
    node: process.versions.node,
  };
}
