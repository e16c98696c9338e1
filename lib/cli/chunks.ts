import { setTimeout as wait } from 'node:timers/promises';

/**
 * The items in lists of at most `size`; a list is handed on sooner when the next item takes longer than
 * `longestWait` milliseconds. What came before an error is handed on before it.
 */
export async function* inChunks<T>(
  items: AsyncIterable<T>,
  size: number,
  longestWait: number,
): AsyncGenerator<T[]> {
  const iterator = items[Symbol.asyncIterator]();
  const next = (): Promise<Outcome<T>> =>
    iterator.next().then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    );
  let coming = next();
  try {
    for (;;) {
      const chunk: T[] = [];
      let outcome: Outcome<T> | undefined = await coming;
      const patience = new AbortController();
      const impatient = wait(longestWait, undefined, { signal: patience.signal }).catch(() => undefined);
      while (outcome !== undefined && 'result' in outcome && outcome.result.done !== true) {
        chunk.push(outcome.result.value);
        coming = next();
        outcome = chunk.length < size ? await Promise.race([coming, impatient]) : undefined;
      }
      patience.abort();
      if (chunk.length > 0) yield chunk;
      if (outcome === undefined) continue;
      if ('error' in outcome) throw outcome.error;
      return;
    }
  } finally {
    // Not awaited: a read that waits for input that may never come must not hold up the end.
    void iterator.return?.().catch(() => undefined);
  }
}

type Outcome<T> = { result: IteratorResult<T, unknown> } | { error: unknown };
