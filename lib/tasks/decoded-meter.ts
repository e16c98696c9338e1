import type { Decoding } from '../../binding';
import type { EncodedExample } from '../data/encoded';
import { BleuMetrics } from '../metrics/bleu';
import type { Meter } from '../metrics/meter';
import type { Metrics } from '../metrics/metrics';
import { SequenceMetrics } from '../metrics/sequences';
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

  add(examples: readonly EncodedExample[], indexes: Int32Array, decoding: Decoding): void {
    if (decoding.count > 0) {
      this.loss += decoding.loss;
      this.counted += decoding.count;
    }
    this.infeasible += decoding.infeasible;
    hypothesesOf(decoding).forEach(([best], place) => {
      const { input, target } = examples[indexes[place]!]!;
      const references = target?.references;
      if (references !== undefined) {
        const predicted = Array.from(best!.symbols, this.options.symbol);
        this.sequences.add(references, predicted);
        this.bleu?.add(references, predicted);
      }
      this.examples += 1;
      this.steps += input.length;
    });
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
