import { createHash } from 'node:crypto';

import { longPiece, WorkSlice } from '../../support/work-slice';
import type { EncodedExample, EncodedSequence, EncodedTarget } from '../encoded';

/** What tells data from other data, or from the same in another order. */
export interface DataIdentity {
  examples: number;
  /** Time steps. */
  steps: number;
  /** SHA-256 of the examples as they were encoded, in hexadecimal. */
  sha256: string;
}

/** Symbols of a text that stand together, and bytes that are taken in at a time. */
const stretch = 1 << 17;

/** Made with pauses that let the event loop go on. */
export function identityOf(
  examples: readonly EncodedExample[],
  slice = new WorkSlice(),
): Promise<DataIdentity> {
  return slice.through(identifying(examples));
}

function* identifying(examples: readonly EncodedExample[]): Generator<undefined, DataIdentity> {
  const print = new Fingerprint();
  let steps = 0;
  for (const { input, target, text, context } of examples) {
    steps += input.length;
    print.integer(input.length);
    if (text === undefined) {
      yield* addSequence(print, input);
      yield* addTarget(print, target ?? {});
    } else {
      for (let begin = 0; begin < text.length; begin += stretch) {
        yield* print.array(text.subarray(begin, begin + stretch));
      }
    }
    yield* print.array(typeof context === 'number' ? Float64Array.of(context) : context);
    yield;
  }
  return { examples: examples.length, steps, sha256: print.hex() };
}

function* addSequence(
  print: Fingerprint,
  { tokens, words, forms, ...sequence }: EncodedSequence,
): Generator<undefined> {
  yield* print.array(tokens);
  // The number of a word depends on the words encoded before it, its characters do not.
  for (const [step, word] of words?.entries() ?? []) {
    yield* print.array(forms!.of(word));
    if (step % longPiece === 0) yield;
  }
  yield* print.array(sequence.features);
  yield* print.array(sequence.active);
  yield* print.array(sequence.activeCounts);
}

function* addTarget(
  print: Fingerprint,
  { steps, truth, references, ...target }: EncodedTarget,
): Generator<undefined> {
  print.integer(steps ?? 0);
  yield* print.array(target.classes);
  yield* print.array(target.values);
  yield* print.array(target.active);
  yield* print.array(target.activeCounts);
  yield* print.strings(truth);
  print.integer(references?.length ?? 0);
  for (const symbols of references ?? []) yield* print.strings(symbols);
}

type Numbers = Int32Array | Float32Array | Float64Array;

/** Takes things in one after the other, each with its length, so that no two rows of things come to the same bytes. */
class Fingerprint {
  private readonly hash = createHash('sha256');
  /** What is small is gathered: a call of the hash takes longer than the bytes of most arrays. */
  private readonly gathered = Buffer.alloc(1 << 16);
  private used = 0;

  integer(value: number): void {
    if (this.used + 8 > this.gathered.length) this.flush();
    this.used = this.gathered.writeDoubleLE(value, this.used);
  }

  *array(values: Numbers | undefined): Generator<undefined> {
    this.integer(values?.length ?? -1);
    if (values === undefined) return;
    const { buffer, byteOffset, byteLength } = values;
    for (let begin = 0; begin < byteLength; begin += stretch) {
      if (begin > 0) yield;
      this.bytes(Buffer.from(buffer, byteOffset + begin, Math.min(stretch, byteLength - begin)));
    }
  }

  *strings(texts: readonly string[] | undefined): Generator<undefined> {
    this.integer(texts?.length ?? -1);
    for (const [at, text] of texts?.entries() ?? []) {
      const bytes = Buffer.from(text, 'utf8');
      this.integer(bytes.length);
      this.bytes(bytes);
      if (at % longPiece === longPiece - 1) yield;
    }
  }

  hex(): string {
    this.flush();
    return this.hash.digest('hex');
  }

  private bytes(bytes: Buffer): void {
    if (this.used + bytes.length > this.gathered.length) this.flush();
    if (bytes.length > this.gathered.length) {
      this.hash.update(bytes);
    } else {
      this.used += bytes.copy(this.gathered, this.used);
    }
  }

  private flush(): void {
    this.hash.update(this.gathered.subarray(0, this.used));
    this.used = 0;
  }
}
