import type { Evaluation } from '../../../binding';
import type { EncodedExample } from '../../data/encoded';
import type { TargetEncoder } from '../../data/encoders/target-encoder';
import { ChunkMetrics } from '../../metrics/chunks';
import { ClassMetrics } from '../../metrics/classes';
import type { Meter } from '../../metrics/meter';
import type { Metrics } from '../../metrics/metrics';
import { scores } from '../../metrics/scores';
import { detectScheme } from '../../metrics/tag-scheme';
import { ValueMetrics } from '../../metrics/values';
import { longPiece, WorkSlice } from '../../support/work-slice';
import { isActive, labelsOf, predictedLabels, rowsRead } from '../results';

type Target = NonNullable<EncodedExample['target']>;

/** Takes in the results of a kind of output, example by example. */
interface Counter {
  /** May be left alone wherever it yields. */
  adding(target: Target, output: Float32Array, path?: Int32Array): Generator<undefined, void>;
  result(): Partial<Metrics>;
}

/** Measures models with one result for a sequence or for each of its steps. */
export class AlignedMeter implements Meter<Evaluation> {
  private readonly counter: Counter;
  private loss = 0;
  private counted = 0;
  private disallowed = 0;
  private examples = 0;
  private steps = 0;

  /** @param strict whether there are sequences of labels that cannot be. */
  constructor(
    private readonly target: TargetEncoder,
    private readonly strict: boolean,
  ) {
    this.counter = counterOf(target);
  }

  /** The key of the metric that tells which of two models is better, where nobody says another. */
  static keyFor({ kind, per, labels }: TargetEncoder): string {
    if (kind !== 'classes' || labels === undefined) {
      return 'loss';
    }
    return per === 'step' && detectScheme(labels) !== undefined ? 'f1' : 'accuracy';
  }

  /** The results of the examples with these indexes, one after the other. */
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
    { output, path, loss, count, infeasible }: Evaluation,
  ): Generator<undefined, void> {
    this.disallowed += infeasible;
    if (count > 0) {
      this.loss += loss;
      this.counted += count;
    }
    const { size, per } = this.target;
    let at = 0;
    for (const index of indexes) {
      const { input, target } = examples[index]!;
      const end = at + (per === 'step' ? input.length : 1);
      if (target !== undefined) {
        yield* this.counter.adding(target, output.subarray(at * size, end * size), path?.subarray(at, end));
        yield;
      }
      at = end;
      this.examples += 1;
      this.steps += input.length;
    }
  }

  result(): Omit<Metrics, 'seconds'> {
    return {
      loss: this.loss / this.counted,
      ...this.counter.result(),
      ...(this.strict && { disallowed: this.disallowed }),
      examples: this.examples,
      steps: this.steps,
    };
  }
}

function counterOf(encoder: TargetEncoder): Counter {
  switch (encoder.kind) {
    case 'classes':
      return new LabelCounter(encoder);
    case 'values':
      return new ValueCounter(encoder);
    case 'multihot':
      return new ActiveCounter(encoder.size);
  }
}

class LabelCounter implements Counter {
  private readonly classes = new ClassMetrics();
  private readonly chunks: ChunkMetrics | undefined;

  constructor(private readonly encoder: TargetEncoder) {
    this.chunks = AlignedMeter.keyFor(encoder) === 'f1' ? new ChunkMetrics() : undefined;
  }

  *adding({ truth = [] }: Target, output: Float32Array, path?: Int32Array): Generator<undefined, void> {
    const { encoder, classes } = this;
    const { size } = encoder;
    const results = path?.length ?? output.length / size;
    const all: string[] = [];
    for (let begin = 0; begin < results; begin += rowsRead) {
      const end = Math.min(begin + rowsRead, results);
      const predicted = path
        ? labelsOf(path.subarray(begin, end), encoder)
        : predictedLabels(output.subarray(begin * size, end * size), encoder);
      classes.add(truth.slice(begin, end), predicted);
      for (const label of predicted) all.push(label);
      if (end < results) yield;
    }
    if (this.chunks) yield* this.chunks.adding(truth, all);
  }

  result(): Partial<Metrics> {
    return { ...this.classes.result(), ...this.chunks?.result() };
  }
}

class ValueCounter implements Counter {
  private readonly values: ValueMetrics;

  constructor(encoder: TargetEncoder) {
    this.values = new ValueMetrics(encoder.size, encoder);
  }

  adding({ values = new Float32Array() }: Target, output: Float32Array): Generator<undefined, void> {
    return this.values.adding(values, output);
  }

  result(): Partial<Metrics> {
    return this.values.result();
  }
}

class ActiveCounter implements Counter {
  private correct = 0;
  private predicted = 0;
  private support = 0;

  constructor(private readonly size: number) {}

  *adding({ active, activeCounts }: Target, output: Float32Array): Generator<undefined, void> {
    const { size } = this;
    let at = 0;
    let numbers = 0;
    for (let row = 0; row < activeCounts!.length; row++) {
      const count = activeCounts![row]!;
      // Each index stands once.
      for (const end = at + count; at < end; at += 1) {
        if (isActive(output[row * size + active![at]!]!)) this.correct += 1;
      }
      this.support += count;
      for (let i = row * size; i < (row + 1) * size; i++) if (isActive(output[i]!)) this.predicted += 1;
      numbers += size;
      if (numbers >= longPiece) {
        yield;
        numbers = 0;
      }
    }
  }

  result(): Partial<Metrics> {
    const { precision, recall, f1 } = scores(this.correct, this.predicted, this.support);
    return { precision, recall, f1 };
  }
}
