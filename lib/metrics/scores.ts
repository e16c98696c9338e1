/** How well one label, or one type of chunk, was found. */
export interface Scores {
  /** Of those predicted, the share that is right. */
  precision: number;
  /** Of those that are there, the share that was found. */
  recall: number;
  /** The harmonic mean of both. */
  f1: number;
  /** How many are there. */
  support: number;
}

/** `part / whole`, and 0 where there is no whole. */
export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

export function scores(correct: number, predicted: number, support: number): Scores {
  return {
    precision: share(correct, predicted),
    recall: share(correct, support),
    f1: share(2 * correct, predicted + support),
    support,
  };
}
