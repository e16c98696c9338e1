import { itemsUntilAborted, untilAborted } from '../../lib/support/until-aborted';

const never = new Promise<never>(() => undefined);

describe('a promise', () => {
  test('is what it comes to', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve(3), signal)).toBe(3);
    expect(await untilAborted(Promise.resolve(3), undefined)).toBe(3);
    await expect(untilAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  });

  test('is not waited for once the signal is aborted', async () => {
    const controller = new AbortController();
    const waiting = untilAborted(never, controller.signal);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(untilAborted(never, controller.signal)).rejects.toBe(reason);
    // What it comes to afterwards is nobody's concern, not even as an unhandled rejection.
    await expect(untilAborted(Promise.reject(new Error('late')), controller.signal)).rejects.toBe(reason);
  });
});

describe('items', () => {
  test('come as they are, and the source ends with them', async () => {
    let ended = false;
    async function* source(): AsyncGenerator<number> {
      try {
        yield* [1, 2, 3];
        await Promise.resolve();
      } finally {
        ended = true;
      }
    }
    const seen: number[] = [];
    for await (const item of itemsUntilAborted(source(), new AbortController().signal)) seen.push(item);
    expect([seen, ended]).toEqual([[1, 2, 3], true]);
  });

  test('reject with what the source throws', async () => {
    const reason = new Error('torn');
    // eslint-disable-next-line @typescript-eslint/require-await
    async function* source(): AsyncGenerator<number> {
      yield 1;
      throw reason;
    }
    const items = itemsUntilAborted(source(), new AbortController().signal);
    expect(await items.next()).toEqual({ done: false, value: 1 });
    await expect(items.next()).rejects.toBe(reason);
  });

  test('do not wait for a source that waits', async () => {
    const controller = new AbortController();
    let told = false;
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => never,
        return: () => {
          told = true;
          return never;
        },
      }),
    };
    const next = itemsUntilAborted(source, controller.signal).next();
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(next).rejects.toBe(reason);
    expect(told).toBe(true);
  });

  test('wait until a source that is left between two items has cleaned up', async () => {
    const order: string[] = [];
    async function* source(): AsyncGenerator<number> {
      try {
        yield 1;
        yield 2;
      } finally {
        await new Promise((resolve) => setImmediate(resolve));
        order.push('cleaned');
      }
    }
    for await (const item of itemsUntilAborted(source(), new AbortController().signal)) {
      expect(item).toBe(1);
      break;
    }
    order.push('left');
    expect(order).toEqual(['cleaned', 'left']);
  });
});
