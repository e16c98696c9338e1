// For programs whose own settings leave Symbol.dispose out.
/// <reference lib="esnext.disposable" preserve="true" />
import { isDeepStrictEqual } from 'node:util';

import type { Parameters, Stream, Trainer } from '../../binding';
import { native } from '../addon/native';
import { nativeCall } from '../addon/native-call';
import { readBy, type ModelForm } from '../architecture/architecture';
import { layerStates } from '../architecture/cells';
import { describedForm, looksAhead } from '../architecture/described-form';
import type { Mode } from '../architecture/mode';
import type { Step, StepEncoder } from '../data/encoders/step-encoder';
import { locate, sizeOf } from '../data/example';
import type { ExampleSource, Locate, Sequence } from '../data/example';
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
import type { TrainingRecord } from '../model-file/training-record';
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
import type { Task, TaskSource } from '../tasks/task';
import { Known } from './known';
import { machinery } from './on-demand';
import { StateSizes } from './state';
import { ModelStream } from './stream';

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
    const { byColumn, collect, measure, serving, Reading } = machinery();
    form.signal?.throwIfAborted();
    return shared.use(async (network) => {
      const reading = new Reading(
        form.signal,
        listener && [({ step, steps }) => listener('encoding', step, steps ?? 0)],
      );
      const collected = await collect(this.source, data, undefined, reading.slice);
      const phase = { phase: 'encoding', data: 'validation', steps: sizeOf(collected) } as const;
      const examples = await reading.run(phase, (slice) => task.encode(collected, 'keep', slice));
      const onMeasured =
        listener &&
        ((step: number, steps: number) => {
          listener('measuring', step, steps);
        });
      const run = { examples, locate: locate(collected), ...serving(network, form), onMeasured };
      const meter = await measure(task, run);
      return { ...byColumn(meter.result(), this.cutFrom), seconds: (performance.now() - started) / 1000 };
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

  /** Copies of all parameters under their names in the model file. They are made at once: the event loop stands still for about a millisecond
   * a megabyte, and for several where this is the first use of a model that was neither loaded nor fitted, whose parameters are then
   * drawn. `save` copies beside it. Errors: `ERR_STATE`. */
  parameters(): Record<string, { shape: number[]; data: Float32Array }> {
    const { task, network } = this.ready();
    const tensors = [...readParameters(network, task.network)];
    return Object.fromEntries(tensors.map(([name, { shape, data }]) => [name, { shape: [...shape], data }]));
  }

  /**
   * Replaces one parameter; predictions that have begun do not see it. The event loop stands still for about a millisecond a
   * megabyte of all parameters. Errors: `ERR_STATE`, `ERR_OPTION` for an
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
   * Inference step by step, with the present parameters. The first stream of them puts them in order for its steps, at once: about a
   * millisecond a megabyte; further ones share that. Errors: `ERR_OPTION` for a bidirectional model or one with a
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
    const { layers, output } = task.network;
    const stream = nativeCall(() => new (native().Stream)(network, context));
    const sizes = new StateSizes(layers, layerStates(task.network));
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

  private async train(data: D, form: FitForm): Promise<History> {
    const { mode, source, lastRecord, cutFrom, known } = this;
    try {
      const { history, record, series, failure } = await machinery().fitModel(
        {
          mode,
          form: this.form,
          source,
          task: known?.task,
          record: lastRecord,
          series: cutFrom,
          describedForm: () => this.describedForm(),
          described: (...facts) => this.described(...facts),
          take: (task) => {
            this.checkAlive();
            this.install(task);
            this.takeScale(task);
            return this.ready().network;
          },
          hold: (trainer) => {
            this.trainer = trainer;
          },
        },
        data,
        form,
      );
      this.lastRecord = record;
      this.cutFrom = series;
      if (failure !== undefined) throw failure;
      return history;
    } catch (error) {
      this.checkAlive();
      throw error;
    } finally {
      this.trainer = undefined;
    }
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
    return describedForm(this.form);
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
    const cutFrom =
      series === undefined ? undefined : machinery().seriesOf(task, [machinery().checkSeries(series)]);
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
