import { isPromise } from '../../support/realms';
import { WorkSlice } from '../../support/work-slice';
import type { EncodedExample, EncodedTarget } from '../encoded';
import { locate as byPlace, type Locate } from '../example';
import { wrongKind } from '../rows';
import type { InputEncoder } from './input-encoder';
import type { TargetContext } from './target-context';

/** What encodes targets: those that are short at once, the others with pauses. */
export interface Targets {
  isShort(y: unknown): boolean;
  encode(y: unknown, context: TargetContext): EncodedTarget;
  encodeInSlices(y: unknown, context: TargetContext, slice: WorkSlice): Promise<EncodedTarget>;
}

/**
 * All examples as the native core takes them, with pauses that let the event loop go on.
 *
 * @param unknown what to do with labels not seen in training: an `error` (default), or `keep` them for evaluation.
 * @throws BpttError as `InputEncoder.encode` and the targets' `encode`, naming the example (file and line, if it
 * was read from a file).
 */
export async function encodeExamples(
  examples: readonly {
    readonly x?: unknown;
    readonly y?: unknown;
    readonly alternatives?: unknown;
  }[],
  inputs: InputEncoder,
  targets: Targets,
  {
    unknown = 'error',
    locate = byPlace(examples),
    slice = new WorkSlice(),
  }: { unknown?: TargetContext['unknown']; locate?: Locate | undefined; slice?: WorkSlice | undefined } = {},
): Promise<EncodedExample[]> {
  const forms = inputs.wordForms();
  const encoded: EncodedExample[] = [];
  for (const { x, y, alternatives } of examples) {
    const where = locate(encoded.length);
    checkAlternatives(alternatives, where);
    const sequence = inputs.encodeInSlices(x, `${where}, x`, slice, forms);
    const input = isPromise(sequence) ? await sequence : sequence;
    const context = { steps: input.length, where, unknown, alternatives };
    const isShort = targets.isShort(y) && (alternatives?.every((other) => targets.isShort(other)) ?? true);
    const target = isShort ? targets.encode(y, context) : await targets.encodeInSlices(y, context, slice);
    encoded.push({ input, target });
    slice.count();
  }
  return encoded;
}

function checkAlternatives(value: unknown, where: string): asserts value is readonly unknown[] | undefined {
  if (value !== undefined && !Array.isArray(value)) {
    throw wrongKind(`${where}, alternatives`, 'a list of further right answers, each as y', value);
  }
}
