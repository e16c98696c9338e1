import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { patience, times } from '../long';

/** Megabytes that a process held at places of a long work, from the first to the last. */
function held(work: string, count: number): number[] {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--expose-gc', join(__dirname, 'flat-memory.js'), work, String(count)],
    { encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return (JSON.parse(stdout) as number[]).map((bytes) => bytes / 1e6);
}

/** How much more at the end than after a quarter, by when everything has been allocated that is kept for good. */
function growth(points: readonly number[]): number {
  const quarter = points.length / 4;
  const least = (part: readonly number[]): number => Math.min(...part);
  return least(points.slice(-quarter)) - least(points.slice(quarter, 2 * quarter));
}

const epochs = times(300, 1000);
const models = times(400, 10_000);

test(
  'memory is flat over many epochs',
  () => {
    expect(growth(held('epochs', epochs))).toBeLessThan(4);
  },
  patience(epochs, 100),
);

test(
  'memory is flat over many models that are made, trained, used and disposed',
  () => {
    // One model with its trainer takes more than a megabyte.
    expect(growth(held('models', models))).toBeLessThan(10);
  },
  patience(models, 100),
);

const forgotten = times(200, 1000);

test.each([
  ['models', 'forgotten'],
  ['streams', 'streams'],
  ['sequences that are written', 'generators'],
])(
  '%s that nobody disposes of are collected as their memory asks for it',
  (_what, work) => {
    // Each takes 8 MB; a few wait until the collector comes.
    expect(Math.max(...held(work, forgotten))).toBeLessThan(300);
  },
  patience(forgotten, 500),
);
