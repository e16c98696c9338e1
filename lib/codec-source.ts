import type { AlignedMode } from './aligned-codec';
import type { ArchitectureForm, EncoderDecoderForm } from './architecture';
import type { Codec, CodecJSON } from './codec';
import type { Example } from './data/example';
import type { DecodedPrediction } from './decoded';
import { codecs, ctcCodecs, encoderDecoderCodecs } from './on-demand';

/** Where the codec of a model comes from. */
export interface CodecSource<P> {
  /** The codec of an architecture that leaves nothing to the training data. */
  known(): Codec<P> | undefined;
  /** The codec that training data teach. */
  learn(examples: readonly Example[]): Promise<Codec<P>>;
  /** Errors: `ERR_DATA` for what `toJSON` does not give, or not for this architecture. */
  fromJSON(json: CodecJSON): Codec<P>;
}

/** Of models with one result for each sequence or each step. */
export function alignedSource<P>(form: ArchitectureForm, mode: AlignedMode<P>): CodecSource<P> {
  return {
    known: () => codecs().AlignedCodec.known(form, mode),
    learn: (examples) => codecs().AlignedCodec.learn(form, mode, examples),
    fromJSON: (json) => codecs().AlignedCodec.fromJSON(form, mode, json),
  };
}

/** Of models whose labels have no place among the steps. */
export function ctcSource(form: ArchitectureForm): CodecSource<DecodedPrediction> {
  return {
    known: () => ctcCodecs().CtcCodec.known(form),
    learn: (examples) => ctcCodecs().CtcCodec.learn(form, examples),
    fromJSON: (json) => ctcCodecs().CtcCodec.fromJSON(form, json),
  };
}

/** Of models that read a whole sequence and then write another one. */
export function encoderDecoderSource(
  form: EncoderDecoderForm,
): CodecSource<DecodedPrediction<string[]> | DecodedPrediction<number[][]>> {
  return {
    known: () => encoderDecoderCodecs().EncoderDecoderCodec.known(form),
    learn: (examples) => encoderDecoderCodecs().EncoderDecoderCodec.learn(form, examples),
    fromJSON: (json) => encoderDecoderCodecs().EncoderDecoderCodec.fromJSON(form, json),
  };
}
