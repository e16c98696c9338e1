import { BpttError } from './errors';
import { found, quoted } from './found';

/** What a file is named by. Errors: `ERR_IO` for what names none, such as the bytes of a file or the address of a page. */
export function checkFilePath(path: unknown): void {
  const expected = 'expected the path of a file, or a URL object with one (new URL("file:…"))';
  if (typeof path === 'string') {
    if (!/^[a-z][a-z\d+.-]+:\/\//i.test(path)) return;
    throw new BpttError('ERR_IO', `${quoted(path)} is the text of a URL; ${expected}.`);
  }
  if (typeof path === 'object' && path !== null && 'href' in path) return;
  throw new BpttError('ERR_IO', `A model is read from a file: ${expected}; found ${found(path)}.`);
}
