/**
 * What the promise comes to, or the signal's reason where that is aborted before: the promise is then left alone, and what it
 * comes to is nobody's concern.
 */
export function untilAborted<T>(promise: PromiseLike<T>, signal: AbortSignal | undefined): Promise<T> {
  const awaited = Promise.resolve(promise);
  if (signal === undefined) return awaited;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error);
    };
    const settled = (): void => {
      signal.removeEventListener('abort', abort);
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    awaited.then(resolve, reject).then(settled, settled);
  });
}

/**
 * The items as they come, until the signal is aborted: then it rejects with the reason, at once, even where the next item may
 * never come. The source is told to end in any case, and waited for unless it was left while an item was under way.
 */
export async function* itemsUntilAborted<T>(
  items: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void, undefined> {
  if (signal === undefined) {
    yield* items;
    return;
  }
  // One listener for all items.
  let leave: (reason: unknown) => void = () => undefined;
  const abort = (): void => {
    leave(signal.reason);
  };
  const iterator = items[Symbol.asyncIterator]();
  let state: 'between' | 'waiting' | 'ended' = 'between';
  signal.addEventListener('abort', abort);
  try {
    for (;;) {
      signal.throwIfAborted();
      state = 'waiting';
      const next = await new Promise<IteratorResult<T, unknown>>((resolve, reject) => {
        leave = reject;
        iterator.next().then(resolve, (error: Error) => {
          state = 'ended';
          reject(error);
        });
      });
      state = next.done === true ? 'ended' : 'between';
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', abort);
    if (state === 'between') await iterator.return?.();
    if (state === 'waiting') void iterator.return?.().then(undefined, () => undefined);
  }
}
