import type { Command } from 'commander';

import type { FileFormat, RowRange } from '../data/readers/files';
import { maximumBeam } from '../support/option-bounds';
import { fileFormats } from './data-options';
import { names, rowRange, whole } from './option-values';
import { addServingOptions, type SearchFlags } from './serving-options';
import { refuse, usageError } from './usage';

export interface PredictFlags extends SearchFlags {
  data?: string;
  x?: string;
  columns?: string[];
  lookback?: number;
  stride?: number;
  rows?: RowRange;
  json?: true;
}

export function addPredictOptions(command: Command): void {
  command.option(
    '--data <file>',
    `the inputs: ${fileFormats} (default: standard input, a JSON line for each: {"x":…} or the bare x)`,
  );
  command.option(
    '--x <column>',
    'the column of a .csv or .tsv file with the input (default: that of the training, else x)',
  );
  addWindowOptions(command);
  addServingOptions(command);
  command.addOption(
    command
      .createOption('--n-best <count>', 'with --beam: how many outputs are given of each input (default 1)')
      .argParser(whole(1, maximumBeam)),
  );
  command.option(
    '--attention',
    'encoder-decoder: give the weights too, for each step of y those of the steps of x',
  );
  command.option('--json', 'as the other commands: predictions are lines of JSON in any case');
}

function addWindowOptions(command: Command): void {
  const add = (flags: string, description: string, parse: (text: string) => unknown): void => {
    command.addOption(command.createOption(flags, description).argParser(parse));
  };
  add(
    '--columns <names>',
    'the columns of a .csv or .tsv file to forecast (default: those of the training)',
    names,
  );
  add('--lookback <rows>', 'rows a forecast is made from (default: as in training)', whole(1));
  add(
    '--stride <rows>',
    'rows from one forecast to the next (default: 1 with --columns, else there is one behind the last row)',
    whole(1),
  );
  add('--rows <from:to>', 'of a series: rows that are read, from 0, without the last', rowRange);
}

/** Refuses what does not make forecasts from a table. */
export function checkSeriesFlags(
  flags: Pick<PredictFlags, 'x' | 'columns' | 'lookback' | 'stride' | 'rows'>,
  format: FileFormat,
): void {
  if (flags.columns === undefined) {
    refuse(flags, ['lookback', 'stride', 'rows'], 'needs --columns too');
    return;
  }
  refuse(flags, ['x'], 'does not go with --columns, which names the columns of a series');
  if (flags.lookback === undefined) throw usageError('option --columns needs --lookback too.');
  if (format !== 'csv' && format !== 'tsv') throw usageError('option --columns needs a .csv or .tsv file.');
}
