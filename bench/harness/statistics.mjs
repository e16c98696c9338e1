export { median, quantile, summarize } from '../../dist/benchmark/statistics.js';

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
