import { system } from '../addon/system';
import { warn } from './warning';

/** Says where more threads are asked for than there are. */
export function checkThreads(threads: number | undefined): void {
  if (threads !== undefined && threads > system.threads) {
    warn(
      `--threads ${threads}: there are ${system.threads} processors, which is how many batches are computed at a time.`,
    );
  }
}
