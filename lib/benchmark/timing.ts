import { performance } from 'node:perf_hooks';
import { setImmediate as breathe } from 'node:timers/promises';

/** What each call takes, in milliseconds, for so many seconds and at least `least` calls. */
export function timeCalls(call: () => void, seconds: number, least: number): number[] {
  const milliseconds: number[] = [];
  const end = performance.now() + 1000 * seconds;
  while (milliseconds.length < least || performance.now() < end) {
    const begin = performance.now();
    call();
    milliseconds.push(performance.now() - begin);
  }
  return milliseconds;
}

/** Of a row, at least; none is longer than a second, but for a single call. */
const turnsOfRow = 3;

/**
 * The same in turns, between which the event loop has its own. The first call of all is not counted.
 *
 * @throws the reason of the signal, once it is aborted.
 */
export async function timeInTurns(
  call: () => void,
  seconds: number,
  signal: AbortSignal,
): Promise<number[][]> {
  const turns: number[][] = [];
  const count = Math.max(turnsOfRow, Math.ceil(seconds));
  call();
  while (turns.length < count) {
    await breathe();
    signal.throwIfAborted();
    turns.push(timeCalls(call, seconds / count, 1));
  }
  return turns;
}
