import { constants, promises as files } from 'node:fs';
import { dirname, join } from 'node:path';

import { BpttError } from './errors';
import { ioError } from './io-error';

/**
 * Writes a file so that whoever reads `path`, at any moment and after any crash, finds the old file or the
 * whole new one: the bytes go to a temporary file in the same folder, are forced to the disk, and take the
 * name by a rename. A link is followed, and the permissions of the old file are kept. Errors: `ERR_IO`, with no temporary file left behind.
 */
export async function writeFileAtomically(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  try {
    const target = await followLink(path);
    const folder = dirname(target);
    const temporary = join(folder, `.bptt-${process.pid}-${Math.random().toString(36).slice(2)}.tmp`);
    try {
      await writeAndSync(temporary, chunks, await permissionsOf(target));
      await files.rename(temporary, target);
    } catch (error) {
      await files.unlink(temporary).catch(() => undefined);
      throw error;
    }
    await syncFolder(folder);
  } catch (error) {
    throw ioError('write', path, error);
  }
}

/** Before hours are spent on what is to be written: there must be a place for it. Errors: `ERR_IO`. */
export async function checkWritable(path: string): Promise<void> {
  try {
    await files.access(dirname(path), constants.W_OK);
  } catch (error) {
    throw ioError('write', path, error);
  }
  const existing = await files.stat(path).catch(() => undefined);
  if (existing?.isDirectory() === true) {
    throw new BpttError('ERR_IO', `Could not write "${path}": it is a folder.`);
  }
}

async function followLink(path: string): Promise<string> {
  try {
    return await files.realpath(path);
  } catch {
    return path;
  }
}

/** None for a file that is not there. */
async function permissionsOf(path: string): Promise<number | undefined> {
  try {
    return (await files.stat(path)).mode & 0o777;
  } catch {
    return undefined;
  }
}

async function writeAndSync(
  path: string,
  chunks: Iterable<Uint8Array>,
  permissions: number | undefined,
): Promise<void> {
  // From the beginning, so that nobody else can read a private file while it is written.
  const file = await files.open(path, 'wx', permissions);
  try {
    if (permissions !== undefined) {
      // The process may mask some of them when it opens a file.
      await file.chmod(permissions);
    }
    for (const chunk of chunks) {
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The rename itself is on the disk only once the folder is; systems that cannot sync a folder need not. */
async function syncFolder(folder: string): Promise<void> {
  let handle;
  try {
    handle = await files.open(folder, 'r');
    await handle.sync();
  } catch {
    return;
  } finally {
    await handle?.close();
  }
}
