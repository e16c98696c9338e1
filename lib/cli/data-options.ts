import type { Command } from 'commander';

import type { RowRange } from '../data/readers/files';
import { sourceFormat } from '../files/file-source';
import { names, rowRange, whole } from './option-values';
import { refuse, usageError } from './usage';

/** How the examples are found in a file. */
export interface DataFlags {
  x?: string;
  y?: string;
  columns?: string[];
  lookback?: number;
  horizon?: number;
  stride?: number;
  rows?: RowRange;
}

const group = 'Data:';

export const fileFormats = '.jsonl, .csv or .tsv, each also .gz';

/** The options of a table's columns and of the windows cut from a series. */
export function addDataOptions(command: Command): void {
  const add = (flags: string, description: string, parse?: (text: string) => unknown): void => {
    const option = command.createOption(flags, description).helpGroup(group);
    command.addOption(parse === undefined ? option : option.argParser(parse));
  };
  add(
    '--x <column>',
    'the column of a .csv or .tsv file with the input (default x; of a trained model that of its training)',
  );
  add('--y <column>', 'the column with the right answer (default y)');
  add(
    '--columns <names>',
    'forecast these columns of a .csv or .tsv file (many-to-one, encoder-decoder), such as A,B',
    names,
  );
  add('--lookback <rows>', 'rows a forecast is made from', whole(1));
  add('--horizon <rows>', 'rows to forecast', whole(1));
  add('--stride <rows>', 'rows from the begin of one window to that of the next (default 1)', whole(1));
  add('--rows <from:to>', 'rows of --data that are read, from 0, without the last (default: all)', rowRange);
}

/** Refuses what does not apply to these files. */
export function checkDataFlags(flags: DataFlags, files: readonly string[], mode: string): void {
  const formats = files.map((file) => sourceFormat(file).format);
  if (flags.columns === undefined) {
    refuse(flags, ['lookback', 'horizon', 'stride', 'rows'], 'needs --columns too');
    if (formats.every((format) => format === 'jsonl' || format === 'txt')) {
      refuse(flags, ['x', 'y'], 'names a column of a .csv or .tsv file; a .jsonl or .txt file has none');
    }
    return;
  }
  refuse(flags, ['x', 'y'], 'does not go with --columns, which names the columns of a series');
  if (mode !== 'many-to-one' && mode !== 'encoder-decoder') {
    throw usageError(
      `option --columns makes forecasts, which are of mode many-to-one or encoder-decoder, not ${mode}.`,
    );
  }
  if (flags.lookback === undefined || flags.horizon === undefined) {
    throw usageError('option --columns needs --lookback and --horizon too.');
  }
  if (!formats.every((format) => format === 'csv' || format === 'tsv')) {
    throw usageError('option --columns needs .csv or .tsv files.');
  }
}

/** Refuses to judge a forecast by rows it was learned from. */
export function checkValidRows(rows: RowRange | undefined, validRows: RowRange | undefined): void {
  if (validRows === undefined) {
    return;
  }
  const { from = 0, to = Infinity } = rows ?? {};
  const { from: validFrom = 0, to: validTo = Infinity } = validRows;
  if (from < validTo && validFrom < to) {
    const why =
      rows === undefined
        ? 'without --rows all are. Give --rows too, such as --rows 0:800 --valid-rows 800:1000'
        : 'some of these are in --rows';
    throw usageError(`option --valid-rows must name rows that are not trained with; ${why}.`);
  }
}
