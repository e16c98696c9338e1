import type { Evaluation } from '../../binding';
import type {
  Alignment,
  ManyToManyArchitecture,
  ManyToManyForm,
  OutputKind,
} from '../architecture/architecture';
import type { TargetEncoder } from '../data/encoders/target-encoder';
import type { ExampleSource } from '../data/example';
import type { ManyToManyMetricName } from '../metrics/metrics';
import type { LoadStepsOptions } from '../options/load-options';
import type { EvaluateForm, PredictForm } from '../options/forms';
import type {
  EvaluateDecodedOptions,
  EvaluateOptions,
  PredictDecodedOptions,
  PredictStepsOptions,
} from '../options/options';
import { longPiece, WorkSlice } from '../support/work-slice';
import type { DecodedPrediction } from '../tasks/decoded';
import { activeOutputs, labelsOf, predictedLabels, readInSlices, rowsOf } from '../tasks/results';
import type { TaskSource } from '../tasks/task';
import { machinery } from './on-demand';
import { openModel } from './open-model';
import { SequenceModel } from './sequence-model';
import { alignedSource, ctcSource } from './task-source';

/**
 * What a many-to-many model predicts for a sequence of T steps, by kind of its output. `probabilities` `[T·O]`, step by
 * step, are there if asked for.
 */
export interface ManyToManyPredictions {
  /** The most probable label of each step; with crf the most probable labels of the sequence as a whole. */
  classes: { labels: string[]; probabilities?: Float32Array };
  /** A row for each step. */
  values: { values: number[][] };
  /** For each step the outputs with a probability of at least 0.5. */
  multihot: { active: number[][]; probabilities?: Float32Array };
}

/** By alignment of the model. */
export type ManyToManyPrediction<K extends OutputKind, A extends Alignment> = A extends 'ctc'
  ? DecodedPrediction
  : ManyToManyPredictions[K];

/**
 * One result for each step of a sequence (Tx = Ty): a tag, values, or a set of yes-or-no answers.
 *
 *     const tagger = new ManyToMany({
 *       cell: 'lstm', hidden: 100, bidirectional: true, input: { kind: 'tokens' }, output: { kind: 'classes' },
 *     });
 *     await tagger.fit([{ x: ['fly', 'to', 'Rome'], y: ['O', 'O', 'B-city'] }, …]);
 *     const { labels } = await tagger.predict(['back', 'to', 'Oslo']);
 *
 * With `crf: true` the labels of a sequence are chosen together, which helps where they depend on each other, as chunk tags do.
 *
 * Or, with `alignment: 'ctc'`, labels of which nobody says at which steps they belong, at most as many as steps (Tx ≥ Ty):
 *
 *     const listener = new ManyToMany({
 *       cell: 'lstm', hidden: 128, bidirectional: true, alignment: 'ctc', input: { kind: 'features' },
 *       output: { kind: 'classes' },
 *     });
 *     await listener.fit([{ x: frames, y: ['4', '1'] }, …]);
 *     const { y, score } = await listener.predict(frames);
 */
export class ManyToMany<
  K extends OutputKind = OutputKind,
  A extends Alignment = 'steps',
> extends SequenceModel<
  ManyToManyPrediction<K, A>,
  A extends 'ctc' ? PredictDecodedOptions : PredictStepsOptions,
  A extends 'ctc' ? EvaluateDecodedOptions : EvaluateOptions,
  ExampleSource,
  ManyToManyMetricName<K, A>
> {
  /** Always the same. */
  readonly mode = 'many-to-many';

  /** Errors: `ERR_OPTION`. */
  constructor(architecture: ManyToManyArchitecture<K, A>) {
    const form = machinery().checkManyToMany(architecture);
    const source =
      form.alignment === 'ctc'
        ? ctcSource(form)
        : alignedSource(form, { pooling: 'none', crf: form.crf, predictions });
    super(form, source as TaskSource<ManyToManyPrediction<K, A>>);
  }

  /** A model that was saved. What the caller expects of it (`{ output: 'classes', alignment: 'ctc' }`) is checked, and is its type. A type argument alone is not:
   * it says what the caller knows. Rejects with `ERR_FORMAT`, also for a model that is not as expected, `ERR_OPTION`, `ERR_VERSION`,
   * `ERR_MEMORY` or `ERR_IO`. */
  static async load<K extends OutputKind = OutputKind, A extends Alignment = 'steps'>(
    path: string,
    options?: LoadStepsOptions<K, A>,
  ): Promise<ManyToMany<K, A>> {
    const expected = machinery().checkLoad('many-to-many', options);
    return openModel(
      path,
      { 'many-to-many': (architecture) => new ManyToMany<K, A>(architecture) },
      expected,
    );
  }

  override get architecture(): ManyToManyForm {
    return super.architecture as ManyToManyForm;
  }

  protected checkPredict(options: unknown): PredictForm {
    const { checkPredictDecoded, checkPredictSteps } = machinery();
    return this.decodes ? checkPredictDecoded(options) : checkPredictSteps(options);
  }

  protected override checkEvaluate(options: unknown): EvaluateForm {
    return this.decodes ? machinery().checkEvaluateDecoded(options) : super.checkEvaluate(options);
  }

  private get decodes(): boolean {
    return (this.form as ManyToManyForm).alignment === 'ctc';
  }
}

/** At once, or with pauses where a sequence is long. */
function predictions<K extends OutputKind>(
  { output, path }: Evaluation,
  lengths: Int32Array,
  target: TargetEncoder,
  { probabilities }: PredictForm,
): ManyToManyPredictions[K][] | Promise<ManyToManyPredictions[K][]> {
  const { size } = target;
  let at = 0;
  const sequences = Array.from(lengths, (length) => {
    const [from, to] = [at, (at += length)];
    return { length, steps: output.subarray(from * size, to * size), path: path?.subarray(from, to) };
  });
  const predicted = ({ steps }: (typeof sequences)[number], results: StepResults): ManyToManyPredictions[K] =>
    ({
      [resultNames[target.kind]]: results,
      // A copy, so that one kept prediction does not keep its whole batch, unless that is all there is of it.
      ...(probabilities &&
        target.kind !== 'values' && {
          probabilities: steps.length === output.length ? output : steps.slice(),
        }),
    }) as ManyToManyPredictions[K];
  const reader = ({ steps, path: best }: (typeof sequences)[number]) => stepReader(steps, best, target);
  if (lengths.every((length) => length <= longPiece)) {
    return sequences.map((sequence) => predicted(sequence, reader(sequence)(0, sequence.length)));
  }
  const inSlices = async (): Promise<ManyToManyPredictions[K][]> => {
    const slice = new WorkSlice();
    const all: ManyToManyPredictions[K][] = [];
    for (const sequence of sequences) {
      const results = await readInSlices<string | number[]>(sequence.length, reader(sequence), slice);
      all.push(predicted(sequence, results as StepResults));
    }
    return all;
  };
  return inSlices();
}

type StepResults = string[] | number[][];

const resultNames = { classes: 'labels', values: 'values', multihot: 'active' } as const;

/** Reads the results of the steps from `begin` to before `end`. */
function stepReader(
  steps: Float32Array,
  path: Int32Array | undefined,
  target: TargetEncoder,
): (begin: number, end: number) => StepResults {
  const part = (begin: number, end: number): Float32Array =>
    steps.subarray(begin * target.size, end * target.size);
  switch (target.kind) {
    case 'classes':
      return (begin, end) =>
        path ? labelsOf(path.subarray(begin, end), target) : predictedLabels(part(begin, end), target);
    case 'values':
      return (begin, end) => rowsOf(part(begin, end), target.size).map((row) => target.values(row));
    case 'multihot':
      return (begin, end) => rowsOf(part(begin, end), target.size).map(activeOutputs);
  }
}
