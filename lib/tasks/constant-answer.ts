import type { Decoding, Evaluation, NetworkOptions } from '../../binding';
import type { EncodedExample, EncodedTarget } from '../data/encoded';
import { longPiece, type WorkSlice } from '../support/work-slice';

/** What a model would compute that gives the same answer to everything, in the form of a batch of one example with T steps. */
export type ConstantAnswer<R> = (target: EncodedTarget, steps: number) => Constant<R> | Promise<Constant<R>>;

type Constant<R> = R & Likelihood;

/** How likely an answer makes a target. */
export type Likelihood = Pick<Evaluation, 'loss' | 'count' | 'infeasible'>;

type Output = NetworkOptions['output'];

const none = new Int32Array();

/** What stands in the training targets, whatever the input. */
export interface TargetMeans {
  /** [O] shares of the classes or of the active outputs, or the means of the values. */
  row: Float32Array;
  /** The most frequent class. */
  top: number;
}

/**
 * Shares are of one more target, which has a bit of every class, so that none is 0.
 *
 * @param ends whether each target ends with class 0, which does not stand in it.
 */
export function targetMeans(
  examples: readonly EncodedExample[],
  output: Output,
  slice: WorkSlice,
  ends = false,
): Promise<TargetMeans> {
  return slice.through(meansOf(examples, output, ends));
}

function* meansOf(
  examples: readonly EncodedExample[],
  { kind, size }: Output,
  ends: boolean,
): Generator<undefined, TargetMeans> {
  const sums = new Float64Array(size);
  let count = 0;
  if (ends) sums[0] = count = examples.length;
  for (const { classes, values, active, activeCounts } of targetsOf(examples)) {
    const ids = classes ?? active ?? none;
    for (let i = 0; i < ids.length; i++) {
      if (ids[i]! >= 0) sums[ids[i]!]! += 1;
      if (i % longPiece === longPiece - 1) yield;
    }
    for (let i = 0; values !== undefined && i < values.length; i++) {
      sums[i % size]! += values[i]!;
      if (i % longPiece === longPiece - 1) yield;
    }
    yield;
    count += classes?.length ?? activeCounts?.length ?? (values?.length ?? 0) / size;
  }
  const [extra, each] = kind === 'values' ? [0, 0] : [1, kind === 'classes' ? 1 / size : 1 / 2];
  const row = Float32Array.from(sums, (sum) => (sum + each) / Math.max(count + extra, 1));
  return { row, top: row.reduce((best, share, id) => (share > row[best]! ? id : best), 0) };
}

/** Of models with one result for each sequence or step, or that tell the next step. */
export function constantEvaluation(
  { kind, size }: Output,
  { row, top }: TargetMeans,
): ConstantAnswer<Evaluation> {
  return (target) => {
    const { classes, values, activeCounts } = target;
    if (classes !== undefined) {
      const known = classes.filter((id) => id >= 0);
      return {
        output: new Float32Array(),
        path: new Int32Array(classes.length).fill(top),
        loss: known.reduce((nats, id) => nats - Math.log(row[id]!), 0),
        count: known.length,
        infeasible: 0,
      };
    }
    const results = activeCounts?.length ?? values!.length / size;
    return {
      output: repeated(row, results),
      loss: kind === 'values' ? halfSquares(values!, row) : setNats(target, row),
      count: results,
      infeasible: 0,
    };
  };
}

/** Of models that forecast rows. */
export function constantForecast({ row }: TargetMeans): ConstantAnswer<Decoding> {
  return ({ values = new Float32Array() }) => {
    const steps = values.length / row.length;
    return {
      ...oneHypothesis(steps),
      values: repeated(row, steps),
      loss: halfSquares(values, row),
      count: steps,
    };
  };
}

/**
 * Of models that write symbols: nothing, the most frequent symbol, and the most frequent of the short targets.
 *
 * @param likelihood of a target, whatever is written.
 */
export async function constantSymbols(
  examples: readonly EncodedExample[],
  slice: WorkSlice,
  likelihood: (target: EncodedTarget, steps: number) => Likelihood | Promise<Likelihood>,
): Promise<ConstantAnswer<Decoding>[]> {
  return [new Int32Array(), ...(await slice.through(frequent(examples)))].map(
    (symbols) => async (target, steps) => ({
      ...oneHypothesis(symbols.length),
      symbols,
      ...(await likelihood(target, steps)),
    }),
  );
}

/** Of symbols as often as they come, where the boundary, class 0, ends each target. */
export function symbolLikelihood({ row }: TargetMeans): (target: EncodedTarget) => Likelihood {
  return ({ classes = none }) => ({
    loss: classes.reduce((nats, id) => nats - Math.log(row[id]!), -Math.log(row[0]!)),
    count: classes.length + 1,
    infeasible: 0,
  });
}

/** Symbols of a text that are looked at together. */
const stretch = 2 ** 14;

/** The right answers of examples; those of a text, which are the symbols behind the first, in stretches. */
export function* targetsOf(examples: readonly EncodedExample[]): Generator<EncodedTarget> {
  for (const { target, text } of examples) {
    if (text === undefined) yield target ?? {};
    else for (let at = 1; at < text.length; at += stretch) yield { classes: text.subarray(at, at + stretch) };
  }
}

/** Longer ones are hardly ever equal. */
const longestShort = 32;

function* frequent(examples: readonly EncodedExample[]): Generator<undefined, Int32Array[]> {
  const [symbols, targets] = [new Map<number, number>(), new Map<string, number>()];
  for (const { classes = none } of targetsOf(examples)) {
    for (let i = 0; i < classes.length; i++) {
      const id = classes[i]!;
      if (id >= 0) symbols.set(id, (symbols.get(id) ?? 0) + 1);
      if (i % longPiece === longPiece - 1) yield;
    }
    yield;
    if (classes.length > longestShort || classes.some((id) => id < 0)) continue;
    const name = classes.join();
    targets.set(name, (targets.get(name) ?? 0) + 1);
  }
  const symbol = mostFrequent(symbols);
  const target = mostFrequent(targets);
  return [
    ...(symbol === undefined ? [] : [Int32Array.of(symbol)]),
    ...(target === undefined || target === '' ? [] : [Int32Array.from(target.split(','), Number)]),
  ];
}

function mostFrequent<K>(counts: ReadonlyMap<K, number>): K | undefined {
  let best: K | undefined;
  let most = 0;
  for (const [key, count] of counts) {
    if (count > most) [best, most] = [key, count];
  }
  return best;
}

function oneHypothesis(steps: number): Decoding {
  return {
    counts: Int32Array.of(1),
    lengths: Int32Array.of(steps),
    symbols: new Int32Array(),
    values: new Float32Array(),
    scores: Float64Array.of(0),
    ended: Uint8Array.of(1),
    attention: new Float32Array(),
    loss: 0,
    count: 0,
    infeasible: 0,
  };
}

function repeated(row: Float32Array, times: number): Float32Array {
  const rows = new Float32Array(times * row.length);
  if (times > 0) rows.set(row);
  // What is there, once more.
  for (let filled = row.length; filled < rows.length; filled *= 2) rows.copyWithin(filled, 0, filled);
  return rows;
}

function halfSquares(values: Float32Array, row: Float32Array): number {
  return values.reduce((sum, value, i) => sum + (value - row[i % row.length]!) ** 2, 0) / 2;
}

/** With ln(1 − p) of the outputs that are not active, which are mostly the same. */
function setNats({ active, activeCounts }: EncodedTarget, row: Float32Array): number {
  const none = row.reduce((nats, share) => nats - Math.log1p(-share), 0);
  const more = Float64Array.from(row, (share) => Math.log1p(-share) - Math.log(share));
  return active!.reduce((nats, id) => nats + more[id]!, none * activeCounts!.length);
}
