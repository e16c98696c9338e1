import { sourceFormat, type ByteSource } from '../files/file-source';
import { openFile } from '../files/open-file';
import { itemsUntilAborted } from '../support/until-aborted';

/** How a file is read: until the signal is aborted, and with a look at how far. */
export interface Watch {
  signal: AbortSignal;
  /** How many bytes have been read, of so many where that is known. */
  onBytes?: ((read: number, size?: number) => void) | undefined;
}

/** A file as a source of bytes. Errors: `ERR_OPTION` when the path has none of the known endings. */
export function watchedFile(path: string, watch: Watch): ByteSource {
  return { name: path, bytes: bytesOf(path, watch), ...sourceFormat(path), signal: watch.signal };
}

async function* bytesOf(path: string, { signal, onBytes }: Watch): AsyncGenerator<Uint8Array> {
  // A pipe may have nothing to tell for a long time.
  onBytes?.(0);
  const { bytes, size } = await openFile(path);
  let read = 0;
  try {
    for await (const chunk of itemsUntilAborted<Uint8Array>(bytes, signal)) {
      yield chunk;
      read += chunk.length;
      onBytes?.(read, size);
    }
  } finally {
    bytes.destroy();
  }
}
