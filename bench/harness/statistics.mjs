function sorted(values) {
  return [...values].sort((a, b) => a - b);
}

/** The value below which a share of the values lies, interpolated. */
export function quantile(values, share) {
  const ordered = sorted(values);
  const place = share * (ordered.length - 1);
  const below = Math.floor(place);
  const next = ordered[Math.min(below + 1, ordered.length - 1)];
  return ordered[below] + (place - below) * (next - ordered[below]);
}

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export const median = (values) => quantile(values, 0.5);

/**
 * Times of several rounds → the median of all, and how far the rounds' own medians lie apart, as a share of it.
 * @param {number[][]} rounds
 */
export function summarize(rounds) {
  const medians = rounds.map(median);
  const middle = median(rounds.flat());
  return {
    median: middle,
    spread: (Math.max(...medians) - Math.min(...medians)) / middle,
    steps: rounds.flat().length,
  };
}

export function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
