import type { Batch, Generated, Generator, Network } from '../../binding';
import { native } from '../addon/native';
import { batchResult, nativeCall } from '../addon/native-call';
import type { SequenceKind } from '../architecture/architecture';
import type { Locate } from '../data/example';
import type { GenerateForm } from '../options/forms';
import type { GenerateStart } from '../options/options';
import { BpttError } from '../support/errors';
import { seedAfter } from '../support/seed';
import { untilAborted } from '../support/until-aborted';
import type { NextStepTask } from '../tasks/next-step/next-step-task';
import type { WrittenSequence, WrittenStep } from './written-steps';

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
  task: NextStepTask,
  network: Network,
  starts: readonly GenerateStart[],
  form: GenerateForm,
  where: (index: number) => string,
): Generator {
  const { temperature = 1, topK = 0, topP = 1, seed = 1 } = form;
  checkMeaning(task.input.kind, form);
  const symbols = task.input.kind === 'tokens';
  return nativeCall(
    () =>
      new (native().Generator)(network, promptBatch(task, starts, where), {
        temperature,
        topK,
        topP,
        seeds: Float64Array.from(starts, (_, i) => seedAfter(seed, i)),
        // The unknown symbol stands for those that cannot be written.
        banned: symbols ? Int32Array.of(1) : new Int32Array(),
        endless: task.endless,
      }),
  );
}

/** The steps of one sequence as they come. */
export async function* writeSteps(
  task: NextStepTask,
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
      for (const step of stepsOf(task, chunk, ended)) {
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
  task: NextStepTask,
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
      const written = task.written({ lengths, ended, probabilities, ...chunk });
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
function stepsOf(task: NextStepTask, chunk: Generated, ended: boolean): WrittenStep[] {
  const written = task.written(chunk);
  if (ended) written.pop();
  return written.map((y, step) => ({ y, probability: chunk.probabilities[step] ?? 1 }));
}

function promptBatch(
  task: NextStepTask,
  starts: readonly GenerateStart[],
  where: (index: number) => string,
): Batch {
  const contexts = starts.map(({ context }, i) => task.encodeContext(context, where(i)));
  const prompts = starts.map(({ prompt }, i) => task.begin(prompt, `${where(i)}, prompt`));
  const indexes = Int32Array.from(prompts, (_, i) => i);
  const examples = prompts.map((input, i) => ({
    input,
    ...(contexts[i] !== undefined && { context: contexts[i] }),
  }));
  return task.assemble(examples, indexes);
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
