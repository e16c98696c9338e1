import type { MultihotInput as MultihotSpec } from '../../architecture/architecture';
import type { WorkSlice } from '../../support/work-slice';
import { activeIndexes, activeIndexesInSlices, areFewSets } from '../active-indexes';
import type { EncodedSequence } from '../encoded';
import type { Locate } from '../example';
import { indexSize } from './infer';

export interface MultihotInputJSON {
  kind: 'multihot';
  size: number;
}

/** Encodes sets of active indexes, one a step. */
export class MultihotInput {
  readonly kind = 'multihot';

  constructor(
    /** Indexes are 0…size − 1. */
    readonly size: number,
  ) {}

  /** Learns the number of indexes, unless it is given. */
  static async fit(
    spec: MultihotSpec,
    sequences: readonly unknown[],
    locate: Locate,
    slice: WorkSlice,
  ): Promise<MultihotInput> {
    return new MultihotInput(spec.size ?? (await indexSize(sequences, 'step', locate, slice)));
  }

  encode(x: unknown, where: string): EncodedSequence {
    const { active, activeCounts } = activeIndexes(x, this.size, where);
    return { length: activeCounts.length, active, activeCounts };
  }

  /** Whether a sequence is encoded within a slice of work. */
  isShort(x: unknown): boolean {
    return areFewSets(x);
  }

  /** With pauses, for one that is not short. */
  async encodeInSlices(x: unknown, where: string, slice: WorkSlice): Promise<EncodedSequence> {
    const { active, activeCounts } = await activeIndexesInSlices(x, this.size, where, slice);
    return { length: activeCounts.length, active, activeCounts };
  }

  toJSON(): MultihotInputJSON {
    return { kind: 'multihot', size: this.size };
  }
}
