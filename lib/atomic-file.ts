import { promises as files } from 'node:fs';
import { dirname, join } from 'node:path';

import { ioError } from './io-error';

/**
 * Writes a file so that whoever reads `path`, at any moment and after any crash, finds the old file or the
 * whole new one: the bytes go to a temporary file in the same folder, are forced to the disk, and take the
 * name by a rename. A link is followed. Errors: `ERR_IO`, with no temporary file left behind.
 */
export async function writeFileAtomically(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  try {
    const target = await followLink(path);
    const folder = dirname(target);
    const temporary = join(folder, `.bptt-${process.pid}-${Math.random().toString(36).slice(2)}.tmp`);
    try {
      await writeAndSync(temporary, chunks);
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

async function followLink(path: string): Promise<string> {
  try {
    return await files.realpath(path);
  } catch {
    return path;
  }
}

async function writeAndSync(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const file = await files.open(path, 'wx');
  try {
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
