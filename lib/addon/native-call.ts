import { BpttError, type ErrorCode } from '../support/errors';
import { isError } from '../support/realms';

/** Calls the addon; what it throws becomes a `BpttError` with the same code and message. */
export function nativeCall<R>(call: () => R): R {
  try {
    return call();
  } catch (error) {
    throw fromNative(error);
  }
}

/** The same for a call that answers with a promise. */
export async function nativeResult<R>(call: () => Promise<R>): Promise<R> {
  try {
    return await call();
  } catch (error) {
    throw fromNative(error);
  }
}

/** The same for a call with a batch. Where one of its sequences is what went wrong, the message begins with its name. */
export async function batchResult<R>(call: () => Promise<R>, locate: (place: number) => string): Promise<R> {
  try {
    return await call();
  } catch (error) {
    throw fromNative(error, locate);
  }
}

/** An error of the addon as a `BpttError`; any other as it is. */
export function fromNative(error: unknown, locate?: (place: number) => string): unknown {
  if (isError(error) && !(error instanceof BpttError) && 'code' in error) {
    const named = locate !== undefined && 'sequence' in error && typeof error.sequence === 'number';
    const where = named ? `${locate(error.sequence as number)}: ` : '';
    return new BpttError(error.code as ErrorCode, where + error.message, { cause: error });
  }
  return error;
}
