import type { Task, Engine } from '../../lib/tasks/task';
import { evaluateBatches } from '../../lib/training/evaluation';

test.each([
  ['comes', Promise.resolve(1)],
  ['never comes', new Promise(() => undefined)],
])('an abort while the last batch is under way is heard, though its result %s', async (_, result) => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const task = {
    assemble: () => ({}),
    compute: () => {
      controller.abort(reason);
      return result;
    },
  } as unknown as Task<unknown, number>;
  const received: number[] = [];
  const running = evaluateBatches(
    task,
    {
      examples: [{ input: { length: 1 } }],
      locate: String,
      batchSize: 1,
      depth: 1,
      signal: controller.signal,
      engine: {} as Engine,
      search: { beam: 1, nBest: 1 },
    },
    (batch) => void received.push(batch.result),
  );
  await expect(running).rejects.toBe(reason);
  expect(received).toEqual([]);
});
