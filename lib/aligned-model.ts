import type { AlignedMode } from './aligned-codec';
import type { ArchitectureForm } from './architecture';
import type { Codec, CodecJSON } from './codec';
import type { Example } from './data/example';
import { codecs } from './on-demand';
import type { PredictOptions } from './options';
import { SequenceModel } from './sequence-model';

/** A model with one result for each sequence or each step. */
export abstract class AlignedModel<P, Q extends PredictOptions> extends SequenceModel<P, Q> {
  protected constructor(
    form: ArchitectureForm,
    private readonly aligned: AlignedMode<P>,
  ) {
    super(form);
    this.install(codecs().AlignedCodec.known(form, aligned));
  }

  protected learnCodec(examples: readonly Example[]): Promise<Codec<P>> {
    return codecs().AlignedCodec.learn(this.form, this.aligned, examples);
  }

  protected readCodec(json: CodecJSON): Codec<P> {
    return codecs().AlignedCodec.fromJSON(this.form, this.aligned, json);
  }
}
