import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { BpttError } from '../support/errors';
import { ioError } from '../support/io-error';
import { isError } from '../support/realms';
import { itemsUntilAborted } from '../support/until-aborted';
import { openFile } from './open-file';

/** What is in a file: an example a line, a table with a header, or plain text. */
export type FileFormat = 'jsonl' | 'csv' | 'tsv' | 'txt';

/** Bytes that do not come from a file of their own, such as standard input. */
export interface ByteSource {
  /** What messages call it. */
  name: string;
  bytes: AsyncIterable<Uint8Array>;
  format: FileFormat;
  /** Whether the bytes are compressed. Default false. */
  gzip?: boolean;
  /** Ends the reading, which then rejects with the signal's reason, even while bytes are waited for. */
  signal?: AbortSignal | undefined;
}

/** A path, whose ending tells the format, or bytes from elsewhere. */
export type FileSource = string | ByteSource;

const endings = /\.(jsonl|csv|tsv|txt)(\.gz)?$/i;

export function sourceName(source: FileSource): string {
  return typeof source === 'string' ? source : source.name;
}

/** @throws BpttError `ERR_OPTION` when the path has none of the known endings. */
export function sourceFormat(source: FileSource): { format: FileFormat; gzip: boolean } {
  if (typeof source !== 'string') return { format: source.format, gzip: source.gzip === true };
  const match = endings.exec(source);
  if (match === null) {
    throw new BpttError(
      'ERR_OPTION',
      `The name of "${source}" must end in .jsonl, .csv, .tsv or .txt, each also with .gz, to tell what is in it.`,
    );
  }
  return { format: match[1]?.toLowerCase() as FileFormat, gzip: match[2] !== undefined };
}

/**
 * The bytes, uncompressed, as they come; the file is closed when the reading ends, however it ends.
 *
 * @throws BpttError `ERR_IO` when it cannot be read, `ERR_DATA` when the compression is damaged or cut off, with
 * the last line that was read to its end. The signal's reason.
 */
export async function* readBytes(source: FileSource): AsyncGenerator<Buffer> {
  const name = sourceName(source);
  const { gzip } = sourceFormat(source);
  const signal = typeof source === 'string' ? undefined : source.signal;
  let lines = 0;
  let stream: Readable | undefined;
  try {
    const file = typeof source === 'string' ? (await openFile(source)).bytes : Readable.from(source.bytes);
    // The pipe carries errors to its end, where they are caught, and closes the file with it.
    stream = gzip ? pipeline(file, createGunzip(), () => undefined) : file;
    for await (const chunk of itemsUntilAborted<Uint8Array>(stream, signal)) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (gzip) lines += countLines(bytes);
      yield bytes;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (isZlibError(error)) {
      const reached = lines > 0 ? ` behind line ${lines}` : '';
      throw new BpttError(
        'ERR_DATA',
        `${name}: the gzip compression is damaged or cut off${reached} (${error.message}).`,
        { cause: error },
      );
    }
    throw ioError('read', name, error);
  } finally {
    stream?.destroy();
  }
}

function isZlibError(error: unknown): error is Error {
  return isError(error) && 'code' in error && String(error.code).startsWith('Z_');
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}
