import type { Decoding } from '../../binding';

/** One output found by search; its arrays are views of the whole decoding. */
export interface Hypothesis {
  /** The ids of its symbols. */
  symbols: Int32Array;
  /** Its rows, where the output are values. */
  values: Float32Array;
  /** [steps, T], where the weights of the attention were asked for. */
  attention?: Float32Array;
  /** ln p(output | input), divided by the length penalty. */
  score: number;
  /** Whether it came to its end, not to its limit. */
  ended: boolean;
}

/** An output whose steps are not those of the input: symbols, or rows of values. */
export interface Decoded<Y = string[]> {
  /** Symbols, each one of those known, or rows of values in the units of the training data. */
  y: Y;
  /** Logarithm of its probability given the input (with ctc that of all its alignments together), divided by the length
   * penalty if there is one; 0 for values. */
  score: number;
  /** `[steps, T]`: how the attention of an encoder–decoder was spread over the T steps of the input when each step of `y`
   * was made; rows add up to 1. Where it was asked for. */
  attention?: Float32Array;
}

/** The best output found. */
export interface DecodedPrediction<Y = string[]> extends Decoded<Y> {
  /** Why it ended: `length` means at the most steps allowed. */
  finishReason: 'end' | 'length';
  /** The next best ones, where more than one was asked for (`nBest`). */
  alternatives?: Decoded<Y>[];
}

/**
 * The hypotheses of each sequence of a batch, best first.
 *
 * @param inputLengths T of each sequence, if the decoding has the weights of the attention.
 */
export function hypothesesOf(decoding: Decoding, inputLengths?: Int32Array): Hypothesis[][] {
  const { counts, lengths, symbols, values, scores, ended, attention } = decoding;
  const steps = lengths.reduce((sum, length) => sum + length, 0);
  const width = steps === 0 ? 0 : values.length / steps;
  let number = 0;
  let at = 0;
  let weight = 0;
  return Array.from(counts, (count, sequence) =>
    Array.from({ length: count }, () => {
      const end = at + lengths[number]!;
      const hypothesis: Hypothesis = {
        symbols: symbols.subarray(at, end),
        values: values.subarray(at * width, end * width),
        score: scores[number]!,
        ended: ended[number] === 1,
      };
      if (inputLengths !== undefined) {
        const weights = (end - at) * inputLengths[sequence]!;
        hypothesis.attention = attention.subarray(weight, (weight += weights));
      }
      at = end;
      number += 1;
      return hypothesis;
    }),
  );
}

/** The predictions of a batch. `read` gives what the caller knows an output by. */
export function decodedPredictions<Y>(
  batch: readonly (readonly Hypothesis[])[],
  read: (hypothesis: Hypothesis) => Y,
  nBest: number,
): DecodedPrediction<Y>[] {
  return batch.map((hypotheses) => {
    const [best, ...others] = hypotheses.map((hypothesis): Decoded<Y> => ({
      y: read(hypothesis),
      score: hypothesis.score,
      // A copy, so that one kept prediction does not keep its whole batch.
      ...(hypothesis.attention && { attention: hypothesis.attention.slice() }),
    }));
    return {
      ...best!,
      finishReason: hypotheses[0]!.ended ? 'end' : 'length',
      ...(nBest > 1 && { alternatives: others }),
    };
  });
}
