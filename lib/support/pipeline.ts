/**
 * Keeps up to `depth` calls under way, so that the next item is prepared while one is computed, and hands their
 * results on in the order of the items, one after the other. The first failure ends it; calls then still under way are left alone.
 */
export async function pipeline<I, R>(
  items: Iterable<I>,
  depth: number,
  start: (item: I) => Promise<R>,
  receive: (result: R, item: I) => void | Promise<void>,
): Promise<void> {
  const underWay: { item: I; result: Promise<R> }[] = [];
  const settle = async (rest: number): Promise<void> => {
    while (underWay.length > rest) {
      const { item, result } = underWay.shift()!;
      await receive(await result, item);
    }
  };
  for (const item of items) {
    const result = start(item);
    // Its turn to be awaited may never come; a failure must not count as unhandled then.
    result.catch(() => undefined);
    underWay.push({ item, result });
    await settle(depth - 1);
  }
  await settle(0);
}
