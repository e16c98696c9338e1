import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { workingSets } from '../../lib/benchmark/working-sets';
import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();
const kibibyte = 1024;

/** Caches as Linux describes them. */
function caches(
  name: string,
  entries: readonly [level: number, type: string, size: string, sharers: string][],
): string {
  const parent = join(folder, name);
  entries.forEach(([level, type, size, sharers], index) => {
    const one = join(parent, `index${index}`);
    mkdirSync(one, { recursive: true });
    writeFileSync(join(one, 'level'), `${level}\n`);
    writeFileSync(join(one, 'type'), `${type}\n`);
    writeFileSync(join(one, 'size'), `${size}\n`);
    writeFileSync(join(one, 'shared_cpu_list'), `${sharers}\n`);
  });
  writeFileSync(join(parent, 'uevent'), '');
  return parent;
}

test('an array half as large as its share of each cache, and one beyond all', () => {
  const described = caches('three', [
    [1, 'Data', '32K', '0,4'],
    [1, 'Instruction', '64K', '0,4'],
    [2, 'Unified', '512K', '0,4'],
    [3, 'Unified', '4M', '0-3,8-11'],
  ]);
  expect(workingSets(1, described)).toEqual([
    { level: 'L1', cache: 32 * kibibyte, bytes: 16 * kibibyte },
    { level: 'L2', cache: 512 * kibibyte, bytes: 256 * kibibyte },
    { level: 'L3', cache: 4096 * kibibyte, bytes: 2048 * kibibyte },
    { level: 'memory', bytes: 32768 * kibibyte },
  ]);
  // Two share the first ones, eight the last one; more threads are on other processors.
  expect(workingSets(16, described).map(({ bytes }) => bytes / kibibyte)).toEqual([8, 128, 256, 4096]);
  expect(workingSets(3, described).map(({ bytes }) => bytes / kibibyte)).toEqual([8, 128, 682, 10922]);
});

test('sizes alone where the system does not tell its caches', () => {
  const nothing = join(folder, 'nothing');
  const sets = workingSets(2, nothing);
  expect(sets.map(({ level, cache }) => ({ level, cache }))).toEqual(new Array(4).fill({ level: '?' }));
  const kibibytes = sets.map(({ bytes }) => bytes / kibibyte);
  expect(kibibytes.slice(0, 3)).toEqual([16, 256, 4096]);
  // Less where so much memory is not to be had.
  expect(kibibytes[3]).toBeLessThanOrEqual(131072);
  const strange = caches('strange', [
    [1, 'Data', 'unknown', '0'],
    [4, 'Unified', '128M', '0'],
  ]);
  expect(workingSets(2, strange)).toEqual(sets);
});

test('the arrays of many threads stay within what the addon takes', () => {
  const large = caches('large', [[3, 'Unified', '256M', '0']]);
  for (const { bytes } of [...workingSets(1024), ...workingSets(1024, large)]) {
    expect(bytes % kibibyte).toBe(0);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes * 1024).toBeLessThanOrEqual(2 ** 33);
  }
});
