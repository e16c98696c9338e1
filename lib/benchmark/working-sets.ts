import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where reading is measured. */
export interface WorkingSet {
  /** What it lies in; `?` where the system does not tell the sizes of its caches. */
  level: 'L1' | 'L2' | 'L3' | 'memory' | '?';
  /** Bytes of that cache; undefined: memory, or unknown. */
  cache?: number;
  /** Of each thread. */
  bytes: number;
}

interface Cache {
  level: number;
  bytes: number;
  /** Processors that share it. */
  sharers: number;
}

const kibibyte = 2 ** 10;
const mebibyte = 2 ** 20;

/** That the addon takes of all threads together. */
const mostBytes = 2 ** 33;

/** For caches nobody knows the sizes of: one of these is likely to lie in each. */
const usualBytes = [16 * kibibyte, 256 * kibibyte, 4 * mebibyte];

/**
 * For each cache an array a thread, which half fills it together with those of the threads that share it; and one eight times
 * as large as the last cache, as far as memory goes. `folder` is where Linux describes the caches of a processor.
 */
export function workingSets(
  threads: number,
  folder = '/sys/devices/system/cpu/cpu0/cache',
): readonly WorkingSet[] {
  const caches = readCaches(folder);
  const most = Math.min(Math.min(mostBytes, process.availableMemory() / 4) / threads, 2 ** 30);
  const sets: WorkingSet[] =
    caches.length === 0
      ? usualBytes.map((bytes) => ({ level: '?', bytes }))
      : caches.map(({ level, bytes, sharers }) => ({
          level: `L${level}` as 'L1',
          cache: bytes,
          bytes: whole(Math.min(bytes / 2 / Math.min(threads, sharers), most)),
        }));
  const last = caches.at(-1) ?? { bytes: 32 * mebibyte, sharers: threads };
  sets.push({
    level: caches.length === 0 ? '?' : 'memory',
    bytes: whole(Math.min((8 * last.bytes) / Math.min(threads, last.sharers), most)),
  });
  return sets;
}

/** Down to whole KiB, and at least one. */
function whole(bytes: number): number {
  return Math.max(Math.floor(bytes / kibibyte), 1) * kibibyte;
}

/** The caches for data, smallest first; none where the system does not tell. */
function readCaches(folder: string): Cache[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^index\d+$/.test(name))
      .flatMap((name) => readCache(join(folder, name)) ?? [])
      .sort((a, b) => a.level - b.level);
  } catch {
    return [];
  }
}

function readCache(folder: string): Cache | undefined {
  const read = (name: string): string => readFileSync(join(folder, name), 'latin1').trim();
  const level = Number(read('level'));
  const [, size, unit] = /^(\d+)([KM])$/.exec(read('size')) ?? [];
  if (read('type') === 'Instruction' || size === undefined || !(level >= 1 && level <= 3)) return undefined;
  const bytes = Number(size) * (unit === 'M' ? mebibyte : kibibyte);
  return bytes > 0 ? { level, bytes, sharers: countOf(read('shared_cpu_list')) } : undefined;
}

/** `0-3,8` → 5. */
function countOf(list: string): number {
  return list.split(',').reduce((sum, part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return sum + last - first + 1;
  }, 0);
}
