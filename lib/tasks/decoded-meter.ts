import type { Decoding } from '../../binding';
import type { EncodedExample } from '../data/encoded';
import { BleuMetrics } from '../metrics/bleu';
import type { Meter } from '../metrics/meter';
import type { Metrics } from '../metrics/metrics';
import { SequenceMetrics } from '../metrics/sequences';
import { longPiece, WorkSlice } from '../support/work-slice';
import { hypothesesOf } from './decoded';

export interface DecodedMeterOptions {
  /** The name of a symbol's id. */
  symbol: (id: number) => string;
  /** Whether the symbols are words. */
  bleu: boolean;
  /** Whether targets can be infeasible to align with their inputs. */
  alignment: boolean;
}

/** Measures outputs found by search, the best one of each example, against all of its references. */
export class DecodedMeter implements Meter<Decoding> {
  private readonly sequences = new SequenceMetrics();
  private readonly bleu: BleuMetrics | undefined;
  private loss = 0;
  private counted = 0;
  private infeasible = 0;
  private examples = 0;
  private steps = 0;

  constructor(private readonly options: DecodedMeterOptions) {
    this.bleu = options.bleu ? new BleuMetrics() : undefined;
  }

  add(
    examples: readonly EncodedExample[],
    indexes: Int32Array,
    decoding: Decoding,
    slice = new WorkSlice(),
  ): Promise<void> {
    return slice.through(this.adding(examples, indexes, decoding));
  }

  private *adding(
    examples: readonly EncodedExample[],
    indexes: Int32Array,
    decoding: Decoding,
  ): Generator<undefined, void> {
    if (decoding.count > 0) {
      this.loss += decoding.loss;
      this.counted += decoding.count;
    }
    this.infeasible += decoding.infeasible;
    for (const [place, [best]] of hypothesesOf(decoding).entries()) {
      const { input, target } = examples[indexes[place]!]!;
      const references = target?.references;
      if (references !== undefined) {
        const predicted = yield* this.named(best!.symbols);
        yield* this.sequences.adding(references, predicted);
        if (this.bleu) yield* this.bleu.adding(references, predicted);
      }
      this.examples += 1;
      this.steps += input.length;
      yield;
    }
  }

  private *named(symbols: Int32Array): Generator<undefined, string[]> {
    const names: string[] = [];
    for (let begin = 0; begin < symbols.length; begin += longPiece) {
      for (const id of symbols.subarray(begin, begin + longPiece)) names.push(this.options.symbol(id));
      yield;
    }
    return names;
  }

  result(): Omit<Metrics, 'seconds'> {
    return {
      loss: this.loss / this.counted,
      ...this.sequences.result(),
      ...this.bleu?.result(),
      ...(this.options.alignment && { unalignable: this.infeasible }),
      examples: this.examples,
      steps: this.steps,
    };
  }
}
