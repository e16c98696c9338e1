import type { Batch, Decoding, NetworkOptions } from '../../../binding';
import type { ArchitectureForm } from '../../architecture/architecture';
import { nativeStack } from '../../architecture/network-options';
import { assembleBatch } from '../../data/batches/batch';
import type { EncodedExample } from '../../data/encoded';
import type { Targets } from '../../data/encoders/encode-examples';
import { InputEncoder } from '../../data/encoders/input-encoder';
import { LabelSequenceEncoder } from '../../data/encoders/label-sequence';
import { stepEncoder, type StepEncoder } from '../../data/encoders/step-encoder';
import { examplesOf, locate as byPlace, part, type Data } from '../../data/example';
import type { Meter } from '../../metrics/meter';
import type { PredictForm, Search } from '../../options/forms';
import { BpttError } from '../../support/errors';
import type { WorkSlice } from '../../support/work-slice';
import { networkInput } from '../aligned/aligned-task';
import { constantSymbols, targetMeans, type ConstantAnswer } from '../constant-answer';
import { decodedPredictions, hypothesesOf, type DecodedPrediction } from '../decoded';
import { DecodedMeter } from '../decoded-meter';
import { ReadingTask } from '../reading-task';
import type { Task, TaskJSON, Engine } from '../task';
import { alignedLikelihood, likeliestShares } from './constant-distribution';

/** The task of models whose labels have no place among the steps: connectionist temporal classification. */
export class CtcTask extends ReadingTask implements Task<DecodedPrediction, Decoding> {
  readonly metric = 'symbolErrorRate';
  readonly scale = undefined;
  readonly network: NetworkOptions;

  private constructor(
    form: ArchitectureForm,
    protected readonly input: InputEncoder,
    private readonly target: LabelSequenceEncoder,
  ) {
    super();
    this.network = {
      ...nativeStack(form),
      dropout: form.dropout,
      input: networkInput(form, input),
      pooling: 'none',
      output: { kind: 'classes', size: target.size },
      ctc: true,
    };
  }

  /** Learns from training data what the architecture leaves open. */
  static async learn(form: ArchitectureForm, data: Data, slice?: WorkSlice): Promise<CtcTask> {
    const examples = examplesOf(data);
    const locate = byPlace(examples);
    const xs = examples.map(({ x }) => x);
    const ys = examples.map(({ y }) => y);
    const input = await InputEncoder.fit(form.input, xs, part(locate, 'x'), slice);
    const target = await LabelSequenceEncoder.fit(labelsOf(form), ys, locate, slice);
    return new CtcTask(form, input, target);
  }

  /** The task of an architecture that leaves no size open: features are taken as they are. */
  static known(form: ArchitectureForm): CtcTask | undefined {
    const input = InputEncoder.known(form.input);
    const target = LabelSequenceEncoder.known(labelsOf(form));
    return input && target && new CtcTask(form, input, target);
  }

  /** Errors: `ERR_DATA` for what `toJSON` does not give, or not for this architecture. */
  static fromJSON(form: ArchitectureForm, json: TaskJSON): CtcTask {
    const input = InputEncoder.fromJSON(json.input);
    if (input.kind !== form.input.kind) {
      throw new BpttError('ERR_DATA', `expected ${form.input.kind}; found ${input.kind}`);
    }
    return new CtcTask(form, input, LabelSequenceEncoder.fromJSON(json.output));
  }

  get labels(): string[] {
    return this.target.labels.toJSON();
  }

  protected targets(): Targets {
    return this.target;
  }

  assemble(examples: readonly EncodedExample[], indexes: Int32Array): Batch {
    const batch = assembleBatch(examples, indexes);
    if (batch.classes !== undefined) {
      batch.targetLengths = Int32Array.from(indexes, (index) => examples[index]!.target!.classes!.length);
    }
    return batch;
  }

  compute(engine: Engine, batch: Batch, { beam, nBest }: Search): Promise<Decoding> {
    return engine.decode(batch, { beam, nBest });
  }

  predictions(decoding: Decoding, _batch: Batch, { search }: PredictForm): DecodedPrediction[] {
    const label = (id: number): string => this.target.label(id);
    return decodedPredictions(
      hypothesesOf(decoding),
      ({ symbols }) => Array.from(symbols, label),
      search.nBest,
    );
  }

  meter(): Meter<Decoding> {
    return new DecodedMeter({ symbol: (id) => this.target.label(id), bleu: false, alignment: true });
  }

  async constantAnswers(
    training: readonly EncodedExample[],
    measured: readonly EncodedExample[],
    slice: WorkSlice,
  ): Promise<ConstantAnswer<Decoding>[]> {
    const { row } = await targetMeans(training, this.network.output, slice);
    return constantSymbols(
      measured,
      slice,
      alignedLikelihood(await likeliestShares(training, row, slice), slice),
    );
  }

  stepEncoder(): StepEncoder {
    return stepEncoder(this.input);
  }

  toJSON(): TaskJSON {
    return { input: this.input.toJSON(), output: this.target.toJSON() };
  }
}

function labelsOf({ output }: ArchitectureForm): ArchitectureForm['output'] & { kind: 'classes' } {
  if (output.kind !== 'classes') {
    throw new BpttError(
      'ERR_OPTION',
      `option "output.kind" must be "classes" with ctc; found "${output.kind}".`,
    );
  }
  return output;
}
