import { BpttError } from '../support/errors';
import { found } from '../support/found';
import { itemsUntilAborted } from '../support/until-aborted';
import { WorkSlice } from '../support/work-slice';
import { checkKeys } from './example-keys';

/**
 * The input of an example, T steps. `string`: cut into tokens by the tokenizer. `string[]`: tokens.
 * `Int32Array`: token ids. `Float32Array`: features, T·I numbers, step by step. `number[][]`: features, a row
 * a step, or with multihot input the active indexes of each step.
 */
export type Sequence =
  string | readonly string[] | Int32Array | Float32Array | readonly (readonly number[])[];

/**
 * The right answer. One a sequence: a label, the values, or with multihot output the active indexes. One a step:
 * the labels, or rows of values or active indexes. `Float32Array`: values, O or T·O of them.
 */
export type Target =
  string | readonly string[] | readonly number[] | Float32Array | readonly (readonly number[])[];

/** An input with its right answer; `alternatives` are further right answers, used in evaluation only. */
export interface Example {
  /** The input. */
  readonly x: Sequence;
  /** The right answer. */
  readonly y: Target;
  /** Further right answers, used in evaluation only. */
  readonly alternatives?: readonly Target[];
}

/** A sequence to learn to write, and what it is made from, where the model has a context: the name of a class, or numbers. */
export interface SequenceExample {
  /** What it is made from, where the model has a context. */
  readonly x?: Context;
  /** The sequence to learn to write. */
  readonly y: Sequence;
}

/** What a sequence is made from: the name of a class, or numbers. */
export type Context = string | readonly number[] | Float32Array;

/** Examples in memory, or read as they come. Lengths may differ; nothing has to be padded, sorted or masked. */
export type ExampleSource<E = Example> = readonly E[] | Iterable<E> | AsyncIterable<E>;

/** Sequences, or one long text of which nobody says where it begins and ends: a string, or the ids of its symbols. (Examples as
 * the other modes have them are among these types so that a model of any mode can be given data.) */
export type SequenceSource = ExampleSource<SequenceExample> | ExampleSource | string | Int32Array;

/** Names an example in a message. */
export type Locate = (index: number) => string;

/** One long text, which is read as a stream. */
export class Text {
  constructor(readonly symbols: string | Int32Array) {}
}

/** What a model learns from, and is measured on. */
export type Data = readonly Example[] | Text;

/** How many examples there are; a text is one. */
export function sizeOf(data: Data): number {
  return data instanceof Text ? 1 : data.length;
}

/** Of models that read no text. Errors: `ERR_DATA` for one. */
export function examplesOf(data: Data): readonly Example[] {
  if (data instanceof Text) throw new BpttError('ERR_DATA', 'expected examples { x, y }; found a text.');
  return data;
}

/** What an example in a file holds, and where it stands. Which of x and y must be there depends on the mode. */
export class FileExample {
  declare readonly x?: Sequence;
  declare readonly y?: Target;
  declare readonly alternatives?: readonly Target[];
  readonly #file: string;
  readonly #line: number;

  /** @param line counted from 1. */
  constructor(
    file: string,
    line: number,
    parts: { x?: Sequence; y?: Target; alternatives?: readonly Target[] },
  ) {
    this.#file = file;
    this.#line = line;
    Object.assign(this, parts);
  }

  /** `file:line` of an example that was read from a file. */
  static place(example: unknown): string | undefined {
    return typeof example === 'object' && example !== null && #file in example
      ? `${example.#file}:${example.#line}`
      : undefined;
  }
}

/** Names examples by file and line where they came from a file, else by their number, counted from 0, in the data of that name. */
export function locate(examples: readonly unknown[] | Text, data?: string): Locate {
  const named = data === undefined ? '' : `${data}, `;
  if (examples instanceof Text) return () => `${named}the text`;
  return (index) => FileExample.place(examples[index]) ?? `${named}example ${index}`;
}

/** Names a part of an example. */
export function part(locate: Locate, name: 'x' | 'y'): Locate {
  return (index) => `${locate(index)}, ${name}`;
}

/**
 * All examples of a source, as an array.
 *
 * @param name what to call the source in messages.
 * @param slice whose signal ends the collecting, also while the next example is waited for.
 * @throws BpttError `ERR_DATA` when it is not a source of examples, an element is not an object, or there are none.
 */
export async function collectExamples<E extends object = Example>(
  source: ExampleSource<E>,
  name = 'the data',
  slice = new WorkSlice(),
): Promise<E[]> {
  if (!isIterable(source)) {
    throw new BpttError(
      'ERR_DATA',
      `${name} must be an array, an iterable or an async iterable of { x, y }; found ${found(source)}.`,
    );
  }
  const examples: E[] = [];
  const add = (example: E): void => {
    if (typeof example !== 'object' || example === null || Array.isArray(example)) {
      const number = examples.length;
      throw new BpttError(
        'ERR_DATA',
        `Example ${number} of ${name}: expected an object { x, y }, found ${found(example)}.`,
      );
    }
    checkKeys(example, `Example ${examples.length} of ${name}`);
    examples.push(example);
    slice.count();
  };
  if (Symbol.asyncIterator in source) {
    for await (const example of itemsUntilAborted(source, slice.signal)) {
      add(example);
      if (slice.spent) await slice.pause();
    }
  } else {
    for (const example of source) {
      add(example);
      if (slice.spent) await slice.pause();
    }
  }
  if (examples.length === 0) {
    throw new BpttError('ERR_DATA', `There is no example in ${name}; at least one is needed.`);
  }
  return examples;
}

/** Strings and arrays of numbers can be iterated too, but what they hold are no examples. */
function isIterable(source: unknown): boolean {
  return (
    typeof source === 'object' &&
    source !== null &&
    !ArrayBuffer.isView(source) &&
    (Symbol.iterator in source || Symbol.asyncIterator in source)
  );
}
