import type { PeakOptions, ReadingOptions } from '../../binding';
import { native } from '../../lib/addon/native';

const { measurePeak, measureReadBandwidth } = native();

const options: PeakOptions & ReadingOptions = {
  bytes: 4096,
  precision: 'float32',
  threads: 1,
  seconds: 0.005,
};

function refusal(body: () => unknown): { code?: string; message: string } {
  try {
    body();
  } catch (error) {
    return error as Error & { code: string };
  }
  throw new Error('nothing was thrown');
}

test.each([1, 2, 3])('what %d threads can do is a positive number', async (threads) => {
  for (const measure of [measurePeak, measureReadBandwidth]) {
    const found = await measure({ ...options, threads });
    expect(Number.isFinite(found)).toBe(true);
    expect(found).toBeGreaterThan(0);
  }
});

test('the peak of products in bfloat16 is one of its own, and other precisions are refused', async () => {
  expect(await measurePeak({ ...options, precision: 'bfloat16' })).toBeGreaterThan(0);
  const error = refusal(() => measurePeak({ ...options, precision: 'float64' as 'float32' }));
  expect(error).toMatchObject({
    code: 'ERR_OPTION',
    message: expect.stringMatching(/^precision: .*'float64'$/) as string,
  });
});

test('a measurement does not hold up the event loop, and several may be under way', async () => {
  let settled = 0;
  const both = [
    measurePeak({ ...options, seconds: 0.2 }),
    measureReadBandwidth({ ...options, seconds: 0.2 }),
  ];
  for (const one of both) void one.then(() => (settled += 1));
  await new Promise((resolve) => setImmediate(resolve));
  expect(settled).toBe(0);
  await Promise.all(both);
  expect(settled).toBe(2);
});

test.each([
  [undefined, /^options: expected an object, found undefined$/],
  [{ ...options, threads: 0 }, /^threads: expected a whole number in 1 … 1024, found 0$/],
  [{ ...options, threads: 1025 }, /^threads: .*found 1025$/],
  [{ ...options, threads: 1.5 }, /^threads: .*found 1.5$/],
  [{ ...options, seconds: 0 }, /^seconds: expected a number in 0.001 … 60, found 0$/],
  [{ ...options, seconds: NaN }, /^seconds: .*found NaN$/],
  [{ ...options, seconds: '1' }, /^seconds: .*found '1'$/],
])('options that do not fit: %j', (wrong, message) => {
  for (const measure of [measurePeak, measureReadBandwidth]) {
    const error = refusal(() => measure(wrong as typeof options));
    expect(error).toMatchObject({ code: 'ERR_OPTION', message: expect.stringMatching(message) as string });
  }
});

test.each([
  [{ bytes: 1023 }, /^bytes: expected a whole number in 1024 … 1073741824, found 1023$/],
  [{ bytes: 2 ** 30 + 1 }, /^bytes: .*found 1073741825$/],
  [{ bytes: undefined }, /^bytes: .*found undefined$/],
  [
    { bytes: 2 ** 30, threads: 1000 },
    /^bytes: expected at most 8589934 for each of 1000 threads, found 1073741824$/,
  ],
])('arrays that do not fit: %j', (wrong, message) => {
  const error = refusal(() => measureReadBandwidth({ ...options, ...wrong } as ReadingOptions));
  expect(error).toMatchObject({ code: 'ERR_OPTION', message: expect.stringMatching(message) as string });
});
