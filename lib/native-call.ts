import { BpttError, type ErrorCode } from './errors';
import { isError } from './realms';

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

/** An error of the addon as a `BpttError`; any other as it is. */
export function fromNative(error: unknown): unknown {
  if (isError(error) && !(error instanceof BpttError) && 'code' in error) {
    return new BpttError(error.code as ErrorCode, error.message, { cause: error });
  }
  return error;
}
