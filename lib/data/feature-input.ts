import type { FeaturesInput } from '../architecture';
import type { EncodedSequence } from './encoded';
import type { Locate } from './example';
import { featureSize } from './infer';
import { Moments, Normalization, type NormalizationJSON } from './normalization';
import { checkedRows, checkStored, countRows, eachRow } from './rows';
import type { WorkSlice } from './work-slice';

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
      if (slice.spent) await slice.pause();
      moments.addRows(checkedRows(x, size, locate(i)));
      slice.count();
    }
    return new FeatureInput(size, moments.normalization());
  }

  encode(x: unknown, where: string): EncodedSequence {
    const { size, normalization } = this;
    const rows = checkedRows(x, size, where);
    const length = countRows(rows, size);
    const features = new Float32Array(length * size);
    eachRow(rows, size, (row, from, step) => {
      if (normalization !== undefined) normalization.apply(row, from, features, step * size);
      else for (let i = 0; i < size; i++) features[step * size + i] = row[from + i] as number;
    });
    checkStored(features, size, where);
    return { length, features };
  }

  toJSON(): FeatureInputJSON {
    return {
      kind: 'features',
      size: this.size,
      ...(this.normalization !== undefined && { normalization: this.normalization.toJSON() }),
    };
  }
}
