import { constants, promises as files, type Stats } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';

import { BpttError } from '../support/errors';
import { isSystemError } from '../support/io-error';
import { fileKind } from './file-kind';

/** Where the bytes for a path go. */
export interface WriteTarget {
  /** Of a file: no link, and in a folder that is named without links. */
  path: string;
  /** Only written into: what is to be a file is replaced. */
  isDevice: boolean;
  /** The file that is there. */
  existing?: Stats;
}

/** Links that lead to each other are found by the system; these are for links that change meanwhile. */
const mostLinks = 40;

/**
 * Follows links, also one whose target is not there yet. Errors: `ERR_IO` for a folder, a pipe, a socket and a block device, which can
 * be neither replaced nor written into without harm, and those of the system, also for a file that may not be written to.
 */
export async function writeTarget(path: string): Promise<WriteTarget> {
  const existing = await files.stat(path).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (existing === undefined) {
    if (/[/\\]$/.test(path)) throw unwritable(path, 'its name is that of a folder');
    return { path: await endOfLinks(path), isDevice: false };
  }
  const kind = fileKind(existing);
  if (kind === 'file') {
    await files.access(path, constants.W_OK);
    return { path: await withoutLinks(path), isDevice: false, existing };
  }
  if (kind === 'character device') return { path, isDevice: true };
  throw unwritable(path, kind === 'folder' ? 'it is a folder' : `it is a ${kind}; expected a file`);
}

function unwritable(path: string, why: string): BpttError {
  return new BpttError('ERR_IO', `Could not write "${path}": ${why}.`);
}

/** Of what is there. */
async function withoutLinks(path: string): Promise<string> {
  try {
    return await files.realpath(path);
  } catch (error) {
    // There are drives whose names the system does not resolve. But never is a link taken for its target.
    if ((await files.lstat(path)).isSymbolicLink()) throw error;
    return path;
  }
}

async function endOfLinks(path: string): Promise<string> {
  let place = path;
  for (let links = 0; links < mostLinks; links += 1) {
    place = join(await withoutLinks(dirname(place)), basename(place));
    const target = await files.readlink(place).catch(() => undefined);
    if (target === undefined) return place;
    // Not `resolve`: it takes `link/..` for nothing, which it is not.
    place = isAbsolute(target) ? target : `${dirname(place)}/${target}`;
  }
  throw unwritable(path, `it leads over more than ${mostLinks} links`);
}
