import type { Decoding } from '../../../binding';
import type { EncodedExample } from '../../data/encoded';
import type { ValueScale } from '../../data/normalization';
import type { Meter } from '../../metrics/meter';
import type { Metrics } from '../../metrics/metrics';
import { ValueMetrics } from '../../metrics/values';
import { WorkSlice } from '../../support/work-slice';
import { hypothesesOf } from '../decoded';

/**
 * Measures rows that were forecast from the input alone against the targets: each row was made after the ones the model
 * itself had made before. Where a forecast ends early (`maxSteps`), the rows that are there are measured.
 */
export class ForecastMeter implements Meter<Decoding> {
  private readonly values: ValueMetrics;
  private numbers = 0;
  private examples = 0;
  private steps = 0;

  /** @param size O, values of a row. */
  constructor(
    private readonly size: number,
    scale?: ValueScale,
  ) {
    this.values = new ValueMetrics(size, scale);
  }

  add(
    examples: readonly EncodedExample[],
    indexes: Int32Array,
    decoding: Decoding,
    slice = new WorkSlice(),
  ): Promise<void> {
    return slice.through(this.adding(examples, indexes, decoding));
  }

  private *adding(
    examples: readonly EncodedExample[],
    indexes: Int32Array,
    decoding: Decoding,
  ): Generator<undefined, void> {
    for (const [place, [forecast]] of hypothesesOf(decoding).entries()) {
      const { input, target } = examples[indexes[place]!]!;
      const truth = target?.values ?? new Float32Array();
      const both = Math.min(truth.length, forecast!.values.length);
      yield* this.values.adding(truth.subarray(0, both), forecast!.values.subarray(0, both));
      this.numbers += both;
      this.examples += 1;
      this.steps += input.length;
      yield;
    }
  }

  result(): Omit<Metrics, 'seconds'> {
    return {
      loss: this.numbers === 0 ? NaN : (this.values.learnedMse * this.size) / 2,
      ...this.values.result(),
      examples: this.examples,
      steps: this.steps,
    };
  }
}
