import { constants, createReadStream, open, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';

import { BpttError } from '../support/errors';
import { fileKind } from './file-kind';

/** A file to read, and how many bytes it has where that is known. */
export interface OpenedFile {
  bytes: Readable;
  size?: number;
}

/** Opens a file to read. Rejects as the file system does, and with `ERR_IO` as `checkReadable`. */
export async function openFile(path: string): Promise<OpenedFile> {
  const found = await stat(path);
  checkReadable(path, found);
  if (found.isFIFO() && process.platform === 'linux') return { bytes: await openPipe(path) };
  return { bytes: createReadStream(path), ...(found.isFile() && { size: found.size }) };
}

/**
 * A named pipe, read as a socket is. In the file system a thread of libuv's would wait for a writer, and for what it writes,
 * and neither a signal nor the end of the process would be heard before they came.
 */
async function openPipe(path: string): Promise<Readable> {
  const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

/** Errors: `ERR_IO` for what has no bytes to be read one after the other, or those of a whole disk. */
export function checkReadable(name: string, stats: Stats): void {
  const kind = fileKind(stats);
  if (kind === 'folder' || kind === 'block device') {
    throw new BpttError('ERR_IO', `Could not read "${name}": it is a ${kind}; expected a file.`);
  }
}
