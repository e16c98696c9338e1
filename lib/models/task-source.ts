import type { ArchitectureForm, EncoderDecoderForm, OneToManyForm } from '../architecture/architecture';
import { collectExamples, Text, type ExampleSource } from '../data/example';
import { BpttError } from '../support/errors';
import { isInt32Array } from '../support/realms';
import type { AlignedMode } from '../tasks/aligned/aligned-task';
import type { DecodedPrediction } from '../tasks/decoded';
import type { TaskSource } from '../tasks/task';
import { machinery } from './on-demand';

/** Of models with one result for each sequence or each step. */
export function alignedSource<P>(form: ArchitectureForm, mode: AlignedMode<P>): TaskSource<P> {
  return {
    known: () => machinery().AlignedTask.known(form, mode),
    learn: (examples, slice) => machinery().AlignedTask.learn(form, mode, examples, slice),
    fromJSON: (json) => machinery().AlignedTask.fromJSON(form, mode, json),
  };
}

/** Of models whose labels have no place among the steps. */
export function ctcSource(form: ArchitectureForm): TaskSource<DecodedPrediction> {
  return {
    known: () => machinery().CtcTask.known(form),
    learn: (examples, slice) => machinery().CtcTask.learn(form, examples, slice),
    fromJSON: (json) => machinery().CtcTask.fromJSON(form, json),
  };
}

/** Of models that read a whole sequence and then write another one. */
export function encoderDecoderSource(
  form: EncoderDecoderForm,
): TaskSource<DecodedPrediction<string[]> | DecodedPrediction<number[][]>> {
  return {
    known: () => machinery().EncoderDecoderTask.known(form),
    learn: (examples, slice) => machinery().EncoderDecoderTask.learn(form, examples, slice),
    fromJSON: (json) => machinery().EncoderDecoderTask.fromJSON(form, json),
  };
}

const fileName = /^\S{1,1000}\.(txt|jsonl|csv|tsv)(\.gz)?$/i;

/** Of models that write sequences, or read on and on in a text. */
export function nextStepSource(form: OneToManyForm): TaskSource<never> {
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
      return new Text(data);
    },
    known: () => machinery().NextStepTask.known(form),
    learn: (examples, slice) => machinery().NextStepTask.learn(form, examples, slice),
    fromJSON: (json) => machinery().NextStepTask.fromJSON(form, json),
  };
}
