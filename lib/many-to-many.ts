import { AlignedModel } from './aligned-model';
import type { ManyToManyArchitecture, ManyToManyForm, OutputKind } from './architecture';
import type { TargetEncoder } from './data/target-encoder';
import { architectureSchema, modelFiles, optionsSchema } from './on-demand';
import type { PredictForm, PredictStepsOptions } from './options';
import { restoreModel } from './restore-model';
import { activeOutputs, predictedLabels, rowsOf } from './results';

/**
 * What a many-to-many model predicts for a sequence of T steps, by kind of its output. `probabilities` `[T·O]`, step by
 * step, are there if asked for.
 */
export interface ManyToManyPredictions {
  /** The most probable label of each step. */
  classes: { labels: string[]; probabilities?: Float32Array };
  /** A row for each step. */
  values: { values: number[][] };
  /** For each step the outputs with a probability of at least 0.5. */
  multihot: { active: number[][]; probabilities?: Float32Array };
}

/**
 * One result for each step of a sequence (Tx = Ty): a tag, values, or a set of yes-or-no answers.
 *
 *     const tagger = new ManyToMany({
 *       cell: 'lstm', hidden: 100, bidirectional: true, input: { kind: 'tokens' }, output: { kind: 'classes' },
 *     });
 *     await tagger.fit([{ x: ['fly', 'to', 'Rome'], y: ['O', 'O', 'B-city'] }, …]);
 *     const { labels } = await tagger.predict(['back', 'to', 'Oslo']);
 */
export class ManyToMany<K extends OutputKind = OutputKind> extends AlignedModel<
  ManyToManyPredictions[K],
  PredictStepsOptions
> {
  readonly mode = 'many-to-many';

  /** Errors: `ERR_OPTION`. */
  constructor(architecture: ManyToManyArchitecture<K>) {
    const form = architectureSchema().checkManyToMany(architecture);
    super(form, { pooling: 'none', predictions });
  }

  /** A model that was saved. The type argument says what the caller knows of it. Rejects with `ERR_FORMAT`,
   * `ERR_VERSION`, `ERR_MEMORY` or `ERR_IO`. */
  static async load<K extends OutputKind = OutputKind>(path: string): Promise<ManyToMany<K>> {
    const file = await modelFiles().readModelFile(path);
    return restoreModel(path, file, 'many-to-many', (architecture) => new ManyToMany<K>(architecture));
  }

  override get architecture(): ManyToManyForm {
    return super.architecture as ManyToManyForm;
  }

  protected checkPredict(options: unknown): PredictForm {
    return optionsSchema().checkPredictSteps(options);
  }
}

function predictions<K extends OutputKind>(
  output: Float32Array,
  lengths: Int32Array,
  target: TargetEncoder,
  options: PredictForm,
): ManyToManyPredictions[K][] {
  let at = 0;
  return Array.from(lengths, (length) => {
    const steps = output.subarray(at, (at += length * target.size));
    return prediction(steps, target, options) as ManyToManyPredictions[K];
  });
}

function prediction(
  steps: Float32Array,
  target: TargetEncoder,
  { probabilities }: PredictForm,
): ManyToManyPredictions[OutputKind] {
  // A copy, so that one kept prediction does not keep its whole batch.
  const asked = probabilities ? { probabilities: steps.slice() } : {};
  switch (target.kind) {
    case 'classes':
      return { labels: predictedLabels(steps, target), ...asked };
    case 'values':
      return { values: rowsOf(steps, target.size).map((row) => [...row]) };
    case 'multihot':
      return { active: rowsOf(steps, target.size).map(activeOutputs), ...asked };
  }
}
