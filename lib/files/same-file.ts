import { promises as files } from 'node:fs';

import { writeTarget } from './write-target';

/**
 * What is the same for two paths that lead to one file, over whatever links, hard ones among them; of a file that is not there yet, its
 * place. Undefined for what is no file, and so is not replaced, and for what cannot be looked at.
 */
export async function fileIdentity(path: string): Promise<string | undefined> {
  try {
    const found = await files.stat(path, { bigint: true });
    if (!found.isFile()) return undefined;
    // There are disks without numbers of files.
    return found.ino === 0n ? await files.realpath(path) : `${found.dev}:${found.ino}`;
  } catch {
    return writeTarget(path).then(
      (target) => target.path,
      () => undefined,
    );
  }
}
