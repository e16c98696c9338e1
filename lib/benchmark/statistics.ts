/** The value below which a share of the values lies, interpolated. */
export function quantile(values: readonly number[], share: number): number {
  const ordered = Float64Array.from(values).sort();
  const place = share * (ordered.length - 1);
  const below = Math.floor(place);
  const next = ordered[Math.min(below + 1, ordered.length - 1)]!;
  return ordered[below]! + (place - below) * (next - ordered[below]!);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export interface Summary {
  median: number;
  /** How far the turns' own medians lie apart, as a share of the median of all. */
  spread: number;
  /** How many values there are. */
  steps: number;
}

/** Of the times of several turns. */
export function summarize(turns: readonly (readonly number[])[]): Summary {
  const medians = turns.map(median);
  const all = turns.flat();
  const middle = median(all);
  return {
    median: middle,
    spread: (Math.max(...medians) - Math.min(...medians)) / middle,
    steps: all.length,
  };
}
