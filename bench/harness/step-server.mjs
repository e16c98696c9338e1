// The other end of a ProcessRunner: one side of the comparison.
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';

/**
 * Answers requests on standard input until it is closed. `prepare` makes the step of a task, `run` times it.
 *
 * @param {() => object | Promise<object>} describe
 * @param {Record<string, (request: any) => Step | Promise<Step>>} makers by task
 *
 * @typedef {(() => unknown) & { warm?: () => unknown }} Step `warm` stands in for a first step that would take long
 */
export async function serveSteps(describe, makers) {
  let step;
  const handlers = {
    describe,
    async prepare({ task, ...request }) {
      step?.close?.();
      step = undefined;
      if (makers[task] === undefined) throw new Error(`does not run ${task}`);
      step = await makers[task](request);
      return {};
    },
    run: (request) => timeSteps(step, request),
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const { do: name, ...request } = JSON.parse(line);
    let answer;
    try {
      answer = await handlers[name](request);
    } catch (error) {
      answer = { error: String(error.message).split('\n')[0] };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

/** ms; where the first step takes longer, one more is enough for a turn. */
const longStep = 500;

/** The first step is not counted. Where it takes longer than `limit` ms there is one more, and no further turn. */
async function timeSteps(step, { seconds, least, most, limit }) {
  const timed = async (work) => {
    const begin = performance.now();
    const pending = work();
    // A synchronous step is not made to wait for the event loop.
    if (pending instanceof Promise) await pending;
    return performance.now() - begin;
  };
  const first = await timed(step.warm ?? step);
  if (first > limit) return { milliseconds: [await timed(step)], once: true };
  const enough = first > longStep ? 1 : least;
  const milliseconds = [];
  const end = performance.now() + 1000 * seconds;
  while (milliseconds.length < enough || (milliseconds.length < most && performance.now() < end)) {
    milliseconds.push(await timed(step));
  }
  return { milliseconds };
}
