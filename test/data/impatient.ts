import { WorkSlice } from '../../lib/support/work-slice';

/** One that is always spent, and counts its pauses. */
export class Impatient extends WorkSlice {
  pauses = 0;

  override get spent(): boolean {
    return true;
  }

  override async pause(): Promise<void> {
    this.pauses += 1;
    await Promise.resolve();
  }
}
