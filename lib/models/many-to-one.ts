import type { Evaluation } from '../../binding';
import type { ManyToOneArchitecture, ManyToOneForm, OutputKind } from '../architecture/architecture';
import type { TargetEncoder } from '../data/encoders/target-encoder';
import type { ExampleSource } from '../data/example';
import type { ManyToOneMetricNames } from '../metrics/metrics';
import type { LoadOptions } from '../options/load-options';
import type { PredictForm } from '../options/forms';
import type { EvaluateOptions, PredictOptions } from '../options/options';
import { atOnce, longPiece, WorkSlice } from '../support/work-slice';
import { activeOutputs, predictedLabels, rowsOf } from '../tasks/results';
import { machinery } from './on-demand';
import { openModel } from './open-model';
import { SequenceModel } from './sequence-model';
import { alignedSource } from './task-source';

/** What a many-to-one model predicts for a sequence, by kind of its output. */
export interface ManyToOnePredictions {
  /** The most probable label, and the probabilities of all, to be looked up by label: JavaScript moves labels such as
   * "10" to the front of an object's keys. The order of `labels` is that of the model. */
  classes: { label: string; probabilities: Record<string, number> };
  /** [O] numbers in the units of the training data. */
  values: { values: number[] };
  /** The outputs with a probability of at least 0.5, and the probabilities of all. */
  multihot: { active: number[]; probabilities: number[] };
}

/**
 * One result for a sequence: its class, its values, or a set of yes-or-no answers.
 *
 *     const model = new ManyToOne({ cell: 'lstm', hidden: 64, input: { kind: 'tokens' }, output: { kind: 'classes' } });
 *     await model.fit([{ x: 'what a film', y: 'positive' }, …]);
 *     const { label } = await model.predict('never again');
 */
export class ManyToOne<K extends OutputKind = OutputKind> extends SequenceModel<
  ManyToOnePredictions[K],
  PredictOptions,
  EvaluateOptions,
  ExampleSource,
  ManyToOneMetricNames[K]
> {
  /** Always the same. */
  readonly mode = 'many-to-one';

  /** Errors: `ERR_OPTION`. */
  constructor(architecture: ManyToOneArchitecture<K>) {
    const form = machinery().checkManyToOne(architecture);
    super(
      form,
      alignedSource<ManyToOnePredictions[K]>(form, { pooling: form.pooling, crf: false, predictions }),
    );
  }

  /** A model that was saved. What the caller expects of it (`{ output: 'classes' }`) is checked, and is its type. A type argument alone is not:
   * it says what the caller knows. Rejects with `ERR_FORMAT`, also for a model that is not as expected, `ERR_OPTION`, `ERR_VERSION`,
   * `ERR_MEMORY` or `ERR_IO`. */
  static async load<K extends OutputKind = OutputKind>(
    path: string,
    options?: LoadOptions<K>,
  ): Promise<ManyToOne<K>> {
    const expected = machinery().checkLoad('many-to-one', options);
    return openModel(path, { 'many-to-one': (architecture) => new ManyToOne<K>(architecture) }, expected);
  }

  override get architecture(): ManyToOneForm {
    return super.architecture as ManyToOneForm;
  }

  protected checkPredict(options: unknown): PredictForm {
    return machinery().checkPredict(options);
  }
}

function predictions<K extends OutputKind>(
  { output }: Evaluation,
  _lengths: Int32Array,
  target: TargetEncoder,
): ManyToOnePredictions[K][] | Promise<ManyToOnePredictions[K][]> {
  const all = predicting<K>(rowsOf(output, target.size), target);
  return output.length <= longPiece ? atOnce(all) : new WorkSlice().through(all);
}

/** May be left alone wherever it yields. */
function* predicting<K extends OutputKind>(
  rows: readonly Float32Array[],
  target: TargetEncoder,
): Generator<undefined, ManyToOnePredictions[K][]> {
  const all: ManyToOnePredictions[K][] = [];
  for (const row of rows) {
    all.push((yield* prediction(row, target)) as ManyToOnePredictions[K]);
    yield;
  }
  return all;
}

function* prediction(
  row: Float32Array,
  target: TargetEncoder,
): Generator<undefined, ManyToOnePredictions[OutputKind]> {
  switch (target.kind) {
    case 'classes':
      return {
        label: predictedLabels(row, target)[0]!,
        probabilities: yield* byLabel(row, target),
      };
    case 'values':
      return { values: target.values(row) };
    case 'multihot':
      return { active: activeOutputs(row), probabilities: [...row] };
  }
}

/** An own property for each label, whatever its name. */
function* byLabel(
  row: Float32Array,
  { labels }: TargetEncoder,
): Generator<undefined, Record<string, number>> {
  const probabilities: Record<string, number> = {};
  for (let id = 0; id < row.length; id++) {
    const label = labels!.label(id);
    if (label === '__proto__') ownProperty(probabilities, label, row[id]!);
    else probabilities[label] = row[id]!;
    if (id % longPiece === longPiece - 1) yield;
  }
  return probabilities;
}

function ownProperty(object: object, name: string, value: number): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
