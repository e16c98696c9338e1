import type { Batch, Generated, Generator, Network } from '../binding';
import type { SequenceKind } from './architecture';
import type { Locate } from './data/example';
import { BpttError } from './errors';
import { native } from './native';
import { batchResult, nativeCall } from './native-call';
import type { NextStepCodec, Written } from './next-step-codec';
import type { GenerateForm, GenerateStart } from './options';
import { seedAfter } from './seed';
import { untilAborted } from './until-aborted';

export { WrittenSteps } from './written-steps';

/** A step that a model has written. */
export interface WrittenStep<Y = Written> {
  /** The symbol, the active indexes, or the values. */
  y: Y;
  /** What the model itself, whatever the temperature, gave to y after what was there before; 1 for values. */
  probability: number;
  /** At the last step: whether the sequence came to its end, or to the most steps allowed. */
  finishReason?: 'end' | 'length';
}

/** A whole sequence that a model has written. */
export interface WrittenSequence<Y = Written> {
  /** One a step: symbols, active indexes or values; the end is not among them. */
  y: Y[];
  /** Logarithm of the probability that the model itself gives to y, its end included; 0 for values. */
  score: number;
  /** `end`: it came to its end; `length`: to the most steps allowed. */
  finishReason: 'end' | 'length';
}

/** Milliseconds that a look at the signal may be off. */
const longChunk = 20;

const longestChunk = 256;

/** How many steps are computed at a time: few at first, so that they come at once. */
class ChunkSize {
  private steps = 1;
  private began = 0;

  next(left: number): number {
    this.began = performance.now();
    return Math.min(this.steps, left);
  }

  done(): void {
    const elapsed = performance.now() - this.began;
    if (elapsed < longChunk / 2) this.steps = Math.min(2 * this.steps, longestChunk);
    else if (elapsed > longChunk) this.steps = Math.max(1, this.steps >> 1);
  }
}

/** A generator for these sequences, the i-th of which has the seed `seed` + i. Errors: `ERR_OPTION`, `ERR_DATA`, `ERR_SHAPE`. */
export function openGenerator(
  codec: NextStepCodec,
  network: Network,
  starts: readonly GenerateStart[],
  form: GenerateForm,
  where: (index: number) => string,
): Generator {
  const { temperature = 1, topK = 0, topP = 1, seed = 1 } = form;
  checkMeaning(codec.input.kind, form);
  const symbols = codec.input.kind === 'tokens';
  return nativeCall(
    () =>
      new (native().Generator)(network, promptBatch(codec, starts, where), {
        temperature,
        topK,
        topP,
        seeds: Float64Array.from(starts, (_, i) => seedAfter(seed, i)),
        // The unknown symbol stands for those that cannot be written.
        banned: symbols ? Int32Array.of(1) : new Int32Array(),
        endless: codec.endless,
      }),
  );
}

/** The steps of one sequence as they come. */
export async function* writeSteps(
  codec: NextStepCodec,
  generator: Generator,
  { maxSteps, signal }: GenerateForm,
): AsyncGenerator<WrittenStep, void, undefined> {
  const chunks = new ChunkSize();
  // A step is the last one if the end comes after it.
  let held: WrittenStep | undefined;
  try {
    for (let left = maxSteps; left > 0;) {
      const steps = chunks.next(left);
      const chunk = await next(generator, steps, signal, () => 'generate');
      chunks.done();
      left -= steps;
      const ended = chunk.ended[0] === 1;
      for (const step of stepsOf(codec, chunk, ended)) {
        if (held !== undefined) yield held;
        signal?.throwIfAborted();
        held = step;
      }
      if (ended || left === 0) {
        if (held !== undefined) yield { ...held, finishReason: ended ? 'end' : 'length' };
        return;
      }
    }
  } finally {
    generator.dispose();
  }
}

/** Many sequences to their ends. */
export async function writeSequences(
  codec: NextStepCodec,
  generator: Generator,
  count: number,
  { maxSteps, signal }: GenerateForm,
): Promise<WrittenSequence[]> {
  const sequences = Array.from({ length: count }, (): WrittenSequence => ({
    y: [],
    score: 0,
    finishReason: 'length',
  }));
  const chunks = new ChunkSize();
  try {
    for (let left = maxSteps, open = count; left > 0 && open > 0;) {
      const steps = chunks.next(left);
      const { lengths, ended, probabilities, ...chunk } = await next(
        generator,
        steps,
        signal,
        (place) => `generateMany: sequence ${place}`,
      );
      chunks.done();
      left -= steps;
      open = 0;
      const written = codec.written({ lengths, ended, probabilities, ...chunk });
      let at = 0;
      sequences.forEach((sequence, i) => {
        const end = at + lengths[i]!;
        for (let step = at; step < end; step += 1) sequence.score += Math.log(probabilities[step] ?? 1);
        // The boundary is no part of what was written.
        const ends = ended[i] === 1 && lengths[i]! > 0;
        for (let step = at; step < (ends ? end - 1 : end); step += 1) sequence.y.push(written[step]!);
        if (ends) sequence.finishReason = 'end';
        if (ended[i] === 0) open += 1;
        at = end;
      });
    }
  } finally {
    generator.dispose();
  }
  return sequences;
}

async function next(
  generator: Generator,
  steps: number,
  signal: AbortSignal | undefined,
  locate: Locate,
): Promise<Generated> {
  signal?.throwIfAborted();
  const chunk = batchResult(() => generator.next(steps), locate);
  // Nobody who aborted meanwhile is given a step held back, or the end.
  return untilAborted(chunk, signal);
}

/** Those of one sequence, without the boundary. */
function stepsOf(codec: NextStepCodec, chunk: Generated, ended: boolean): WrittenStep[] {
  const written = codec.written(chunk);
  if (ended) written.pop();
  return written.map((y, step) => ({ y, probability: chunk.probabilities[step] ?? 1 }));
}

function promptBatch(
  codec: NextStepCodec,
  starts: readonly GenerateStart[],
  where: (index: number) => string,
): Batch {
  const contexts = starts.map(({ context }, i) => codec.encodeContext(context, where(i)));
  const prompts = starts.map(({ prompt }, i) => codec.begin(prompt, `${where(i)}, prompt`));
  const indexes = Int32Array.from(prompts, (_, i) => i);
  const examples = prompts.map((input, i) => ({
    input,
    ...(contexts[i] !== undefined && { context: contexts[i] }),
  }));
  return codec.assemble(examples, indexes);
}

/** An option that would have no effect is an error. */
function checkMeaning(kind: SequenceKind, form: GenerateForm): void {
  const meaningless: readonly (keyof GenerateForm)[] = {
    tokens: [],
    multihot: ['topK', 'topP'] as const,
    features: ['temperature', 'topK', 'topP', 'seed'] as const,
  }[kind];
  const given = meaningless.find((name) => form[name] !== undefined);
  if (given !== undefined) {
    const why =
      kind === 'features'
        ? 'values are written without chance'
        : 'each index of a set is chosen by itself, not one among all';
    throw new BpttError('ERR_OPTION', `generate: option "${given}" has no meaning for this model: ${why}.`);
  }
}
