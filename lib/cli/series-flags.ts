import { sourceFormat, type FileSource } from '../files/file-source';
import type { SequenceModel } from '../models/sequence-model';
import type { WindowedSeries } from '../options/options';
import type { DataFlags } from './data-options';
import { flagName, usageError } from './usage';

type SeriesFlags = Pick<DataFlags, 'columns' | 'lookback' | 'horizon' | 'x' | 'y'>;

/**
 * The options with what the model keeps of the table it was trained on, where they are silent and the data are a table. Another
 * series is refused: the model would take one column for another. A model that keeps nothing leaves them as they are.
 */
export function asTrained<F extends SeriesFlags>(
  flags: F,
  { series, record, mode }: SequenceModel,
  source: FileSource,
): F {
  const { format } = sourceFormat(source);
  const isTable = format === 'csv' || format === 'tsv';
  if (series === undefined) {
    return isTable && flags.columns === undefined ? { ...record?.options.table, ...given(flags) } : flags;
  }
  checkSame(flags, 'columns', series);
  checkSame(flags, 'lookback', series);
  // A decoder goes on as far as it is asked to.
  if (mode === 'many-to-one') checkSame(flags, 'horizon', series);
  return isTable && flags.x === undefined && flags.y === undefined ? { ...series, ...given(flags) } : flags;
}

function checkSame(flags: SeriesFlags, name: keyof WindowedSeries, series: WindowedSeries): void {
  const [expected, found] = [series[name], flags[name]].map(String);
  if (flags[name] !== undefined && expected !== found) {
    throw usageError(
      `option ${flagName(name)} must be ${expected}, as in the training of this model; found ${found}.`,
    );
  }
}

function given<F extends object>(flags: F): F {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as F;
}
