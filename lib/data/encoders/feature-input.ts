import type { FeaturesInput } from '../../architecture/architecture';
import { isFloat32Array } from '../../support/realms';
import { longPiece, type WorkSlice } from '../../support/work-slice';
import type { EncodedSequence } from '../encoded';
import type { Locate } from '../example';
import { Moments, Normalization, type NormalizationJSON } from '../normalization';
import { hasLength, rowsAPiece } from '../rows';
import { featureSize } from './infer';
import { ScaledRows } from './scaled-rows';

export interface FeatureInputJSON {
  kind: 'features';
  size: number;
  normalization?: NormalizationJSON;
}

/** Encodes rows of numbers, as z-scores where the training data were measured. */
export class FeatureInput {
  readonly kind = 'features';

  constructor(
    /** I */
    readonly size: number,
    readonly normalization?: Normalization,
  ) {}

  /** What the options say alone: the size, and a scale if it is given. */
  static known({ size, normalize }: FeaturesInput): FeatureInput | undefined {
    if (typeof normalize !== 'object') return size === undefined ? undefined : new FeatureInput(size);
    const scale = Normalization.of(normalize.mean, normalize.deviation);
    return new FeatureInput(scale.size, scale);
  }

  /** Learns the number of features, and their mean and deviation, unless they are given or `normalize` is false. */
  static async fit(
    spec: FeaturesInput,
    sequences: readonly unknown[],
    locate: Locate,
    slice: WorkSlice,
  ): Promise<FeatureInput> {
    if (typeof spec.normalize === 'object') return FeatureInput.known(spec)!;
    const size = spec.size ?? featureSize(sequences, locate);
    if (spec.normalize === false) return new FeatureInput(size);
    const moments = new Moments(size);
    for (const [i, x] of sequences.entries()) {
      await moments.addInSlices(x, locate(i), slice);
      slice.count();
    }
    return new FeatureInput(size, moments.normalization());
  }

  encode(x: unknown, where: string): EncodedSequence {
    const { length, values } = this.rows(x, where).atOnce();
    return { length, features: values };
  }

  /** Whether a sequence is encoded within a slice of work. */
  isShort(x: unknown): boolean {
    return !hasLength(x) || x.length <= (isFloat32Array(x) ? longPiece : rowsAPiece(this.size));
  }

  /** With pauses, for one that is not short. */
  async encodeInSlices(x: unknown, where: string, slice: WorkSlice): Promise<EncodedSequence> {
    const { length, values } = await this.rows(x, where).inSlices(slice);
    return { length, features: values };
  }

  private rows(x: unknown, where: string): ScaledRows {
    return new ScaledRows(x, this.size, this.normalization, where);
  }

  toJSON(): FeatureInputJSON {
    return {
      kind: 'features',
      size: this.size,
      ...(this.normalization !== undefined && { normalization: this.normalization.toJSON() }),
    };
  }
}
