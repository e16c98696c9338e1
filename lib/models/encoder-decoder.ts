import type { EncoderDecoderArchitecture, EncoderDecoderForm } from '../architecture/architecture';
import type { ExampleSource } from '../data/example';
import type { EncoderDecoderMetricNames } from '../metrics/metrics';
import type { LoadDecoderOptions } from '../options/load-options';
import type { EvaluateForm, PredictForm } from '../options/forms';
import type { EvaluateWrittenOptions, PredictWrittenOptions } from '../options/options';
import { BpttError } from '../support/errors';
import type { DecodedPrediction } from '../tasks/decoded';
import type { Task, TaskSource } from '../tasks/task';
import { machinery } from './on-demand';
import { openModel } from './open-model';
import { SequenceModel } from './sequence-model';
import type { ModelStream } from './stream';
import { encoderDecoderSource } from './task-source';

/** What an encoder–decoder predicts for a sequence, by kind of its output. */
export interface EncoderDecoderPredictions {
  /** Symbols, each one of those known. */
  classes: DecodedPrediction<string[]>;
  /** Rows of values. */
  values: DecodedPrediction<number[][]>;
}

/**
 * A sequence for a sequence, each with a length of its own: translation, spelling to sound, a forecast of several steps.
 * One network, the encoder, reads all of the input; another, the decoder, begins with what the encoder ended with and writes
 * the output step by step, reading at each step what it wrote at the one before (Sutskever et al. 2014; Cho et al. 2014),
 * and looks back at the outputs of the encoder by attention (Bahdanau et al. 2015; Luong et al. 2015).
 *
 *     const speller = new EncoderDecoder({
 *       cell: 'lstm', hidden: 128, bidirectional: true, input: { kind: 'tokens' }, output: { kind: 'classes' },
 *     });
 *     await speller.fit([{ x: ['t', 'h', 'e', 'n'], y: ['ð', 'ɛ', 'n'] }, …]);
 *     const { y } = await speller.predict(['t', 'h', 'i', 's']);
 *
 * With `output: { kind: 'values' }` x and y are rows of numbers, and a prediction has as many rows as the longest target of
 * the training.
 */
export class EncoderDecoder<K extends 'classes' | 'values' = 'classes' | 'values'> extends SequenceModel<
  EncoderDecoderPredictions[K],
  PredictWrittenOptions,
  EvaluateWrittenOptions,
  ExampleSource,
  EncoderDecoderMetricNames[K]
> {
  /** Always the same. */
  readonly mode = 'encoder-decoder';

  /** Errors: `ERR_OPTION`. */
  constructor(architecture: EncoderDecoderArchitecture<K>) {
    const form = machinery().checkEncoderDecoder(architecture);
    super(form, encoderDecoderSource(form) as TaskSource<EncoderDecoderPredictions[K]>);
  }

  /** A model that was saved. What the caller expects of it (`{ output: 'classes' }`) is checked, and is its type. A type argument alone is not:
   * it says what the caller knows. Rejects with `ERR_FORMAT`, also for a model that is not as expected, `ERR_OPTION`, `ERR_VERSION`,
   * `ERR_MEMORY` or `ERR_IO`. */
  static async load<K extends 'classes' | 'values' = 'classes' | 'values'>(
    path: string,
    options?: LoadDecoderOptions<K>,
  ): Promise<EncoderDecoder<K>> {
    const expected = machinery().checkLoad('encoder-decoder', options);
    return openModel(
      path,
      { 'encoder-decoder': (architecture) => new EncoderDecoder<K>(architecture) },
      expected,
    );
  }

  override get architecture(): EncoderDecoderForm {
    return super.architecture as EncoderDecoderForm;
  }

  /** Errors: `ERR_OPTION`, always: nothing can be written before all of the input was read. */
  override stream(): ModelStream {
    throw new BpttError(
      'ERR_OPTION',
      'stream: an encoder-decoder has to read its whole input before it writes anything; use predict.',
    );
  }

  protected checkPredict(options: unknown): PredictForm {
    return machinery().checkPredictDecoder(this.describedForm(), options);
  }

  protected override checkEvaluate(options: unknown): EvaluateForm {
    return machinery().checkEvaluateDecoder(this.describedForm(), options);
  }

  protected override describedForm(): EncoderDecoderForm {
    const form = super.describedForm() as EncoderDecoderForm;
    const { input } = form.decoder;
    if (input.kind !== 'tokens') return form;
    const { vocabulary: _vocabulary, ...described } = input;
    return { ...form, decoder: { ...form.decoder, input: described } };
  }

  protected override takeVocabularies(task: Task<EncoderDecoderPredictions[K]>): void {
    super.takeVocabularies(task);
    const { input } = (this.form as EncoderDecoderForm).decoder;
    if (input.kind === 'tokens') input.vocabulary = task.targetVocabulary;
  }
}
