import type { Stop } from '../../binding';
import { native } from './native';

/** Does work whose native calls are to heed a stop, which is requested once the signal is aborted. */
export async function withStop<R>(
  signal: AbortSignal | undefined,
  work: (stop: Stop | undefined) => Promise<R>,
): Promise<R> {
  if (signal === undefined) return work(undefined);
  const stop = new (native().Stop)();
  const request = (): void => {
    stop.request();
  };
  signal.addEventListener('abort', request);
  try {
    return await work(stop);
  } finally {
    signal.removeEventListener('abort', request);
  }
}

/** The same for work without a result of its own where it is stopped: rejects with the signal's reason once that is aborted, even
 * where the work is done by then. */
export async function stopOnAbort<R>(
  signal: AbortSignal | undefined,
  work: (stop: Stop | undefined) => Promise<R>,
): Promise<R> {
  signal?.throwIfAborted();
  try {
    return await withStop(signal, work);
  } finally {
    signal?.throwIfAborted();
  }
}
