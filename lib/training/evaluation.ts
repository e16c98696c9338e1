import type { Batch, Network, Stop } from '../../binding';
import { native } from '../addon/native';
import { batchResult } from '../addon/native-call';
import { stopOnAbort } from '../addon/stop-on-abort';
import { evaluationBatches } from '../data/batches/batch-order';
import type { EncodedExample } from '../data/encoded';
import type { Locate } from '../data/example';
import type { Meter } from '../metrics/meter';
import type { EvaluateForm, Search } from '../options/forms';
import { pipeline } from '../support/pipeline';
import { untilAborted } from '../support/until-aborted';
import { answersBudget, WorkSlice } from '../support/work-slice';
import type { Task, Engine } from '../tasks/task';
import { evaluateText } from './text-evaluation';

export interface EvaluationRun {
  examples: readonly EncodedExample[];
  /** Names the examples in errors. */
  locate: Locate;
  batchSize: number;
  /** Batches under way at the same time. */
  depth: number;
  signal?: AbortSignal | undefined;
  engine: Engine;
  search: Search;
  /** Hears how many examples, or steps of a text, have been measured, of so many. */
  onMeasured?: ((step: number, steps: number) => void) | undefined;
}

interface EvaluatedBatch<R> {
  batch: Batch;
  /** Of its examples. */
  indexes: Int32Array;
  result: R;
}

/** How a network's present parameters are used: one batch on each thread, and the next ones waiting. */
export function serving(
  network: Network,
  { batchSize, threads, signal, search }: EvaluateForm,
): Omit<EvaluationRun, 'examples' | 'locate'> {
  return {
    batchSize,
    signal,
    depth: threads ?? 2 * native().system().threads,
    engine: network,
    search,
  };
}

/** Computes all examples in batches of similar length. Rejects with the signal's reason once it is aborted, and with
 * `ERR_NON_FINITE` for an example whose results are no numbers. */
export function evaluateBatches<R>(
  task: Task<unknown, R>,
  { signal, engine, ...run }: EvaluationRun,
  receive: (evaluated: EvaluatedBatch<R>) => void | Promise<void>,
): Promise<void> {
  return stopOnAbort(signal, (stop) =>
    receiveBatches(task, { ...run, signal, engine: stoppable(engine, stop) }, receive),
  );
}

async function receiveBatches<R>(
  task: Task<unknown, R>,
  { examples, locate, batchSize, depth, signal, engine, search }: EvaluationRun,
  receive: (evaluated: EvaluatedBatch<R>) => void | Promise<void>,
): Promise<void> {
  function* batches(): Generator<{ batch: Batch; indexes: Int32Array }> {
    const lengths = examples.map(({ input }) => input.length);
    for (const indexes of evaluationBatches(lengths, batchSize)) {
      signal?.throwIfAborted();
      yield { batch: task.assemble(examples, indexes), indexes };
    }
  }
  const slice = new WorkSlice({ signal }, answersBudget);
  await pipeline(
    batches(),
    depth,
    ({ batch, indexes }) =>
      untilAborted(
        batchResult(
          () => task.compute(engine, batch, search),
          (place) => locate(indexes[place]!),
        ),
        signal,
      ),
    async (result, { batch, indexes }) => {
      await receive({ batch, indexes, result });
      // Results of small batches come as fast as they are read.
      if (slice.spent) await slice.pause();
    },
  );
}

/** The metrics of all examples, or of a text. */
export async function measure(task: Task<unknown>, run: EvaluationRun): Promise<Meter> {
  const meter = task.meter();
  const { engine, examples, signal, onMeasured } = run;
  const text = examples[0]?.text;
  if (text !== undefined) {
    const result = await stopOnAbort(signal, (stop) =>
      evaluateText(stoppable(engine, stop), text, task.network.output.size, { signal, onMeasured }),
    );
    await meter.add(examples, Int32Array.of(0), result);
    return meter;
  }
  const slice = new WorkSlice({ signal });
  let done = 0;
  await evaluateBatches(task, run, ({ indexes, result }) => {
    done += indexes.length;
    onMeasured?.(done, examples.length);
    return meter.add(examples, indexes, result, slice);
  });
  return meter;
}

/** An engine that heeds a stop. */
function stoppable(engine: Engine, stop: Stop | undefined): Engine {
  return {
    evaluate: (batch) => engine.evaluate(batch, stop),
    decode: (batch, options) => engine.decode(batch, options, stop),
  };
}
