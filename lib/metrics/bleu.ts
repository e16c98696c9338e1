import { atOnce, longPiece } from '../support/work-slice';

/** Words of the longest runs that are compared. */
const longest = 4;

/** Runs that are looked up between two looks at the clock. */
const runsAtOnce = longPiece / longest;

/** Keeps a run and the word behind it apart in one key. */
const radix = 2 ** 26;

/**
 * BLEU of a whole set (Papineni et al. 2002), 0…1: the geometric mean of the shares of predicted runs of 1, 2, 3 and 4
 * words that stand in a reference (each run counts at most as often as in the reference that has it most), times
 * e^(1 − r/c) where the predictions are shorter, c words against r of the references closest in length (of two equally
 * close the shorter). Not smoothed: without any right run of four words it is 0.
 */
export class BleuMetrics {
  private readonly right = new Float64Array(longest);
  private readonly predicted = new Float64Array(longest);
  private words = 0;
  private expected = 0;

  /** @param references at least one. */
  add(references: readonly (readonly string[])[], predicted: readonly string[]): void {
    atOnce(this.adding(references, predicted));
  }

  /** `add`, which may be left alone wherever it yields. */
  *adding(
    references: readonly (readonly string[])[],
    predicted: readonly string[],
  ): Generator<undefined, void> {
    const runs = new Runs();
    const most = new Map<number, number>();
    let looks = 0;
    for (const reference of references) {
      for (const [run, count] of yield* runs.counting(reference)) {
        if (count > (most.get(run) ?? 0)) most.set(run, count);
        if (++looks % longPiece === 0) yield;
      }
    }
    for (const [run, count] of yield* runs.counting(predicted)) {
      const order = runs.words(run) - 1;
      this.right[order] = this.right[order]! + Math.min(count, most.get(run) ?? 0);
      if (++looks % longPiece === 0) yield;
    }
    for (let order = 0; order < longest; order++) {
      this.predicted[order] = this.predicted[order]! + Math.max(0, predicted.length - order);
    }
    this.words += predicted.length;
    this.expected += closestLength(references, predicted.length);
  }

  result(): { bleu: number } {
    let logarithms = 0;
    for (let order = 0; order < longest; order++) {
      if (this.right[order] === 0) return { bleu: 0 };
      logarithms += Math.log(this.right[order]! / this.predicted[order]!);
    }
    const brevity = Math.min(0, 1 - this.expected / this.words);
    return { bleu: Math.exp(logarithms / longest + brevity) };
  }
}

function closestLength(references: readonly (readonly string[])[], length: number): number {
  let closest = Infinity;
  for (const reference of references) {
    const nearer = Math.abs(reference.length - length) - Math.abs(closest - length);
    if (nearer < 0 || (nearer === 0 && reference.length < closest)) closest = reference.length;
  }
  return closest;
}

/** Numbers runs of words: a run is a shorter one and the word behind it. */
class Runs {
  private readonly wordNumbers = new Map<string, number>();
  private readonly numbers = new Map<number, number>();
  private readonly lengths = [0];

  words(run: number): number {
    return this.lengths[run]!;
  }

  /** How often each run of at most four words stands in a text. */
  *counting(text: readonly string[]): Generator<undefined, Map<number, number>> {
    const counts = new Map<number, number>();
    const words = new Int32Array(text.length);
    for (let at = 0; at < text.length; at++) {
      words[at] = this.wordNumber(text[at]!);
      if (at % longPiece === longPiece - 1) yield;
    }
    for (let start = 0; start < words.length; start++) {
      if (start % runsAtOnce === runsAtOnce - 1) yield;
      let run = 0;
      for (let end = start; end < Math.min(words.length, start + longest); end++) {
        run = this.extended(run, words[end]!);
        counts.set(run, (counts.get(run) ?? 0) + 1);
      }
    }
    return counts;
  }

  private wordNumber(word: string): number {
    let number = this.wordNumbers.get(word);
    if (number === undefined) {
      number = this.wordNumbers.size;
      this.wordNumbers.set(word, number);
    }
    return number;
  }

  private extended(run: number, word: number): number {
    const key = run * radix + word;
    let longer = this.numbers.get(key);
    if (longer === undefined) {
      longer = this.lengths.push(this.lengths[run]! + 1) - 1;
      this.numbers.set(key, longer);
    }
    return longer;
  }
}
