import type { AlignedMode } from './aligned-codec';
import type { ArchitectureForm, EncoderDecoderForm, OneToManyForm } from './architecture';
import type { Codec, CodecJSON } from './codec';
import { collectExamples, Text, type Example, type ExampleSource } from './data/example';
import type { WorkSlice } from './data/work-slice';
import type { DecodedPrediction } from './decoded';
import { BpttError } from './errors';
import { codecs, ctcCodecs, encoderDecoderCodecs, nextStepCodecs } from './on-demand';
import { isInt32Array } from './realms';

/** Where the codec of a model comes from. */
export interface CodecSource<P> {
  /** The examples of the data that a caller gives, or the one text among those that read one. Default: examples. */
  collect?(data: unknown, name?: string, slice?: WorkSlice): Promise<Example[]>;
  /** The codec of an architecture that leaves nothing to the training data. */
  known(): Codec<P> | undefined;
  /** The codec that training data teach. */
  learn(examples: readonly Example[], slice?: WorkSlice): Promise<Codec<P>>;
  /** Errors: `ERR_DATA` for what `toJSON` does not give, or not for this architecture. */
  fromJSON(json: CodecJSON): Codec<P>;
}

/** Of models with one result for each sequence or each step. */
export function alignedSource<P>(form: ArchitectureForm, mode: AlignedMode<P>): CodecSource<P> {
  return {
    known: () => codecs().AlignedCodec.known(form, mode),
    learn: (examples, slice) => codecs().AlignedCodec.learn(form, mode, examples, slice),
    fromJSON: (json) => codecs().AlignedCodec.fromJSON(form, mode, json),
  };
}

/** Of models whose labels have no place among the steps. */
export function ctcSource(form: ArchitectureForm): CodecSource<DecodedPrediction> {
  return {
    known: () => ctcCodecs().CtcCodec.known(form),
    learn: (examples, slice) => ctcCodecs().CtcCodec.learn(form, examples, slice),
    fromJSON: (json) => ctcCodecs().CtcCodec.fromJSON(form, json),
  };
}

/** Of models that read a whole sequence and then write another one. */
export function encoderDecoderSource(
  form: EncoderDecoderForm,
): CodecSource<DecodedPrediction<string[]> | DecodedPrediction<number[][]>> {
  return {
    known: () => encoderDecoderCodecs().EncoderDecoderCodec.known(form),
    learn: (examples, slice) => encoderDecoderCodecs().EncoderDecoderCodec.learn(form, examples, slice),
    fromJSON: (json) => encoderDecoderCodecs().EncoderDecoderCodec.fromJSON(form, json),
  };
}

const fileName = /^\S{1,1000}\.(txt|jsonl|csv|tsv)(\.gz)?$/i;

/** Of models that write sequences, or read on and on in a text. */
export function nextStepSource(form: OneToManyForm): CodecSource<never> {
  return {
    collect: async (data, name, slice) => {
      if (typeof data !== 'string' && !isInt32Array(data)) {
        return collectExamples(data as ExampleSource, name, slice);
      }
      if (typeof data === 'string' && fileName.test(data)) {
        throw new BpttError(
          'ERR_DATA',
          `${name ?? 'the data'}: expected a text; found "${data}", which is the name of a file, not what is in it.`,
        );
      }
      return [new Text(data) as unknown as Example];
    },
    known: () => nextStepCodecs().NextStepCodec.known(form),
    learn: (examples, slice) => nextStepCodecs().NextStepCodec.learn(form, examples, slice),
    fromJSON: (json) => nextStepCodecs().NextStepCodec.fromJSON(form, json),
  };
}
