import type { Decoding } from '../binding';

/** One output found by search. */
export interface Hypothesis {
  /** The ids of its symbols; a view of the whole decoding. */
  symbols: Int32Array;
  /** ln p(output | input). */
  score: number;
  /** Whether it came to its end, not to its limit. */
  ended: boolean;
}

/** A prediction whose steps are not those of the input. */
export interface DecodedPrediction {
  /** The symbols of the best output found. */
  y: string[];
  /** Logarithm of its probability, all its alignments together. */
  score: number;
  /** Why it ended: `length` means at the most steps allowed. */
  finishReason: 'end' | 'length';
  /** The next best ones, where more than one was asked for (`nBest`). */
  alternatives?: { y: string[]; score: number }[];
}

/** The hypotheses of each sequence of a batch, best first. */
export function hypothesesOf({ counts, lengths, symbols, scores, ended }: Decoding): Hypothesis[][] {
  let number = 0;
  let at = 0;
  return Array.from(counts, (count) =>
    Array.from({ length: count }, () => {
      const end = at + lengths[number]!;
      const hypothesis = {
        symbols: symbols.subarray(at, end),
        score: scores[number]!,
        ended: ended[number] === 1,
      };
      at = end;
      number += 1;
      return hypothesis;
    }),
  );
}

/** The predictions of a batch. `symbol` gives the name of an id. */
export function decodedPredictions(
  decoding: Decoding,
  symbol: (id: number) => string,
  nBest: number,
): DecodedPrediction[] {
  return hypothesesOf(decoding).map((hypotheses) => {
    const named = hypotheses.map(({ symbols, score }) => ({ y: Array.from(symbols, symbol), score }));
    const [best, ...others] = named;
    return {
      ...best!,
      finishReason: hypotheses[0]!.ended ? 'end' : 'length',
      ...(nBest > 1 && { alternatives: others }),
    };
  });
}
