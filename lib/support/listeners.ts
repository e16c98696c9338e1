/** Hears of something; where it returns a promise, that is awaited. */
export type Listener<E> = (event: E) => void | PromiseLike<void>;

/**
 * Tells all of them, in their order; none knows of the others. A promise where there is something to wait for. Throws, or rejects with,
 * what one of them does; those behind one that throws are not told.
 */
export function tell<E>(listeners: readonly Listener<E>[], event: E): void | PromiseLike<unknown> {
  const awaited: PromiseLike<void>[] = [];
  try {
    for (const listener of listeners) {
      const heard = listener(event);
      if (heard !== undefined) awaited.push(heard);
    }
  } catch (error) {
    // What those before it come to is nobody's concern then.
    for (const heard of awaited) heard.then(undefined, () => undefined);
    throw error;
  }
  return awaited.length > 1 ? Promise.all(awaited) : awaited[0];
}
