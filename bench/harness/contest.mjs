import { setTimeout as sleep } from 'node:timers/promises';
import { summarize } from './statistics.mjs';

/** Threads that spin for work after a turn are asleep by the next one's begin. */
const pauseBetweenTurns = 60;

/**
 * Times the same task on several sides, turn by turn (A B A B …).
 *
 * @param {{ key: string, label: string, runner: import('./process-runner.mjs').ProcessRunner, request: object, limit?: number }[]} entries
 * @param {{ rounds: number, seconds: number, least?: number, most?: number, limit?: number }} turns of so many seconds, and at
 *   least and at most so many steps; a side whose first step takes longer than `limit` ms (or its entry's own) is timed once
 * @param {import('./other-load.mjs').OtherLoad} others
 * @returns for each entry `{ key, label, median, spread, steps, once?, turns }` in ms, or `{ key, label, failed }`
 */
export async function contest(entries, { rounds, seconds, least = 3, most = 20_000, limit = 20_000 }, others) {
  const results = entries.map(({ key, label }) => ({ key, label, turns: [] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { runner, request, limit: own = limit }] of entries.entries()) {
      const result = results[index];
      if (result.failed !== undefined || result.once) continue;
      try {
        await runner.prepare(request);
        await (others?.pause(pauseBetweenTurns) ?? sleep(pauseBetweenTurns));
        const { milliseconds, once } = await runner.ask({ do: 'run', seconds, least, most, limit: own });
        result.turns.push(milliseconds);
        if (once) result.once = true;
      } catch (error) {
        if (result.key === 'bptt') throw error;
        result.failed = error.message;
      }
    }
  }
  return results.map(({ turns, ...result }) => (result.failed === undefined ? { ...result, ...summarize(turns), turns } : result));
}

/** What a report keeps of a result. */
export const withoutTurns = ({ turns: _, ...result }) => result;
