import type { Batch, Evaluation, Network } from '../binding';
import type { Codec } from './codec';
import { evaluationBatches } from './data/batch-order';
import type { EncodedExample } from './data/encoded';
import type { Meter } from './meter';
import { native } from './native';
import { nativeResult } from './native-call';
import type { EvaluateForm } from './options';
import { pipeline } from './pipeline';

export interface EvaluationRun {
  examples: readonly EncodedExample[];
  batchSize: number;
  /** Batches under way at the same time. */
  depth: number;
  signal?: AbortSignal | undefined;
  /** Computes one batch. */
  evaluate: (batch: Batch) => Promise<Evaluation>;
}

interface EvaluatedBatch {
  batch: Batch;
  /** Of its examples. */
  indexes: Int32Array;
  evaluation: Evaluation;
}

/** How a network's present parameters are used: one batch on each thread, and the next ones waiting. */
export function serving(
  network: Network,
  { batchSize, threads, signal }: EvaluateForm,
): Omit<EvaluationRun, 'examples'> {
  return {
    batchSize,
    signal,
    depth: threads ?? 2 * native().system().threads,
    evaluate: (batch) => network.evaluate(batch),
  };
}

/** Computes all examples in batches of similar length. Rejects with the signal's reason once it is aborted. */
export async function evaluateBatches(
  codec: Codec<unknown>,
  { examples, batchSize, depth, signal, evaluate }: EvaluationRun,
  receive: (evaluated: EvaluatedBatch) => void,
): Promise<void> {
  function* batches(): Generator<{ batch: Batch; indexes: Int32Array }> {
    const lengths = examples.map(({ input }) => input.length);
    for (const indexes of evaluationBatches(lengths, batchSize)) {
      signal?.throwIfAborted();
      yield { batch: codec.assemble(examples, indexes), indexes };
    }
  }
  await pipeline(
    batches(),
    depth,
    ({ batch }) => nativeResult(() => evaluate(batch)),
    (evaluation, { batch, indexes }) => {
      receive({ batch, indexes, evaluation });
    },
  );
}

/** The metrics of all examples. */
export async function measure(codec: Codec<unknown>, run: EvaluationRun): Promise<Meter> {
  const meter = codec.meter();
  await evaluateBatches(codec, run, ({ indexes, evaluation }) => {
    meter.add(run.examples, indexes, evaluation);
  });
  return meter;
}
