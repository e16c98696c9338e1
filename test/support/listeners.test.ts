import { tell, type Listener } from '../../lib/support/listeners';

test('all hear, in their order, and nothing is awaited where nobody asks for it', () => {
  const heard: string[] = [];
  const listeners = ['bar', 'log'].map((name): Listener<number> => (event) => {
    heard.push(`${name} ${event}`);
  });
  expect(tell(listeners, 1)).toBeUndefined();
  expect(tell([], 2)).toBeUndefined();
  expect(heard).toEqual(['bar 1', 'log 1']);
});

test('all are waited for', async () => {
  const done: number[] = [];
  const slow =
    (milliseconds: number): Listener<string> =>
    async () => {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      done.push(milliseconds);
    };
  await tell([slow(20), () => undefined, slow(1)], 'event');
  expect(done).toEqual([1, 20]);
});

test('what one throws or rejects with ends it, whatever the others come to', async () => {
  const reason = new Error('enough');
  const throws = (): void => {
    throw reason;
  };
  const rejects =
    (error: Error): Listener<string> =>
    () =>
      Promise.reject(error);
  const told = jest.fn();
  expect(() => tell([throws, told], 'event')).toThrow(reason);
  expect(told).not.toHaveBeenCalled();
  await expect(tell([told, rejects(reason)], 'event')).rejects.toBe(reason);
  // Jest would fail for a rejection that nobody handles.
  expect(() => tell([rejects(new Error('another')), throws], 'event')).toThrow(reason);
  await new Promise((resolve) => setImmediate(resolve));
});
