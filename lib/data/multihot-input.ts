import type { MultihotInput as MultihotSpec } from '../architecture';
import { activeIndexes } from './active-indexes';
import type { EncodedSequence } from './encoded';
import type { Locate } from './example';
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
  static fit(spec: MultihotSpec, sequences: readonly unknown[], locate: Locate): MultihotInput {
    return new MultihotInput(spec.size ?? indexSize(sequences, 'step', locate));
  }

  encode(x: unknown, where: string): EncodedSequence {
    const { active, activeCounts } = activeIndexes(x, this.size, where);
    return { length: activeCounts.length, active, activeCounts };
  }

  toJSON(): MultihotInputJSON {
    return { kind: 'multihot', size: this.size };
  }
}
