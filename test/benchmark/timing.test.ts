import { timeCalls, timeInTurns } from '../../lib/benchmark/timing';

const never = new AbortController().signal;

test('at least so many calls, each with its time', () => {
  let calls = 0;
  const times = timeCalls(() => (calls += 1), 0, 5);
  expect(calls).toBe(5);
  expect(times).toHaveLength(5);
  expect(times.every((time) => time >= 0)).toBe(true);
});

test('three turns of at least a call; the first call of all is not counted', async () => {
  let calls = 0;
  const turns = await timeInTurns(() => (calls += 1), 1e-9, never);
  expect(turns).toHaveLength(3);
  expect(calls).toBe(turns.flat().length + 1);
});

test('the event loop runs between the turns, and an abort ends them', async () => {
  const controller = new AbortController();
  let calls = 0;
  setImmediate(() => {
    controller.abort(new Error('enough'));
  });
  await expect(timeInTurns(() => (calls += 1), 1e-9, controller.signal)).rejects.toThrow('enough');
  expect(calls).toBeLessThanOrEqual(2);
});
