import type { Metrics } from '../metrics/metrics';
import { errorsByColumn } from '../metrics/values';
import type { WindowedSeries } from '../options/options';
import { BpttError } from '../support/errors';
import type { Task } from '../tasks/task';

/**
 * What the examples are cut from, as all that say it do. Errors: `ERR_OPTION` where they differ, or where the model does not read or
 * write so many columns.
 */
export function seriesOf(
  { network: { input, output } }: Task<unknown>,
  said: readonly (WindowedSeries | undefined)[],
): WindowedSeries | undefined {
  const [series, ...others] = said.filter((one) => one !== undefined);
  if (series === undefined) return undefined;
  const { columns } = series;
  const other = others.find((one) => seriesText(one) !== seriesText(series));
  if (other !== undefined) {
    throw new BpttError(
      'ERR_OPTION',
      `fit: option "series" must be that of the training before, ${seriesText(other)}; found ${seriesText(series)}.`,
    );
  }
  if (
    input.kind !== 'features' ||
    input.size !== columns.length ||
    output.kind !== 'values' ||
    output.size % columns.length !== 0
  ) {
    throw new BpttError(
      'ERR_OPTION',
      `fit: option "series" has ${columns.length} columns; expected those that the model reads and forecasts.`,
    );
  }
  return series;
}

function seriesText({ columns, lookback, horizon }: WindowedSeries): string {
  return `${JSON.stringify(columns)} with lookback ${lookback} and horizon ${horizon}`;
}

/** Metrics with the errors of the outputs of a series column by column. */
export function byColumn<M extends Pick<Metrics, 'perOutput'>>(
  metrics: M,
  series: WindowedSeries | undefined,
): M {
  const columns = series?.columns ?? [];
  const { perOutput } = metrics;
  return perOutput === undefined || columns.length === 0
    ? metrics
    : { ...metrics, perOutput: errorsByColumn(perOutput, columns) };
}
