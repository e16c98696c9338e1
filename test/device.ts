import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** Makes a device that swallows everything, as the system's own does; only the superuser may, and not everywhere. */
export function madeDevice(path: string): boolean {
  if (spawnSync('mknod', [path, 'c', '1', '3']).status !== 0) return false;
  try {
    closeSync(openSync(path, 'r+'));
    return true;
  } catch {
    // The disk may be mounted without devices.
    return false;
  }
}

/** Not on Windows. */
export function makePipe(path: string): void {
  spawnSync('mkfifo', [path]);
}
