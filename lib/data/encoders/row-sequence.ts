import type { ValuesOutput } from '../../architecture/architecture';
import { BpttError } from '../../support/errors';
import { found } from '../../support/found';
import { maximumUsualSteps } from '../../support/option-bounds';
import { isFloat32Array } from '../../support/realms';
import { WorkSlice } from '../../support/work-slice';
import type { EncodedTarget } from '../encoded';
import type { Locate, Target } from '../example';
import type { Normalization } from '../normalization';
import type { TargetContext } from './target-context';
import { TargetEncoder, type TargetEncoderJSON } from './target-encoder';

export type RowSequenceJSON = TargetEncoderJSON & { longest: number };

/**
 * Turns targets that are rows of values in any number into what the native core takes. Methods that see data throw a
 * BpttError naming example and step: `ERR_DATA` for the wrong kind of thing, `ERR_SHAPE` for a wrong number of numbers.
 */
export class RowSequenceEncoder {
  readonly kind = 'values';

  private constructor(
    private readonly rows: TargetEncoder,
    /** Rows of the longest training target; 0 before the first training. */
    readonly longest: number,
  ) {}

  /** Learns size and scale of the training data unless they are given, and how many rows a target may have. */
  static async fit(
    spec: ValuesOutput,
    targets: readonly unknown[],
    locate: Locate,
    slice = new WorkSlice(),
  ): Promise<RowSequenceEncoder> {
    const rows = await TargetEncoder.fit(spec, 'step', targets as Target[], locate, slice);
    let longest = 0;
    for (const y of targets) longest = Math.max(longest, countRows(y, rows.size));
    if (longest === 0) throw new BpttError('ERR_DATA', 'No example has a row in y; at least one is needed.');
    return new RowSequenceEncoder(rows, Math.min(Math.ceil(longest), maximumUsualSteps));
  }

  /** The encoder of options that leave no size to the training data. */
  static known(spec: ValuesOutput): RowSequenceEncoder | undefined {
    const rows = TargetEncoder.known(spec, 'step');
    return rows && new RowSequenceEncoder(rows, 0);
  }

  /** @throws BpttError `ERR_DATA` when the value is not what `toJSON` gives. */
  static fromJSON(value: unknown): RowSequenceEncoder {
    const rows = TargetEncoder.fromJSON(value);
    const { longest } = value as { longest?: unknown };
    if (
      rows.kind !== 'values' ||
      rows.per !== 'step' ||
      !Number.isInteger(longest) ||
      Number(longest) < 0 ||
      Number(longest) > maximumUsualSteps
    ) {
      throw new BpttError('ERR_DATA', `Expected the JSON form of targets of rows, found ${found(value)}.`);
    }
    return new RowSequenceEncoder(rows, Number(longest));
  }

  /** O: values of a row. */
  get size(): number {
    return this.rows.size;
  }

  /** Of values that are learned as z-scores. */
  get normalization(): Normalization | undefined {
    return this.rows.normalization;
  }

  /** Of the training data, where the values are learned as they are. */
  get measured(): Normalization | undefined {
    return this.rows.measured;
  }

  encode(y: unknown, context: Omit<TargetContext, 'steps'>): EncodedTarget {
    const steps = countRows(y, this.size);
    return { ...this.rows.encode(y, { ...context, steps }), steps };
  }

  /** Whether a target is encoded within a slice of work. */
  isShort(y: unknown): boolean {
    return this.rows.isShort(y);
  }

  /** With pauses, for one that is not short. */
  async encodeInSlices(
    y: unknown,
    context: Omit<TargetContext, 'steps'>,
    slice: WorkSlice,
  ): Promise<EncodedTarget> {
    const steps = countRows(y, this.size);
    return { ...(await this.rows.encodeInSlices(y, { ...context, steps }, slice)), steps };
  }

  /** A row as the network puts it out, in the scale of the data. */
  values(row: Float32Array): number[] {
    return this.rows.values(row);
  }

  toJSON(): RowSequenceJSON {
    return { ...this.rows.toJSON(), longest: this.longest };
  }
}

/** Of what may turn out to be no rows, or no whole number of them, where it is encoded. */
function countRows(y: unknown, size: number): number {
  if (isFloat32Array(y)) return y.length / size;
  return Array.isArray(y) ? y.length : 0;
}
