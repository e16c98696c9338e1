import type { WordForms } from './text/word-forms';

/** A sequence as the native core takes it; which arrays there are depends on the kind of the input. */
export interface EncodedSequence {
  /** T */
  readonly length: number;
  /** [T] ids: 0 is the padding beyond a sequence's ends, 1 the unknown token. */
  readonly tokens?: Int32Array;
  /** [T] which of `forms` each step is, where the characters of words are read too. */
  readonly words?: Int32Array;
  /** Shared by the sequences that were encoded together. */
  readonly forms?: WordForms;
  /** [T·I] */
  readonly features?: Float32Array;
  /** The active indexes of all steps, one step after the other, ascending within a step. */
  readonly active?: Int32Array;
  /** [T] how many of `active` belong to each step. */
  readonly activeCounts?: Int32Array;
}

/** The right answer as the native core takes it, with R results: 1 (one a sequence), T (one a step) or any number. */
export interface EncodedTarget {
  /** [R] class ids; −1 for a label the model does not know. */
  readonly classes?: Int32Array;
  /** R, where the output has steps of its own that the native core has to be told. */
  readonly steps?: number;
  /** [R·O] */
  readonly values?: Float32Array;
  /** The active outputs of all results, one result after the other. */
  readonly active?: Int32Array;
  /** [R] how many of `active` belong to each result. */
  readonly activeCounts?: Int32Array;
  /** [R] the labels themselves, where they were asked for. */
  readonly truth?: readonly string[];
  /** The symbols of all right answers, where the output has steps of its own and they were asked for. */
  readonly references?: readonly (readonly string[])[];
}

export interface EncodedExample {
  readonly input: EncodedSequence;
  readonly target?: EncodedTarget;
  /** [T + 1] ids of a text that is read as a stream and stands alone; input and target are made of it bit by bit. */
  readonly text?: Int32Array;
  /** What a sequence is made from: a class, or its numbers. */
  readonly context?: number | Float32Array;
}
