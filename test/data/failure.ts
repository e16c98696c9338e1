import type { ErrorCode } from '../../lib/support/errors';

/** What `toThrow` and `toMatchObject` compare a BpttError with: its code and what its message must hold. */
export function failure(code: ErrorCode, ...parts: string[]): Error {
  const pattern = new RegExp(parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^]*'));
  const name = 'BpttError';
  return expect.objectContaining({ name, code, message: expect.stringMatching(pattern) as string }) as Error;
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('The promise did not reject.');
}
