import { fstatSync } from 'node:fs';

import { fileIdentity } from '../files/same-file';
import { usageError } from './usage';

/** A file that an option names. */
export interface NamedFile {
  option: string;
  path: string | undefined;
}

/**
 * Refuses, before anything is read or written, to write a file over another one that is read or written by the same command. Errors:
 * `ERR_OPTION`.
 */
export async function checkDistinct(
  written: readonly NamedFile[],
  read: readonly NamedFile[],
): Promise<void> {
  const seen = new Map<string, string>();
  for (const { option, path } of read) {
    const identity = path === undefined ? undefined : await fileIdentity(path);
    if (identity !== undefined) seen.set(identity, option);
  }
  for (const { option, path } of written) {
    const identity = path === undefined ? undefined : await fileIdentity(path);
    const other = identity === undefined ? undefined : seen.get(identity);
    if (other !== undefined) {
      throw usageError(
        `options ${other} and ${option} need two different files; "${path}", which would be written to, is both.`,
      );
    }
    if (identity !== undefined) seen.set(identity, option);
  }
}

/** Refuses to read what the results are added to: it would never end, or be no data any more. Errors: `ERR_OPTION`. */
export async function checkNotOutput(read: readonly NamedFile[]): Promise<void> {
  const output = outputIdentity();
  if (output === undefined) return;
  for (const { option, path } of read) {
    if (path !== undefined && (await fileIdentity(path)) === output) {
      throw usageError(`option ${option} names "${path}", which standard output is written to.`);
    }
  }
}

function outputIdentity(): string | undefined {
  try {
    const output = fstatSync(1, { bigint: true });
    return output.isFile() && output.ino !== 0n ? `${output.dev}:${output.ino}` : undefined;
  } catch {
    return undefined;
  }
}
