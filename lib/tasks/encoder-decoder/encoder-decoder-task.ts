import type { Batch, Decoding, NetworkOptions } from '../../../binding';
import type { EncoderDecoderForm, ValuesOutput } from '../../architecture/architecture';
import { nativeDecoder, nativeStack } from '../../architecture/network-options';
import { assembleBatch } from '../../data/batches/batch';
import type { EncodedExample } from '../../data/encoded';
import type { Targets } from '../../data/encoders/encode-examples';
import { InputEncoder } from '../../data/encoders/input-encoder';
import { RowSequenceEncoder } from '../../data/encoders/row-sequence';
import { stepEncoder, type StepEncoder } from '../../data/encoders/step-encoder';
import { SymbolSequenceEncoder, type SymbolSequenceOptions } from '../../data/encoders/symbol-sequence';
import { examplesOf, locate as byPlace, part, type Data } from '../../data/example';
import type { Normalization } from '../../data/normalization';
import type { Vocabulary } from '../../data/text/vocabulary';
import type { Meter } from '../../metrics/meter';
import type { PredictForm, Search } from '../../options/forms';
import { BpttError } from '../../support/errors';
import type { WorkSlice } from '../../support/work-slice';
import { networkInput } from '../aligned/aligned-task';
import {
  constantForecast,
  constantSymbols,
  symbolLikelihood,
  targetMeans,
  type ConstantAnswer,
} from '../constant-answer';
import { decodedPredictions, hypothesesOf, type DecodedPrediction, type Hypothesis } from '../decoded';
import { DecodedMeter } from '../decoded-meter';
import { rowsOf } from '../results';
import { ReadingTask } from '../reading-task';
import type { Task, TaskJSON, Engine } from '../task';
import { ForecastMeter } from './forecast-meter';
import { teacherForcingAt } from './teacher-forcing';

type Target = SymbolSequenceEncoder | RowSequenceEncoder;

type Prediction = DecodedPrediction<string[]> | DecodedPrediction<number[][]>;

/** Steps that any output may have, besides two for each step of the input. */
const spareSteps = 10;

/** The task of models that read a whole sequence and then write another one. */
export class EncoderDecoderTask extends ReadingTask implements Task<Prediction, Decoding> {
  readonly network: NetworkOptions;

  private constructor(
    private readonly form: EncoderDecoderForm,
    protected readonly input: InputEncoder,
    private readonly target: Target,
  ) {
    super();
    this.network = {
      ...nativeStack(form),
      dropout: form.dropout,
      input: networkInput(form, input),
      pooling: 'none',
      output: { kind: target.kind, size: target.size },
      decoder: nativeDecoder(form),
    };
  }

  /** Learns from training data what the architecture leaves open. */
  static async learn(form: EncoderDecoderForm, data: Data, slice?: WorkSlice): Promise<EncoderDecoderTask> {
    const examples = examplesOf(data);
    const locate = byPlace(examples);
    const xs = examples.map(({ x }) => x);
    const ys = examples.map(({ y }) => y);
    const input = await InputEncoder.fit(form.input, xs, part(locate, 'x'), slice);
    const target =
      form.output.kind === 'classes'
        ? await SymbolSequenceEncoder.fit(symbolOptions(form), ys, locate, slice)
        : await RowSequenceEncoder.fit(rowOptions(form), ys, locate, slice);
    return new EncoderDecoderTask(form, input, target);
  }

  /** The task of an architecture that leaves no size open: features are taken as they are. */
  static known(form: EncoderDecoderForm): EncoderDecoderTask | undefined {
    const input = InputEncoder.known(form.input);
    const target =
      form.output.kind === 'classes'
        ? SymbolSequenceEncoder.known(symbolOptions(form))
        : RowSequenceEncoder.known(rowOptions(form));
    return input && target && new EncoderDecoderTask(form, input, target);
  }

  /** Errors: `ERR_DATA` for what `toJSON` does not give, or not for this architecture. */
  static fromJSON(form: EncoderDecoderForm, json: TaskJSON): EncoderDecoderTask {
    const input = InputEncoder.fromJSON(json.input);
    if (input.kind !== form.input.kind) {
      throw new BpttError('ERR_DATA', `expected ${form.input.kind}; found ${input.kind}`);
    }
    const target =
      form.output.kind === 'classes'
        ? SymbolSequenceEncoder.fromJSON(json.output)
        : RowSequenceEncoder.fromJSON(json.output);
    return new EncoderDecoderTask(form, input, target);
  }

  /** Of the output, where it is symbols. */
  get targetVocabulary(): Vocabulary | undefined {
    return this.target.kind === 'classes' ? this.target.vocabulary : undefined;
  }

  get labels(): string[] | undefined {
    return this.targetVocabulary?.toJSON().tokens;
  }

  get scale(): Normalization | undefined {
    return this.target.kind === 'values' ? this.target.normalization : undefined;
  }

  get metric(): string {
    return this.target.kind === 'classes' ? 'symbolErrorRate' : 'loss';
  }

  protected targets(): Targets {
    return this.target;
  }

  assemble(examples: readonly EncodedExample[], indexes: Int32Array, epoch?: number): Batch {
    const batch = assembleBatch(examples, indexes);
    if (batch.classes !== undefined || batch.values !== undefined) {
      batch.targetLengths = Int32Array.from(indexes, (index) => examples[index]!.target!.steps!);
    }
    if (epoch !== undefined) {
      batch.teacherForcing = teacherForcingAt(this.form.teacherForcing, epoch);
    }
    return batch;
  }

  compute(engine: Engine, batch: Batch, { maxSteps, ...search }: Search): Promise<Decoding> {
    const limits = batch.lengths.map((length, place) =>
      this.target.kind === 'classes'
        ? this.mostSymbols(length, maxSteps)
        : this.rows(batch.targetLengths?.[place], maxSteps),
    );
    return engine.decode(this.target.kind === 'classes' ? batch : withoutTargets(batch), {
      ...search,
      limits,
    });
  }

  predictions(decoding: Decoding, { lengths }: Batch, { search }: PredictForm): Prediction[] {
    const { target } = this;
    const hypotheses = hypothesesOf(decoding, search.attention === true ? lengths : undefined);
    const predicted = <Y>(read: (hypothesis: Hypothesis) => Y): DecodedPrediction<Y>[] =>
      decodedPredictions(hypotheses, read, search.nBest);
    return target.kind === 'classes'
      ? predicted(({ symbols }) => Array.from(symbols, (id) => target.vocabulary.token(id)))
      : predicted(({ values }) => rowsOf(values, target.size).map((row) => target.values(row)));
  }

  meter(): Meter<Decoding> {
    const { target } = this;
    if (target.kind === 'values') return new ForecastMeter(target.size, target);
    return new DecodedMeter({
      symbol: (id) => target.vocabulary.token(id),
      bleu: target.tokenizer === 'words',
      alignment: false,
    });
  }

  async constantAnswers(
    training: readonly EncodedExample[],
    measured: readonly EncodedExample[],
    slice: WorkSlice,
  ): Promise<ConstantAnswer<Decoding>[]> {
    const { output } = this.network;
    if (output.kind === 'values') return [constantForecast(await targetMeans(training, output, slice))];
    const means = await targetMeans(training, output, slice, true);
    return constantSymbols(measured, slice, symbolLikelihood(means));
  }

  stepEncoder(): StepEncoder {
    return stepEncoder(this.input);
  }

  toJSON(): TaskJSON {
    return { input: this.input.toJSON(), output: this.target.toJSON() };
  }

  /** With the end. */
  private mostSymbols(inputLength: number, maxSteps: number | undefined): number {
    return maxSteps ?? Math.max(this.target.longest + 1, 2 * inputLength + spareSteps);
  }

  /** Of a forecast that is measured those there is a truth for. */
  private rows(targetLength: number | undefined, maxSteps: number | undefined): number {
    if (targetLength !== undefined) return Math.min(targetLength, maxSteps ?? targetLength);
    if (maxSteps === undefined && this.target.longest === 0) {
      throw new BpttError(
        'ERR_STATE',
        'How many rows to forecast is not known before the model is fitted: give the option "maxSteps".',
      );
    }
    return maxSteps ?? this.target.longest;
  }
}

function symbolOptions({ output, decoder: { input } }: EncoderDecoderForm): SymbolSequenceOptions {
  return { ...(input.kind === 'tokens' && input), ...(output.kind === 'classes' && output) };
}

function rowOptions({ output, decoder: { input } }: EncoderDecoderForm): ValuesOutput {
  const given = output as ValuesOutput;
  return input.kind === 'features' ? { ...given, size: given.size ?? input.size } : given;
}

/** What is forecast is measured against them, not computed from them. */
function withoutTargets({ values: _values, targetLengths: _lengths, ...batch }: Batch): Batch {
  return batch;
}
