import type { Evaluation, NetworkOptions } from '../../../binding';
import type { EncodedExample } from '../../data/encoded';
import type { ValueScale } from '../../data/normalization';
import { Likelihood, multihotNats } from '../../metrics/likelihood';
import type { Meter } from '../../metrics/meter';
import type { Metrics } from '../../metrics/metrics';
import { ValueMetrics } from '../../metrics/values';
import { WorkSlice } from '../../support/work-slice';

/** Measures how well a model tells each step from those before it. */
export class NextStepMeter implements Meter<Evaluation> {
  private readonly likelihood = new Likelihood();
  private readonly values: ValueMetrics;
  private loss = 0;
  private counted = 0;
  private examples = 0;
  private steps = 0;

  constructor(
    private readonly output: NetworkOptions['output'],
    scale?: ValueScale,
  ) {
    this.values = new ValueMetrics(output.size, scale);
  }

  add(
    examples: readonly EncodedExample[],
    indexes: Int32Array,
    evaluation: Evaluation,
    slice = new WorkSlice(),
  ): Promise<void> {
    return slice.through(this.adding(examples, indexes, evaluation));
  }

  private *adding(
    examples: readonly EncodedExample[],
    indexes: Int32Array,
    { output, loss, count }: Evaluation,
  ): Generator<undefined, void> {
    if (count > 0) {
      this.loss += loss;
      this.counted += count;
      if (this.output.kind === 'classes') this.likelihood.add(loss, count);
    }
    let at = 0;
    for (const index of indexes) {
      const { input, target } = examples[index]!;
      const end = at + input.length * this.output.size;
      if (target !== undefined) yield* this.addingSteps(target, output.subarray(at, end));
      at = end;
      this.examples += 1;
      this.steps += input.length;
      yield;
    }
  }

  result(): Omit<Metrics, 'seconds'> {
    return {
      loss: this.loss / this.counted,
      ...(this.output.kind === 'values' ? this.values.result() : this.likelihood.result()),
      examples: this.examples,
      steps: this.steps,
    };
  }

  private *addingSteps(
    { values, active, activeCounts }: NonNullable<EncodedExample['target']>,
    output: Float32Array,
  ): Generator<undefined, void> {
    const { kind, size } = this.output;
    if (kind === 'values') {
      yield* this.values.adding(values!, output);
    } else if (kind === 'multihot') {
      const truth = { active: active!, activeCounts: activeCounts! };
      const nats = yield* multihotNats(output, truth, size - 1);
      this.likelihood.add(nats, Math.max(activeCounts!.length - 2, 0));
    }
  }
}
