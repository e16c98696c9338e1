import type { Batch, Network } from '../binding';
import type { Codec, Engine } from './codec';
import { evaluationBatches } from './data/batch-order';
import type { EncodedExample } from './data/encoded';
import type { Locate } from './data/example';
import { answersBudget, WorkSlice } from './data/work-slice';
import type { Meter } from './meter';
import { native } from './native';
import { batchResult } from './native-call';
import type { EvaluateForm, Search } from './options';
import { pipeline } from './pipeline';
import { stoppable, stopOnAbort } from './stop-on-abort';
import { evaluateText } from './text-evaluation';
import { untilAborted } from './until-aborted';

export { errorsByColumn } from './metrics/values';

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
  codec: Codec<unknown, R>,
  { signal, engine, ...run }: EvaluationRun,
  receive: (evaluated: EvaluatedBatch<R>) => void | Promise<void>,
): Promise<void> {
  return stopOnAbort(signal, (stop) =>
    receiveBatches(codec, { ...run, signal, engine: stoppable(engine, stop) }, receive),
  );
}

async function receiveBatches<R>(
  codec: Codec<unknown, R>,
  { examples, locate, batchSize, depth, signal, engine, search }: EvaluationRun,
  receive: (evaluated: EvaluatedBatch<R>) => void | Promise<void>,
): Promise<void> {
  function* batches(): Generator<{ batch: Batch; indexes: Int32Array }> {
    const lengths = examples.map(({ input }) => input.length);
    for (const indexes of evaluationBatches(lengths, batchSize)) {
      signal?.throwIfAborted();
      yield { batch: codec.assemble(examples, indexes), indexes };
    }
  }
  const slice = new WorkSlice({ signal }, answersBudget);
  await pipeline(
    batches(),
    depth,
    ({ batch, indexes }) =>
      untilAborted(
        batchResult(
          () => codec.compute(engine, batch, search),
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
export async function measure(codec: Codec<unknown>, run: EvaluationRun): Promise<Meter> {
  const meter = codec.meter();
  const { engine, examples, signal } = run;
  const text = examples[0]?.text;
  if (text !== undefined) {
    const result = await stopOnAbort(signal, (stop) =>
      evaluateText(stoppable(engine, stop), text, codec.network.output.size, signal),
    );
    await meter.add(examples, Int32Array.of(0), result);
    return meter;
  }
  await evaluateBatches(codec, run, ({ indexes, result }) => meter.add(examples, indexes, result));
  return meter;
}
