import { BpttError } from './errors';
import { found } from './found';
import { isError } from './realms';

/** An error of the file system as `ERR_IO`, with the path and the system's own reason. */
export function ioError(action: 'read' | 'write', path: string, error: unknown): BpttError {
  if (error instanceof BpttError) {
    return error;
  }
  const reason = isError(error) ? error.message : String(error);
  return new BpttError(
    'ERR_IO',
    `Could not ${action} ${typeof path === 'string' ? `"${path}"` : found(path)}: ${reason}.`,
    { cause: error },
  );
}

/** Whether it is the system's error of this name, such as `ENOENT`. */
export function isSystemError(error: unknown, code: string): boolean {
  return isError(error) && 'code' in error && error.code === code;
}
