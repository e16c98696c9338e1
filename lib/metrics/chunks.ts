import { byCodePoint } from '../support/code-point-order';
import { atOnce, longPiece } from '../support/work-slice';
import { checkSameLength } from './classes';
import { scores, type Scores } from './scores';
import { splitTag } from './tag-scheme';

/** A run of steps that belong together, such as a name. */
export interface Chunk {
  type: string;
  /** The first step. */
  start: number;
  /** The step behind the last one. */
  end: number;
}

/** All shares are 0…1. */
export interface ChunkResults {
  precision: number;
  recall: number;
  f1: number;
  /** The same for each type of chunk, in the order of their code points. */
  perType: Record<string, Scores>;
}

/**
 * The chunks of a sequence of tags, by the rules of conlleval, the script of the CoNLL shared tasks (Tjong Kim Sang and
 * Buchholz 2000), which forgive tags that no scheme allows. One set of rules reads all schemes:
 *
 * - B and S (BILOU: U) begin a chunk;
 * - I, M, E (BILOU: L) go on with the chunk of the same type, and begin one where there is none;
 * - E, S, L and U end it;
 * - so does any other type, and every tag that is none, such as O.
 */
export function chunksOf(tags: readonly string[]): Chunk[] {
  return atOnce(chunking(tags));
}

/** `chunksOf`, which may be left alone wherever it yields. */
function* chunking(tags: readonly string[]): Generator<undefined, Chunk[]> {
  const chunks: Chunk[] = [];
  let open: Chunk | undefined;
  for (let step = 0; step < tags.length; step++) {
    if (step % longPiece === longPiece - 1) yield;
    const { prefix, type } = splitTag(tags[step]!);
    if (prefix === 'O') {
      open = undefined;
      continue;
    }
    if (open === undefined || prefix === 'B' || prefix === 'S' || prefix === 'U' || open.type !== type) {
      open = { type, start: step, end: step };
      chunks.push(open);
    }
    open.end = step + 1;
    if (prefix === 'E' || prefix === 'S' || prefix === 'L' || prefix === 'U') open = undefined;
  }
  return chunks;
}

/**
 * Counts chunks as conlleval does: a predicted chunk is right when one with the same first step, last step and type is
 * there. Where nothing was predicted or nothing is there, the share is 0.
 */
export class ChunkMetrics {
  private readonly types = new Map<string, { correct: number; predicted: number; support: number }>();

  /**
   * One sequence; chunks do not reach across two.
   *
   * @throws BpttError `ERR_SHAPE` when there are not as many predictions as truths.
   */
  add(truth: readonly string[], predicted: readonly string[]): void {
    atOnce(this.adding(truth, predicted));
  }

  /** `add`, which may be left alone wherever it yields. */
  *adding(truth: readonly string[], predicted: readonly string[]): Generator<undefined, void> {
    checkSameLength(truth, predicted);
    const there = new Map<number, Chunk>();
    let chunks = 0;
    for (const chunk of yield* chunking(truth)) {
      this.type(chunk.type).support++;
      there.set(chunk.start, chunk);
      if (++chunks % longPiece === 0) yield;
    }
    for (const { type, start, end } of yield* chunking(predicted)) {
      if (++chunks % longPiece === 0) yield;
      const counts = this.type(type);
      counts.predicted++;
      const same = there.get(start);
      if (same?.end === end && same.type === type) counts.correct++;
    }
  }

  result(): ChunkResults {
    const total = { correct: 0, predicted: 0, support: 0 };
    const perType = [...this.types]
      .sort(([a], [b]) => byCodePoint(a, b))
      .map(([type, { correct, predicted, support }]): [string, Scores] => {
        total.correct += correct;
        total.predicted += predicted;
        total.support += support;
        return [type, scores(correct, predicted, support)];
      });
    const { precision, recall, f1 } = scores(total.correct, total.predicted, total.support);
    return { precision, recall, f1, perType: Object.fromEntries(perType) };
  }

  private type(name: string): { correct: number; predicted: number; support: number } {
    let counts = this.types.get(name);
    if (counts === undefined) {
      counts = { correct: 0, predicted: 0, support: 0 };
      this.types.set(name, counts);
    }
    return counts;
  }
}
