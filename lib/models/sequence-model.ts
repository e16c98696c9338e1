// For programs whose own settings leave Symbol.dispose out.
/// <reference lib="esnext.disposable" preserve="true" />
import { isDeepStrictEqual } from 'node:util';

import type { Network, Parameters, Stream, Trainer } from '../../binding';
import { native } from '../addon/native';
import { nativeCall } from '../addon/native-call';
import { SharedNetwork } from '../addon/shared-network';
import { readBy, type ModelForm } from '../architecture/architecture';
import type { Mode } from '../architecture/mode';
import type { Step, StepEncoder } from '../data/encoders/step-encoder';
import { collectExamples, locate, sizeOf } from '../data/example';
import type { Data, ExampleSource, Locate, Sequence } from '../data/example';
import type { Normalization } from '../data/normalization';
import type { Vocabulary } from '../data/text/vocabulary';
import type { MetricGiven, MetricName, Metrics } from '../metrics/metrics';
import type { ModelFile } from '../model-file/model-file';
import {
  checkTensors,
  copyParameters,
  countParameters,
  nativeParameters,
  readParameters,
  writeParameter,
} from '../model-file/parameters';
import type { TrainingFacts, TrainingRecord } from '../model-file/training-record';
import type { EvaluateForm, FitForm, PredictForm } from '../options/forms';
import type {
  EvaluateOptions,
  FitOptions,
  History,
  PredictOptions,
  WindowedSeries,
} from '../options/options';
import { BpttError } from '../support/errors';
import { found } from '../support/found';
import { plainCopy } from '../support/plain-copy';
import { seedAfter } from '../support/seed';
import { version } from '../support/version';
import type { WorkSlice } from '../support/work-slice';
import type { Task, TaskSource } from '../tasks/task';
import type { Reading } from '../training/reading';
import type { Resumption } from '../training/resume';
import { machinery } from './on-demand';
import { StateSizes } from './state';
import { ModelStream } from './stream';

/** What a model has once its sizes are known. */
class Known<P> {
  made: SharedNetwork | undefined;

  /**
   * @param made the network, where it is there.
   * @param parameters those of a network that is made of them at once.
   */
  constructor(
    readonly task: Task<P>,
    made: SharedNetwork | undefined,
    parameters: Parameters | undefined,
  ) {
    this.made = made ?? (parameters && this.make(parameters));
  }

  /** Made when it is first asked for: a file's tensors are looked at before a network of their sizes is. */
  get shared(): SharedNetwork {
    return (this.made ??= this.make());
  }

  get network(): Network {
    return this.shared.network;
  }

  dispose(): void {
    this.made?.dispose();
  }

  private make(parameters?: Parameters): SharedNetwork {
    return new SharedNetwork(nativeCall(() => new (native().Network)(this.task.network, parameters)));
  }
}

/** Hears how many examples, or steps of a text, have been turned into numbers, or measured, of so many. */
export type EvaluationListener = (phase: 'encoding' | 'measuring', step: number, steps: number) => void;

let evaluateHeard: typeof evaluateWith;

/** The metrics of a model as `evaluate` has them, for somebody who wants to hear how far it is. */
export function evaluateWith(
  model: SequenceModel,
  data: ExampleSource,
  options: unknown,
  listener: EvaluationListener,
): Promise<Metrics> {
  return evaluateHeard(model, data, options, listener);
}

let predictNamed: (model: SequenceModel, x: Sequence, options: unknown, name: string) => Promise<unknown>;

/** The prediction for a sequence that errors call by this name. Rejects as `predict`. */
export function predictOne(
  model: SequenceModel,
  x: Sequence,
  options: unknown,
  name: string,
): Promise<unknown> {
  return predictNamed(model, x, options, name);
}

let restoreInto: (model: SequenceModel, file: ModelFile) => Promise<void>;

/** A new model with what a file holds. Errors: `ERR_DATA`, `ERR_OPTION`, `ERR_SHAPE` for what does not fit together. */
export async function restored<M extends SequenceModel>(make: () => M, file: ModelFile): Promise<M> {
  const model = make();
  await restoreInto(model, file);
  return model;
}

/**
 * What the models of all modes can do. `P` is a prediction, `Q` the options of `predict`, `E` those of `evaluate`,
 * `D` the data they learn from, `M` the metrics that can tell their best epoch.
 *
 * Vocabulary, labels, sizes and the scale of features come from the first training data, unless the architecture
 * says them. Before they are known, everything but `fit` throws `ERR_STATE`. Every method throws `ERR_DISPOSED`
 * once the model was disposed.
 *
 * Training never disturbs serving: `fit` works on a copy of the parameters and puts the result in place at its end;
 * until then predictions use the parameters from before.
 */
export abstract class SequenceModel<
  P = unknown,
  Q extends PredictOptions = PredictOptions,
  E extends EvaluateOptions = EvaluateOptions,
  D = ExampleSource,
  M extends MetricName = MetricName,
> {
  static {
    restoreInto = (model, file) => model.restore(file);
    evaluateHeard = (model, data, options, listener) => model.measured(data, options, listener);
    predictNamed = async (model, x, options, name) => {
      const [prediction] = await model.predictAll([x], model.checkPredict(options), () => name);
      return prediction;
    };
    // What console.log shows; its name is Node.js's.
    Object.defineProperty(this.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: SequenceModel, _depth: number, _options: unknown, inspect: (value: unknown) => string) {
        return `${this.constructor.name} ${inspect(this.toJSON())}`;
      },
    });
  }

  /** How steps of the input and of the output belong together. */
  abstract readonly mode: Mode;
  private known: Known<P> | undefined;
  private lastRecord: TrainingRecord | undefined;
  private cutFrom: WindowedSeries | undefined;
  private fitting = false;
  private trainer: Trainer | undefined;
  /** Ends the `fit` that runs. */
  private ending: AbortController | undefined;
  private disposed = false;

  /** An architecture without open sizes has parameters from the beginning. */
  protected constructor(
    protected readonly form: ModelForm,
    private readonly source: TaskSource<P>,
  ) {
    const task = source.known();
    if (task !== undefined) this.install(task);
  }

  protected abstract checkPredict(options: unknown): PredictForm;

  protected checkEvaluate(options: unknown): EvaluateForm {
    return machinery().checkEvaluate(options);
  }

  private install(task: Task<P>, parameters?: Parameters): void {
    const { known } = this;
    const same = known !== undefined && isDeepStrictEqual(known.task.network, task.network);
    this.known = new Known(task, same ? known.made : undefined, parameters);
  }

  /** The architecture with its defaults filled in. */
  get architecture(): ModelForm {
    return plainCopy(this.describedForm());
  }

  /** What the last `fit` did; none before the first. */
  get record(): TrainingRecord | undefined {
    return plainCopy(this.lastRecord);
  }

  /** What the training examples were cut from, if `fit` was told. */
  get series(): WindowedSeries | undefined {
    return plainCopy(this.cutFrom);
  }

  /** The tokens the model knows, if its input are tokens and the caller did not make the ids. */
  get vocabulary(): Vocabulary | undefined {
    return this.known?.task.vocabulary;
  }

  /** The labels the model tells apart, if its output are classes; a probability stands at its label's place. */
  get labels(): string[] | undefined {
    return this.known?.task.labels;
  }

  /**
   * Trains the model, off the event loop: from the first parameters, or, if it was trained before, on from the
   * present ones. The same data, options, seed and machine give the same parameters to the last bit.
   *
   * Rejects with `ERR_OPTION`, `ERR_DATA` or `ERR_SHAPE` (naming the example), `ERR_BUSY` while another `fit` of this
   * model runs, `ERR_NON_FINITE` when a loss or gradient is NaN or infinite, the signal's reason when it is aborted
   * before a first batch is done (a batch that is under way is given up), or what `onProgress` throws. The model then has the parameters from before. With a
   * `checkpoint` also with `ERR_IO` where it could not be written: training has then ended early, and the best parameters so
   * far are in place. With `resume` as `loadModel`, and with `ERR_OPTION` or `ERR_DATA` for what differs from the training that
   * is to go on.
   */
  async fit<N extends string = M>(data: D, options?: FitOptions<D, MetricGiven<N, M>>): Promise<History> {
    this.checkAlive();
    const form = machinery().checkFit(options);
    if (this.fitting) {
      throw new BpttError('ERR_BUSY', 'This model is being fitted; wait until that fit is done.');
    }
    this.fitting = true;
    const ending = new AbortController();
    this.ending = ending;
    const end = (): void => {
      ending.abort(form.signal?.reason);
    };
    if (form.signal?.aborted === true) end();
    form.signal?.addEventListener('abort', end);
    try {
      return await this.train(data, { ...form, signal: ending.signal });
    } finally {
      form.signal?.removeEventListener('abort', end);
      this.ending = undefined;
      this.fitting = false;
    }
  }

  /**
   * Measures the model on data; a label that was not seen in training counts as wrong. During `fit`: the model from
   * before. Rejects with `ERR_OPTION`, `ERR_DATA`, `ERR_SHAPE`, `ERR_STATE`, the signal's reason, or `ERR_NON_FINITE` for an
   * example whose results are too large for float32.
   */
  async evaluate(data: D, options?: E): Promise<Metrics> {
    return this.measured(data, options);
  }

  private async measured(data: D, options: unknown, listener?: EvaluationListener): Promise<Metrics> {
    const started = performance.now();
    const form = this.checkEvaluate(options);
    const { task, shared } = this.ready();
    const { measure, serving, Reading } = machinery();
    form.signal?.throwIfAborted();
    return shared.use(async (network) => {
      const reading = new Reading(
        form.signal,
        listener && [({ step, steps }) => listener('encoding', step, steps ?? 0)],
      );
      const collected = await this.collect(data, undefined, reading.slice);
      const phase = { phase: 'encoding', data: 'validation', steps: sizeOf(collected) } as const;
      const examples = await reading.run(phase, (slice) => task.encode(collected, 'keep', slice));
      const onMeasured =
        listener &&
        ((step: number, steps: number) => {
          listener('measuring', step, steps);
        });
      const run = { examples, locate: locate(collected), ...serving(network, form), onMeasured };
      const meter = await measure(task, run);
      const metrics = this.byColumn(meter.result());
      return { ...metrics, seconds: (performance.now() - started) / 1000 };
    });
  }

  /** The prediction for one sequence. Rejects as `predictMany`. */
  async predict(x: Sequence, options?: Q): Promise<P> {
    const [prediction] = await this.predictAll([x], this.checkPredict(options), () => 'the sequence');
    return prediction!;
  }

  /**
   * The predictions for many sequences, in their order: computed in batches of similar length on all processors.
   * What else is in a batch changes no bit of a prediction. Any number of calls may be in flight, also during `fit`,
   * whose parameters they do not see before it is done.
   * Rejects with `ERR_OPTION`, `ERR_DATA` or `ERR_SHAPE` (naming the sequence), `ERR_STATE`, the signal's reason, or
   * `ERR_NON_FINITE` (naming the sequence) where a result is too large for float32.
   */
  async predictMany(xs: Iterable<Sequence>, options?: Q): Promise<P[]> {
    const form = this.checkPredict(options);
    if (typeof xs !== 'object' || xs === null || !(Symbol.iterator in xs) || ArrayBuffer.isView(xs)) {
      throw new BpttError('ERR_DATA', `predictMany: expected an iterable of sequences; found ${found(xs)}.`);
    }
    return this.predictAll([...xs], form, (index) => `sequence ${index}`);
  }

  /** Copies of all parameters under their names in the model file. Errors: `ERR_STATE`. */
  parameters(): Record<string, { shape: number[]; data: Float32Array }> {
    const { task, network } = this.ready();
    const tensors = [...readParameters(network, task.network)];
    return Object.fromEntries(tensors.map(([name, { shape, data }]) => [name, { shape: [...shape], data }]));
  }

  /**
   * Replaces one parameter; predictions that have begun do not see it. Errors: `ERR_STATE`, `ERR_OPTION` for an
   * unknown name, `ERR_SHAPE`, `ERR_DATA` for numbers that are not finite, `ERR_BUSY` during `fit`, which would overwrite it.
   */
  setParameter(name: string, data: Float32Array): void {
    const { task, network } = this.ready();
    if (this.fitting) {
      throw new BpttError(
        'ERR_BUSY',
        `setParameter: this model is being fitted; "${name}" would be overwritten.`,
      );
    }
    writeParameter(network, task.network, name, data);
  }

  /** Numbers in all parameters together. Errors: `ERR_STATE`. */
  get parameterCount(): number {
    return countParameters(this.ready().task.network);
  }

  /**
   * Inference step by step, with the present parameters. Errors: `ERR_OPTION` for a bidirectional model or one with a
   * window or crf, which would have to look ahead; `ERR_STATE`.
   */
  stream(): ModelStream {
    const what = looksAhead(this.form);
    if (what !== undefined) {
      throw new BpttError(
        'ERR_OPTION',
        `stream: expected a model that does not look ahead; this one ${what}.`,
      );
    }
    return new ModelStream(...this.streamParts());
  }

  /** What a stream is made of. `context` `[K]`, where the network has one. */
  protected streamParts(
    context?: Float32Array,
  ): [
    stream: Stream,
    encode: StepEncoder,
    outputSize: number,
    stateSizes: StateSizes,
    scale: Normalization | undefined,
  ] {
    const { task, network } = this.ready();
    const { cell, hidden, layers, output } = task.network;
    const stream = nativeCall(() => new (native().Stream)(network, context));
    const sizes = new StateSizes(layers, hidden, cell === 'lstm');
    return [stream, task.stepEncoder(), output.size, sizes, task.scale];
  }

  /** A stream of steps in and their results `[O]` out, one array each. Errors as `stream`. */
  transform(): TransformStream<Step, Float32Array> {
    return this.transformed(this.stream());
  }

  protected transformed(stream: ModelStream): TransformStream<Step, Float32Array> {
    return new TransformStream({
      transform(step, controller) {
        controller.enqueue(stream.step(step));
      },
      flush() {
        stream.dispose();
      },
    });
  }

  /**
   * Writes the model into one safetensors file, replacing what is there in one go: a crash leaves the old file or the
   * new one. The same model gives the same bytes. Rejects with `ERR_STATE`, `ERR_IO`, or `ERR_DATA` where the file could not be loaded
   * again: its header, with vocabulary and labels, may have 100,000,000 bytes.
   */
  async save(path: string): Promise<void> {
    const { task, shared } = this.ready();
    const described = this.described(task, this.lastRecord, this.cutFrom);
    await shared.use(async (network) => {
      const tensors = await copyParameters(network, task.network);
      await machinery().writeModelFile(path, { ...described, tensors });
    });
  }

  /** What a file holds besides parameters. */
  private described(
    task: Task<P>,
    training?: TrainingRecord,
    series?: WindowedSeries,
  ): Omit<ModelFile, 'tensors'> {
    return { mode: this.mode, architecture: this.describedForm(), ...task.toJSON(), training, series };
  }

  /** The errors of the outputs of a series, column by column. */
  private byColumn(metrics: Omit<Metrics, 'seconds'>): Omit<Metrics, 'seconds'> {
    const columns = this.cutFrom?.columns ?? [];
    const { perOutput } = metrics;
    return perOutput === undefined || columns.length === 0
      ? metrics
      : { ...metrics, perOutput: machinery().errorsByColumn(perOutput, columns) };
  }

  /**
   * Frees the native memory, and waits for nothing. A `fit` that runs rejects with `ERR_DISPOSED`; predictions, measurements and
   * savings that have begun end well.
   */
  dispose(): void {
    this.disposed = true;
    this.ending?.abort(disposed());
    this.trainer?.dispose();
    this.known?.dispose();
    this.known = undefined;
  }

  /** The same as `dispose`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** What `console.log` and `JSON.stringify` show: what the model is, in a few words. A file of it is what `save` writes. */
  toJSON(): object {
    const { mode, disposed, known, lastRecord } = this;
    if (disposed) return { mode, disposed };
    const vocabulary = known?.task.vocabulary?.size;
    return {
      mode,
      architecture: plainCopy(this.describedForm()),
      ...(vocabulary !== undefined && { vocabulary }),
      parameters: known === undefined ? 'not known before fit' : countParameters(known.task.network),
      trained: lastRecord !== undefined,
    };
  }

  private collect(data: unknown, name: string | undefined, slice: WorkSlice): Promise<Data> {
    return this.source.collect?.(data, name, slice) ?? collectExamples(data as ExampleSource, name, slice);
  }

  private async train(data: D, form: FitForm): Promise<History> {
    form.signal?.throwIfAborted();
    const reading = new (machinery().Reading)(form.signal, form.onProgress);
    const { checkMetric, collectData, encodeData, identify, trainNetwork } = machinery();
    // Before the first training a model may have sizes, but nothing it has learned from data.
    const learned = this.lastRecord === undefined ? undefined : this.known?.task;
    const resumed =
      form.resume === undefined ? undefined : await this.openCheckpoint(form.resume, form, learned);
    const examples = await collectData(data, form, reading, (...source) => this.collect(...source));
    const task = resumed?.task ?? learned ?? (await this.learn(examples.training, reading));
    checkMetric(task, form.metric);
    const series = seriesOf(task, [form.series, this.cutFrom, resumed?.series]);
    await machinery().checkSavable(this.described(task), reading.slice);
    const encoded = await encodeData(task, examples, reading);
    const identity =
      resumed === undefined && form.checkpoint === undefined
        ? undefined
        : await identify(encoded, reading.slice);
    if (resumed !== undefined) machinery().checkData(resumed, identity!);
    form.signal?.throwIfAborted();
    this.checkAlive();
    this.install(task);
    this.takeScale(task);
    const { network } = this.ready();
    const fits = this.lastRecord?.fits ?? 0;
    const facts: TrainingFacts = {
      bptt: version(),
      fits: fits + 1,
      // A model that is fitted again and again should not see the same order and dropout each time.
      seed: seedAfter(this.form.seed, fits),
      examples: encoded.training.length,
      steps: encoded.training.reduce((sum, { input }) => sum + input.length, 0),
      ...(resumed && { fits: resumed.record.fits, seed: resumed.record.seed }),
    };
    try {
      const { failure, ...result } = await trainNetwork({
        task,
        network,
        data: encoded,
        options: form,
        facts,
        from: resumed?.checkpoint,
        identity,
        describe: (record) => this.described(task, record, series),
        hold: (trainer) => {
          this.trainer = trainer;
        },
      });
      this.lastRecord = machinery().recordOf(result, form, facts);
      this.cutFrom = series;
      if (failure !== undefined) throw failure;
      return result as History;
    } catch (error) {
      this.checkAlive();
      throw error;
    } finally {
      this.trainer = undefined;
    }
  }

  private learn(data: Data, reading: Reading): Promise<Task<P>> {
    return reading.run({ phase: 'learning', data: 'training', steps: sizeOf(data) }, (slice) =>
      this.source.learn(data, slice),
    );
  }

  private openCheckpoint(
    path: string,
    options: FitForm,
    learned: Task<P> | undefined,
  ): Promise<Resumption<P>> {
    const { mode, form, source } = this;
    const described = this.describedForm();
    return machinery().openCheckpoint(path, {
      options,
      mode,
      form,
      described,
      source,
      learned: learned?.toJSON(),
    });
  }

  private async predictAll(xs: readonly Sequence[], form: PredictForm, locate: Locate): Promise<P[]> {
    const { task, shared } = this.ready();
    const { evaluateBatches, serving } = machinery();
    form.signal?.throwIfAborted();
    return shared.use(async (network) => {
      const examples = await task.encodeInputs(xs, locate, new (machinery().Reading)(form.signal).slice);
      const predictions: P[] = new Array<P>(xs.length);
      const run = { examples, locate, ...serving(network, form) };
      await evaluateBatches(task, run, async ({ batch, indexes, result }) => {
        const found = await task.predictions(result, batch, form);
        found.forEach((prediction, place) => {
          predictions[indexes[place]!] = prediction;
        });
      });
      return predictions;
    });
  }

  /** The architecture as it is written into a file: vocabularies stand elsewhere. */
  protected describedForm(): ModelForm {
    const form = withScale(this.form);
    const input = readBy(form);
    if (input.kind !== 'tokens') {
      return form;
    }
    const { vocabulary: _vocabulary, ...described } = input;
    return 'sequence' in form ? { ...form, sequence: described } : { ...form, input: described };
  }

  /** The reverse. */
  protected takeVocabularies(task: Task<P>): void {
    const input = readBy(this.form);
    if (input.kind === 'tokens') {
      input.vocabulary = task.vocabulary;
    }
  }

  /** Whoever left it open whether values are learned as z-scores takes what a checkpoint has. */
  private takeScale(task: Task<P>): void {
    const { form } = this;
    if ('output' in form && form.output.kind === 'values') form.output.normalize ??= task.scale !== undefined;
  }

  private async restore({ input, output, training, series, tensors }: ModelFile): Promise<void> {
    const task = this.source.fromJSON({ input, output });
    const record = training === undefined ? undefined : machinery().checkRecord(training);
    const cutFrom = series === undefined ? undefined : seriesOf(task, [machinery().checkSeries(series)]);
    checkTensors(task.network, tensors);
    this.takeVocabularies(task);
    const arrays = Array.from(tensors, ([name, { data }]) => [name, data] as const);
    this.install(task, await nativeParameters(task.network, arrays));
    this.lastRecord = record;
    this.cutFrom = cutFrom;
  }

  protected ready(): Known<P> {
    this.checkAlive();
    if (this.known === undefined) {
      throw new BpttError(
        'ERR_STATE',
        'The sizes of this model are not known yet: fit it, or give vocabulary, labels and sizes in the architecture.',
      );
    }
    return this.known;
  }

  private checkAlive(): void {
    if (this.disposed) {
      throw disposed();
    }
  }
}

function disposed(): BpttError {
  return new BpttError('ERR_DISPOSED', 'This model was disposed.');
}

/**
 * What the examples are cut from, as all that say it do. Errors: `ERR_OPTION` where they differ, or where the model does not read or
 * write so many columns.
 */
function seriesOf(
  { network: { input, output } }: Task<unknown>,
  said: readonly (WindowedSeries | undefined)[],
): WindowedSeries | undefined {
  const [series, ...others] = said.filter((one) => one !== undefined);
  if (series === undefined) return undefined;
  const { columns } = series;
  const other = others.find((one) => seriesText(one) !== seriesText(series));
  if (other !== undefined) {
    throw new BpttError(
      'ERR_OPTION',
      `fit: option "series" must be that of the training before, ${seriesText(other)}; found ${seriesText(series)}.`,
    );
  }
  if (
    input.kind !== 'features' ||
    input.size !== columns.length ||
    output.kind !== 'values' ||
    output.size % columns.length !== 0
  ) {
    throw new BpttError(
      'ERR_OPTION',
      `fit: option "series" has ${columns.length} columns; expected those that the model reads and forecasts.`,
    );
  }
  return series;
}

function seriesText({ columns, lookback, horizon }: WindowedSeries): string {
  return `${JSON.stringify(columns)} with lookback ${lookback} and horizon ${horizon}`;
}

/** The form with the default of what it leaves open until the first training. */
function withScale(form: ModelForm): ModelForm {
  return 'output' in form && form.output.kind === 'values' && form.output.normalize === undefined
    ? { ...form, output: { ...form.output, normalize: true } }
    : form;
}

/** What makes a result depend on steps to come. */
function looksAhead(form: ModelForm & { crf?: unknown }): string | undefined {
  const { bidirectional, crf = false } = form;
  const input = readBy(form);
  if (bidirectional) return 'is bidirectional';
  if (input.kind === 'tokens' && input.window > 0) return 'has a window';
  return crf === false ? undefined : 'has a crf, which chooses the labels of a sequence together';
}
