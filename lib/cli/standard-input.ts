import { fstatSync, type Stats } from 'node:fs';

import type { ByteSource } from '../files/file-source';
import { checkReadable } from '../files/open-file';

const name = 'standard input';

/** Lines of JSON. Errors: `ERR_IO` for a folder and a block device, which Node.js takes for an input that is empty. */
export function standardInput(): ByteSource {
  const stats = statInput();
  if (stats !== undefined) checkReadable(name, stats);
  return { name, bytes: process.stdin, format: 'jsonl' };
}

/** There are consoles that the system tells nothing of. */
function statInput(): Stats | undefined {
  try {
    return fstatSync(0);
  } catch {
    return undefined;
  }
}
