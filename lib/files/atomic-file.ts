import { constants, promises as files, type Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

import { BpttError } from '../support/errors';
import { ioError, isSystemError } from '../support/io-error';
import { createBeside, removeLeftovers } from './temporary-file';
import { writeTarget, type WriteTarget } from './write-target';

type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Writes a file so that whoever reads `path`, at any moment and after any crash, finds the old file or the
 * whole new one: the bytes go to a temporary file in the same folder, are forced to the disk, and take the
 * name by a rename. A link is followed, and owner and permissions of the old file are kept as far as the system lets. A character device,
 * such as a terminal, is written into, and so is a file that is mounted by itself, once the bytes are safe beside it. Errors: `ERR_IO`,
 * with no temporary file left behind, unless it is all that has the bytes.
 */
export async function writeFileAtomically(path: string, chunks: Chunks): Promise<void> {
  try {
    const target = await writeTarget(path);
    await (target.isDevice ? writeInto(target.path, chunks) : replace(target, chunks));
  } catch (error) {
    throw ioError('write', path, error);
  }
}

/** Before hours are spent on what is to be written: there must be a place for it. Errors: `ERR_IO`. */
export async function checkWritable(path: string): Promise<void> {
  try {
    const target = await writeTarget(path);
    await files.access(target.isDevice ? target.path : dirname(target.path), constants.W_OK);
  } catch (error) {
    throw ioError('write', path, error);
  }
}

async function writeInto(device: string, chunks: Chunks): Promise<void> {
  // A terminal must not become that of this process, which Windows does not know of.
  const { O_WRONLY, O_NOCTTY = 0 } = constants as Partial<typeof constants> & typeof constants;
  const handle = await files.open(device, O_WRONLY | O_NOCTTY);
  try {
    await writeAll(handle, chunks);
  } finally {
    await handle.close();
  }
}

async function replace({ path, existing }: WriteTarget, chunks: Chunks): Promise<void> {
  // From the beginning, so that nobody else can read a private file while it is written.
  const temporary = await createBeside(path, existing !== undefined);
  try {
    try {
      if (existing !== undefined) await adopt(temporary.handle, existing);
      await removeLeftovers(path, temporary);
      await writeAll(temporary.handle, chunks);
      await temporary.handle.sync();
    } finally {
      await temporary.handle.close();
    }
  } catch (error) {
    await files.unlink(temporary.path).catch(() => undefined);
    throw error;
  }
  await takePlace(temporary.path, path);
  await syncFolder(dirname(path));
}

/** Gives a file the name of another one or, where the system lets nothing take its place, its bytes to it. */
async function takePlace(source: string, path: string): Promise<void> {
  try {
    await files.rename(source, path);
  } catch (error) {
    if (isMountPoint(error)) await overwrite(path, source);
    await files.unlink(source).catch(() => undefined);
    if (!isMountPoint(error)) throw error;
  }
}

/** Whether no other file can take the place of this one, because it is mounted by itself, as files of containers are. */
function isMountPoint(error: unknown): boolean {
  return process.platform !== 'win32' && (isSystemError(error, 'EBUSY') || isSystemError(error, 'EXDEV'));
}

/** Puts the bytes of one file into another. Errors: `ERR_IO`, which tells where the bytes are; there they stay. */
async function overwrite(path: string, source: string): Promise<void> {
  try {
    const [from, to] = [await files.open(source, 'r'), await files.open(path, 'r+')];
    try {
      await to.truncate();
      await writeAll(to, from.createReadStream({ autoClose: false }));
      await to.sync();
    } finally {
      await from.close();
      await to.close();
    }
  } catch (error) {
    const kept = `${path}.${basename(source).replace(/^.*-|\.tmp$/g, '')}.saved`;
    // Under its own name it would be taken for what a killed process has left.
    const place = await files.rename(source, kept).then(
      () => kept,
      () => source,
    );
    const { message } = ioError('write', path, error);
    throw new BpttError('ERR_IO', `${message} All of it is in "${place}".`, { cause: error });
  }
}

/** Gives a new file the owner, the group and the permissions of another one. */
async function adopt(handle: FileHandle, { uid, gid, mode }: Stats): Promise<void> {
  // A process that is not the superuser can give away nothing, but perhaps share with a group of its own.
  await handle.chown(uid, gid).catch(() => handle.chown(-1, gid).catch(() => undefined));
  const permissions = mode & 0o777;
  // Another group gets what everybody has.
  const others = permissions & 0o7;
  const isOfGroup = (await handle.stat()).gid === gid;
  await handle.chmod(isOfGroup ? permissions : (permissions & 0o707) | (others << 3));
}

async function writeAll(handle: FileHandle, chunks: Chunks): Promise<void> {
  for await (const chunk of chunks) await handle.writeFile(chunk);
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
