import { atOnce, longPiece } from '../support/work-slice';
import { editing } from './edit-distance';
import { share } from './scores';

export interface SequenceResults {
  /**
   * Insertions, deletions and substitutions between each prediction and the closest of its references, over all
   * examples, by the number of symbols of these references. May pass 1.
   */
  symbolErrorRate: number;
  /** Share of the predictions that are equal to none of their references. */
  sequenceErrorRate: number;
}

/**
 * Counts errors of predicted sequences of symbols (word, phone, character error rate). Of references with as few edits the
 * longest is the closest. Where all references are empty, the edits are counted for one symbol.
 */
export class SequenceMetrics {
  private readonly numbers = new Map<string, number>();
  private edits = 0;
  private symbols = 0;
  private wrong = 0;
  private sequences = 0;

  /** @param references at least one. */
  add(references: readonly (readonly string[])[], predicted: readonly string[]): void {
    atOnce(this.adding(references, predicted));
  }

  /** `add`, which may be left alone wherever it yields. */
  *adding(
    references: readonly (readonly string[])[],
    predicted: readonly string[],
  ): Generator<undefined, void> {
    const found = yield* this.numbered(predicted);
    let fewest = Infinity;
    let length = 0;
    for (const reference of references) {
      const edits = yield* editing(yield* this.numbered(reference), found);
      if (edits < fewest || (edits === fewest && reference.length > length)) {
        fewest = edits;
        length = reference.length;
      }
    }
    this.edits += fewest;
    this.symbols += length;
    this.sequences += 1;
    if (fewest > 0) this.wrong += 1;
  }

  result(): SequenceResults {
    return {
      symbolErrorRate: this.edits === 0 ? 0 : this.edits / Math.max(1, this.symbols),
      sequenceErrorRate: share(this.wrong, this.sequences),
    };
  }

  private *numbered(symbols: readonly string[]): Generator<undefined, Int32Array> {
    const numbers = new Int32Array(symbols.length);
    for (let at = 0; at < symbols.length; at++) {
      const symbol = symbols[at]!;
      let number = this.numbers.get(symbol);
      if (number === undefined) {
        number = this.numbers.size;
        this.numbers.set(symbol, number);
      }
      numbers[at] = number;
      if (at % longPiece === longPiece - 1) yield;
    }
    return numbers;
  }
}
