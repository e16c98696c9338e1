import type { OneToManyArchitecture, OneToManyForm, SequenceKind } from '../architecture/architecture';
import { checkOptions } from '../data/array-checks';
import type { Step } from '../data/encoders/step-encoder';
import type { Context, SequenceSource } from '../data/example';
import type { OneToManyMetricNames } from '../metrics/metrics';
import type { LoadWriterOptions } from '../options/load-options';
import type { PredictForm } from '../options/forms';
import type {
  EvaluateOptions,
  GenerateManyOptions,
  GenerateOptions,
  GenerateStart,
  PredictOptions,
} from '../options/options';
import { BpttError } from '../support/errors';
import { found } from '../support/found';
import type { NextStepTask } from '../tasks/next-step/next-step-task';
import { machinery } from './on-demand';
import { openModel } from './open-model';
import { SequenceModel } from './sequence-model';
import { SequenceStream } from './stream';
import { nextStepSource } from './task-source';
import type { WrittenSequence, WrittenStep, WrittenSteps } from './written-steps';

/** What a model writes at a step, by kind of its sequences. */
export interface WrittenBy {
  /** The symbol. The ids of a model that was trained on ids come as decimal numbers. */
  tokens: string;
  /** The active indexes, rising. */
  multihot: number[];
  /** The values, in the units of the training data. */
  features: number[];
}

/**
 * Writes sequences: names, texts, music, curves, one step after the other, each of which is read back at the next. It can make
 * them from something, such as a style: the context.
 *
 *     const namer = new OneToMany({ cell: 'gru', hidden: 64, sequence: { kind: 'tokens' } });
 *     await namer.fit([{ y: 'emma' }, { y: 'olivia' }, …]);
 *     for await (const { y } of namer.generate({ temperature: 0.8, seed: 7 })) process.stdout.write(y);
 *
 * What it has learned from is either sequences, which begin and end, or one long text (`fit(text)`), which is cut into
 * windows and read on and on: then there is no end, and `maxSteps` tells how much is written.
 */
export class OneToMany<K extends SequenceKind = SequenceKind> extends SequenceModel<
  never,
  PredictOptions,
  EvaluateOptions,
  SequenceSource,
  OneToManyMetricNames[K]
> {
  /** Always the same. */
  readonly mode = 'one-to-many';

  /** Errors: `ERR_OPTION`. */
  constructor(architecture: OneToManyArchitecture<K>) {
    const form = machinery().checkOneToMany(architecture);
    super(form, nextStepSource(form));
  }

  /** A model that was saved. What the caller expects of it (`{ sequence: 'tokens' }`) is checked, and is its type. A type argument alone is not:
   * it says what the caller knows. Rejects with `ERR_FORMAT`, also for a model that is not as expected, `ERR_OPTION`, `ERR_VERSION`,
   * `ERR_MEMORY` or `ERR_IO`. */
  static async load<K extends SequenceKind = SequenceKind>(
    path: string,
    options?: LoadWriterOptions<K>,
  ): Promise<OneToMany<K>> {
    const expected = machinery().checkLoad('one-to-many', options);
    return openModel(path, { 'one-to-many': (architecture) => new OneToMany<K>(architecture) }, expected);
  }

  override get architecture(): OneToManyForm {
    return super.architecture as OneToManyForm;
  }

  /** The classes that a sequence can be made from, where the context is a class. Errors: `ERR_STATE`. */
  get contexts(): string[] | undefined {
    return this.writer().contexts;
  }

  /** Whether the model learned from one long text, so that what it writes has no end. Errors: `ERR_STATE`. */
  get endless(): boolean {
    return this.writer().endless;
  }

  /**
   * Writes a sequence, with the present parameters: one item a step, as they come. The last one tells why it is the last; a
   * sequence that ends at once has no items. Steps of a prompt are read and not given back, and the sequence goes on exactly as
   * `stream` would: the first symbol has the probability that a stream gives to it which was fed with the prompt. The
   * unknown symbol is never written.
   *
   * Errors: `ERR_OPTION`, `ERR_DATA` and `ERR_SHAPE` for options, context and prompt, `ERR_STATE`. The iteration rejects with the
   * signal's reason, or with `ERR_NON_FINITE` where the model's outputs are no numbers. What has begun goes on after the model
   * was disposed; it can be disposed of itself.
   */
  generate(options?: GenerateOptions): WrittenSteps<WrittenBy[K]> {
    const { context, prompt, ...form } = machinery().checkGenerate(options);
    const { openGenerator, writeSteps, WrittenSteps } = machinery();
    const task = this.writer();
    const generator = openGenerator(
      task,
      this.ready().network,
      [{ context, prompt }],
      form,
      () => 'generate',
    );
    const steps = writeSteps(task, generator, form);
    return new WrittenSteps(steps as AsyncGenerator<WrittenStep<WrittenBy[K]>, void, undefined>, generator);
  }

  /**
   * Writes many sequences at once, on all processors: one for each of the starts, which may be empty (`{}`). The i-th is what
   * `generate` gives for it with the seed `seed` + i. Rejects as `generate`, naming the sequence.
   */
  async generateMany(
    starts: Iterable<GenerateStart>,
    options?: GenerateManyOptions,
  ): Promise<WrittenSequence<WrittenBy[K]>[]> {
    const { checkGenerateMany, checkGenerateStart } = machinery();
    const form = checkGenerateMany(options);
    if (
      typeof starts !== 'object' ||
      starts === null ||
      !(Symbol.iterator in starts) ||
      ArrayBuffer.isView(starts)
    ) {
      throw new BpttError(
        'ERR_DATA',
        `generateMany: expected an iterable of { context?, prompt? }; found ${found(starts)}.`,
      );
    }
    const checked = [...starts].map(checkGenerateStart);
    const { openGenerator, writeSequences } = machinery();
    const task = this.writer();
    form.signal?.throwIfAborted();
    if (checked.length === 0) return [];
    const generator = openGenerator(
      task,
      this.ready().network,
      checked,
      form,
      (index) => `generateMany: sequence ${index}`,
    );
    return (await writeSequences(task, generator, checked.length, form)) as WrittenSequence<WrittenBy[K]>[];
  }

  /**
   * Reads a sequence step by step: after each, what the model expects at the next one. It has read already what stands before a
   * sequence. Errors as those of the other modes, and `ERR_OPTION`, `ERR_DATA` or `ERR_SHAPE` for the context.
   */
  override stream(options: { context?: Context | undefined } = {}): SequenceStream {
    checkOptions('stream', options, ['context']);
    const { context } = options;
    const task = this.writer();
    const rows = task.contextRows([task.encodeContext(context, 'stream')]);
    return new SequenceStream(...this.streamParts(rows), task.start);
  }

  override transform(options?: { context?: Context | undefined }): TransformStream<Step, Float32Array> {
    return this.transformed(this.stream(options));
  }

  protected checkPredict(): PredictForm {
    throw machinery().noPrediction();
  }

  private writer(): NextStepTask {
    return this.ready().task as unknown as NextStepTask;
  }
}
