import { setTimeout as wait } from 'node:timers/promises';

import { inChunks } from '../../lib/cli/chunks';

async function* counting(count: number, pause: (item: number) => Promise<unknown> | undefined) {
  for (let item = 0; item < count; item += 1) {
    await pause(item);
    yield item;
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('lists of the size asked for, and the rest', async () => {
  const chunks = await collect(
    inChunks(
      counting(7, () => undefined),
      3,
      1000,
    ),
  );
  expect(chunks).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  expect(
    await collect(
      inChunks(
        counting(6, () => undefined),
        3,
        1000,
      ),
    ),
  ).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ]);
  expect(
    await collect(
      inChunks(
        counting(0, () => undefined),
        3,
        1000,
      ),
    ),
  ).toEqual([]);
});

test('a slow item does not hold up those before it', async () => {
  const slow = (item: number): Promise<void> | undefined => (item === 2 ? wait(200) : undefined);
  expect(await collect(inChunks(counting(4, slow), 10, 10))).toEqual([
    [0, 1],
    [2, 3],
  ]);
});

test('what came before an error is handed on before it', async () => {
  const failing = (item: number): undefined => {
    if (item === 2) throw new Error('broken');
  };
  const chunks: number[][] = [];
  const reading = (async () => {
    for await (const chunk of inChunks(counting(4, failing), 10, 1000)) chunks.push(chunk);
  })();
  await expect(reading).rejects.toThrow('broken');
  expect(chunks).toEqual([[0, 1]]);
});

test('a source that is left early is closed', async () => {
  let closed = false;
  async function* source(): AsyncGenerator<number> {
    try {
      for (let item = 0; ; item += 1) {
        await wait(0);
        yield item;
      }
    } finally {
      closed = true;
    }
  }
  for await (const chunk of inChunks(source(), 2, 1000)) {
    expect(chunk).toEqual([0, 1]);
    break;
  }
  await wait(20);
  expect(closed).toBe(true);
});
