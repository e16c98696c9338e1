import type { Batch, Evaluation, NetworkOptions } from '../../../binding';
import type { ArchitectureForm, CrfForm, Pooling } from '../../architecture/architecture';
import { nativeStack } from '../../architecture/network-options';
import { assembleBatch } from '../../data/batches/batch';
import type { EncodedExample, EncodedTarget } from '../../data/encoded';
import type { Targets } from '../../data/encoders/encode-examples';
import { InputEncoder } from '../../data/encoders/input-encoder';
import { stepEncoder, type StepEncoder } from '../../data/encoders/step-encoder';
import type { TargetContext } from '../../data/encoders/target-context';
import { TargetEncoder } from '../../data/encoders/target-encoder';
import { examplesOf, locate as byPlace, part, type Data } from '../../data/example';
import type { Normalization } from '../../data/normalization';
import type { Meter } from '../../metrics/meter';
import type { PredictForm, Search } from '../../options/forms';
import { BpttError } from '../../support/errors';
import { maximumChainLabels } from '../../support/option-bounds';
import type { WorkSlice } from '../../support/work-slice';
import { constantEvaluation, targetMeans, type ConstantAnswer } from '../constant-answer';
import { ReadingTask } from '../reading-task';
import type { Task, TaskJSON, Engine } from '../task';
import { AlignedMeter } from './aligned-meter';
import { TagTransitions } from './tag-transitions';

/** What the two modes with one result for a sequence, or for each of its steps, do not share. */
export interface AlignedMode<P> {
  /** `none`: one result a step. */
  pooling: Pooling | 'none';
  crf: false | CrfForm;
  /** The predictions of sequences of these lengths from their results, one after the other. */
  predictions(
    results: Evaluation,
    lengths: Int32Array,
    target: TargetEncoder,
    options: PredictForm,
  ): P[] | Promise<P[]>;
}

/** The task of models with one result for each sequence (many-to-one) or each step (many-to-many with Tx = Ty). */
export class AlignedTask<P> extends ReadingTask implements Task<P, Evaluation> {
  readonly network: NetworkOptions;
  /** What the scheme of the labels allows, where it is to be kept to. */
  private readonly rules: TagTransitions | undefined;

  private constructor(
    form: ArchitectureForm,
    private readonly mode: AlignedMode<P>,
    protected readonly input: InputEncoder,
    private readonly target: TargetEncoder,
  ) {
    super();
    this.rules = mode.crf ? transitionRules(mode.crf, target) : undefined;
    this.network = {
      ...nativeStack(form),
      dropout: form.dropout,
      input: networkInput(form, input),
      pooling: mode.pooling,
      output: { kind: target.kind, size: target.size },
      ...(mode.crf && { crf: this.rules === undefined ? {} : { rules: this.rules.forbidden() } }),
    };
  }

  /** Learns from training data what the architecture leaves open. */
  static async learn<P>(
    form: ArchitectureForm,
    mode: AlignedMode<P>,
    data: Data,
    slice?: WorkSlice,
  ): Promise<AlignedTask<P>> {
    const examples = examplesOf(data);
    const locate = byPlace(examples);
    const xs = examples.map(({ x }) => x);
    const ys = examples.map(({ y }) => y);
    const input = await InputEncoder.fit(form.input, xs, part(locate, 'x'), slice);
    const target = await TargetEncoder.fit(form.output, resultsPer(mode), ys, locate, slice);
    return new AlignedTask(form, mode, input, target);
  }

  /** The task of an architecture that leaves no size open: features are taken as they are. */
  static known<P>(form: ArchitectureForm, mode: AlignedMode<P>): AlignedTask<P> | undefined {
    const input = InputEncoder.known(form.input);
    const target = TargetEncoder.known(form.output, resultsPer(mode));
    return input && target && new AlignedTask(form, mode, input, target);
  }

  /** Errors: `ERR_DATA` for what `toJSON` does not give, or not for this architecture. */
  static fromJSON<P>(form: ArchitectureForm, mode: AlignedMode<P>, json: TaskJSON): AlignedTask<P> {
    const input = InputEncoder.fromJSON(json.input);
    const target = TargetEncoder.fromJSON(json.output);
    if (input.kind !== form.input.kind || target.kind !== form.output.kind) {
      throw new BpttError(
        'ERR_DATA',
        `expected ${form.input.kind} and ${form.output.kind}; found ${input.kind} and ${target.kind}`,
      );
    }
    if (target.per !== resultsPer(mode)) {
      throw new BpttError('ERR_DATA', `expected one result a ${resultsPer(mode)}; found one a ${target.per}`);
    }
    return new AlignedTask(form, mode, input, target);
  }

  get labels(): string[] | undefined {
    return this.target.labels?.toJSON();
  }

  get scale(): Normalization | undefined {
    return this.target.normalization;
  }

  get metric(): string {
    return AlignedMeter.keyFor(this.target);
  }

  protected targets(unknown: 'error' | 'keep'): Targets {
    const { rules, target } = this;
    if (rules === undefined || unknown === 'keep') return target;
    const check = (encoded: EncodedTarget, { where }: TargetContext): EncodedTarget => {
      rules.check(encoded.classes!, where);
      return encoded;
    };
    return {
      isShort: (y) => target.isShort(y),
      encode: (y, context) => check(target.encode(y, context), context),
      encodeInSlices: async (y, context, slice) =>
        check(await target.encodeInSlices(y, context, slice), context),
    };
  }

  assemble(examples: readonly EncodedExample[], indexes: Int32Array): Batch {
    return assembleBatch(examples, indexes, this.target.size);
  }

  compute(engine: Engine, batch: Batch, { marginals }: Search): Promise<Evaluation> {
    // Without a crf probabilities are what there is anyway.
    const wanted = marginals === true && this.network.crf !== undefined;
    return engine.evaluate(wanted ? { ...batch, marginals } : batch);
  }

  predictions(results: Evaluation, { lengths }: Batch, options: PredictForm): P[] | Promise<P[]> {
    return this.mode.predictions(results, lengths, this.target, options);
  }

  meter(): Meter<Evaluation> {
    return new AlignedMeter(this.target, this.rules !== undefined);
  }

  async constantAnswers(
    training: readonly EncodedExample[],
    measured: readonly EncodedExample[],
    slice: WorkSlice,
  ): Promise<ConstantAnswer<Evaluation>[]> {
    const { output } = this.network;
    const means = await targetMeans(training, output, slice);
    const { top } = measured === training ? means : await targetMeans(measured, output, slice);
    return [constantEvaluation(output, { ...means, top })];
  }

  stepEncoder(): StepEncoder {
    return stepEncoder(this.input);
  }

  toJSON(): TaskJSON {
    return { input: this.input.toJSON(), output: this.target.toJSON() };
  }
}

/** What the labels' scheme allows, where it is to be kept to. Errors: `ERR_OPTION` for more labels than a crf can have. */
function transitionRules(
  { transitions }: CrfForm,
  { size, labels }: TargetEncoder,
): TagTransitions | undefined {
  if (size > maximumChainLabels) {
    throw new BpttError('ERR_OPTION', `crf: expected at most ${maximumChainLabels} labels; found ${size}.`);
  }
  return transitions === 'scheme' ? TagTransitions.of(labels!.toJSON()) : undefined;
}

function resultsPer({ pooling }: AlignedMode<unknown>): 'step' | 'sequence' {
  return pooling === 'none' ? 'step' : 'sequence';
}

/** The input as the addon takes it. */
export function networkInput(
  { input }: Pick<ArchitectureForm, 'input'>,
  { size, characters }: Pick<InputEncoder, 'size' | 'characters'>,
): NetworkOptions['input'] {
  switch (input.kind) {
    case 'tokens':
      if ((characters === undefined) !== (input.characters === false)) {
        throw new BpttError(
          'ERR_DATA',
          `expected a vocabulary of characters ${characters === undefined ? 'with' : 'only with'} the option "input.characters"`,
        );
      }
      return {
        kind: 'tokens',
        vocabulary: size,
        embedding: input.embedding,
        window: input.window,
        ...(input.characters && { characters: { vocabulary: characters!.size, ...input.characters } }),
      };
    case 'features':
      return { kind: 'features', size };
    case 'multihot':
      return { kind: 'multihot', size, embedding: input.embedding };
  }
}
