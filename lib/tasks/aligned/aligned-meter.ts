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
import { isActive, labelsOf, predictedLabels, readInSlices } from '../results';

/** Takes in the results of a kind of output, example by example. */
interface Counter {
  add(target: NonNullable<EncodedExample['target']>, output: Float32Array, path?: Int32Array): void;
  /** The same with pauses, where that takes long. */
  addInSlices?(
    target: NonNullable<EncodedExample['target']>,
    output: Float32Array,
    path: Int32Array | undefined,
    slice: WorkSlice,
  ): Promise<void>;
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
  ): void | Promise<void> {
    const { output, path, loss, count, infeasible } = evaluation;
    this.disallowed += infeasible;
    if (count > 0) {
      this.loss += loss;
      this.counted += count;
    }
    const { size, per } = this.target;
    const long: (() => Promise<void>)[] = [];
    let at = 0;
    for (const index of indexes) {
      const { input, target } = examples[index]!;
      const end = at + (per === 'step' ? input.length : 1);
      if (target !== undefined) {
        const results = [output.subarray(at * size, end * size), path?.subarray(at, end)] as const;
        if (end - at <= longPiece || this.counter.addInSlices === undefined)
          this.counter.add(target, ...results);
        else long.push(() => this.counter.addInSlices!(target, ...results, new WorkSlice()));
      }
      at = end;
      this.examples += 1;
      this.steps += input.length;
    }
    return long.length === 0 ? undefined : oneAfterTheOther(long);
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

async function oneAfterTheOther(works: readonly (() => Promise<void>)[]): Promise<void> {
  for (const work of works) await work();
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

  add({ truth = [] }: NonNullable<EncodedExample['target']>, output: Float32Array, path?: Int32Array): void {
    const predicted = path ? labelsOf(path, this.encoder) : predictedLabels(output, this.encoder);
    this.classes.add(truth, predicted);
    this.chunks?.add(truth, predicted);
  }

  async addInSlices(
    { truth = [] }: NonNullable<EncodedExample['target']>,
    output: Float32Array,
    path: Int32Array | undefined,
    slice: WorkSlice,
  ): Promise<void> {
    const { encoder, classes } = this;
    const { size } = encoder;
    const read = (begin: number, end: number): string[] => {
      const predicted = path
        ? labelsOf(path.subarray(begin, end), encoder)
        : predictedLabels(output.subarray(begin * size, end * size), encoder);
      classes.add(truth.slice(begin, end), predicted);
      return predicted;
    };
    const predicted = await readInSlices(path?.length ?? output.length / size, read, slice);
    this.chunks?.add(truth, predicted);
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

  add({ values = new Float32Array() }: NonNullable<EncodedExample['target']>, output: Float32Array): void {
    this.values.add(values, output);
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

  add({ active, activeCounts }: NonNullable<EncodedExample['target']>, output: Float32Array): void {
    let at = 0;
    activeCounts!.forEach((count, row) => {
      // Each index stands once.
      for (const end = at + count; at < end; at += 1) {
        if (isActive(output[row * this.size + active![at]!]!)) this.correct += 1;
      }
      this.support += count;
    });
    for (const probability of output) if (isActive(probability)) this.predicted += 1;
  }

  result(): Partial<Metrics> {
    const { precision, recall, f1 } = scores(this.correct, this.predicted, this.support);
    return { precision, recall, f1 };
  }
}
