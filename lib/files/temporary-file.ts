import { createHash } from 'node:crypto';
import { promises as files } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { lives, ownMark } from './process-mark';

/** A new file beside another one, whose place it is to take. */
export interface TemporaryFile {
  path: string;
  handle: FileHandle;
}

/**
 * What is left over from a process of which nobody here can tell whether it lives, on another host or in another container, is removed
 * when nothing was written to it for so long, in milliseconds: no save takes a day.
 */
const longestSave = 24 * 60 * 60 * 1000;

/** `.bptt-FILE-REALM-PID-BEGUN-ANY.tmp`: the file whose place it is to take, and the process that writes it. */
const name = /^\.bptt-([0-9a-f]{12})-([0-9a-f]{12})-([1-9]\d*)-(\d+)-[0-9a-z]+\.tmp$/;

/** An empty file that only this process knows, and nobody else may read where it is to be private. */
export async function createBeside(target: string, isPrivate: boolean): Promise<TemporaryFile> {
  const { realm, pid, begun } = ownMark();
  const any = Math.random().toString(36).slice(2) || '0';
  const path = join(dirname(target), `.bptt-${fileMark(target)}-${realm}-${pid}-${begun}-${any}.tmp`);
  return { path, handle: await files.open(path, 'wx', isPrivate ? 0o600 : undefined) };
}

/** Removes what processes that were killed have left beside a file; what a living one writes stays. */
export async function removeLeftovers(target: string, { path, handle }: TemporaryFile): Promise<void> {
  const folder = dirname(target);
  const others = (await files.readdir(folder).catch(() => []))
    .map((entry) => name.exec(entry))
    .filter((found) => found?.[1] === fileMark(target) && found[0] !== basename(path));
  if (others.length === 0) return;
  // By the clock of the disk, which may not be that of this machine.
  const now = (await handle.stat()).mtimeMs;
  for (const [entry, , realm = '', pid, begun = ''] of others as RegExpExecArray[]) {
    const other = join(folder, entry);
    if (lives({ realm, pid: Number(pid), begun }) ?? !(await isOld(other, now))) continue;
    await files.unlink(other).catch(() => undefined);
  }
}

async function isOld(path: string, now: number): Promise<boolean> {
  const written = await files.stat(path).catch(() => undefined);
  return written !== undefined && now - written.mtimeMs > longestSave;
}

/** Names may be as long as the system allows, and then nothing can be added to them. */
function fileMark(target: string): string {
  return createHash('sha256').update(basename(target)).digest('hex').slice(0, 12);
}
