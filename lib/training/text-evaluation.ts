import type { Evaluation, States } from '../../binding';
import { batchResult } from '../addon/native-call';
import { textWindows } from '../data/text/text-windows';
import { untilAborted } from '../support/until-aborted';
import type { Engine } from '../tasks/task';

/** Numbers that a window may put out: what a long text takes besides its ids. */
const outputsAWindow = 2 ** 19;

/** Until when a text is read, and who hears how many of its steps have been measured. */
export interface TextWatch {
  signal?: AbortSignal | undefined;
  onMeasured?: ((step: number, steps: number) => void) | undefined;
}

/**
 * The loss of a text that is read as one stream: window by window, each of which begins with the states in which the one before
 * it ended. How long the windows are has no part in it. Rejects with the signal's reason once it is aborted.
 *
 * @param outputs numbers put out at each step.
 */
export async function evaluateText(
  engine: Engine,
  text: Int32Array,
  outputs: number,
  { signal, onMeasured }: TextWatch = {},
): Promise<Evaluation> {
  const steps = Math.max(1, Math.min(4096, Math.floor(outputsAWindow / outputs)));
  let loss = 0;
  let count = 0;
  let done = 0;
  let initial: States | undefined;
  for (const { lengths, tokens, classes } of textWindows(text, { parts: 1, steps })) {
    signal?.throwIfAborted();
    const batch = { lengths, tokens, classes, keeps: true, ...(initial && { initial }) };
    const begin = done;
    const result = await untilAborted(
      batchResult(
        () => engine.evaluate(batch),
        () => `the text, read on from step ${begin}`,
      ),
      signal,
    );
    done += lengths[0]!;
    onMeasured?.(done, text.length - 1);
    loss += result.loss;
    count += result.count;
    initial = result.final!;
  }
  return { output: new Float32Array(), loss, count, infeasible: 0 };
}
