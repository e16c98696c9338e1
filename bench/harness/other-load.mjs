import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

function processorTimes() {
  const all = cpus().map(({ times }) => times);
  const idle = all.reduce((sum, times) => sum + times.idle, 0);
  return { idle, total: all.reduce((sum, times) => sum + Object.values(times).reduce((a, b) => a + b), 0) };
}

/**
 * Watches, in the pauses in which no side runs, how busy others keep the processors. Threads that wait for each
 * other at every step lose far more to a neighbour than its share, so figures from a busy machine do not count.
 */
export class OtherLoad {
  #idle = 0;
  #total = 0;

  async pause(milliseconds) {
    const before = processorTimes();
    await pause(milliseconds);
    const after = processorTimes();
    this.#idle += after.idle - before.idle;
    this.#total += after.total - before.total;
  }

  /** Of all processors' time, 0…1. */
  get share() {
    return this.#total > 0 ? 1 - this.#idle / this.#total : 0;
  }
}
