import type { Command } from 'commander';

import { maximumBeam } from '../limits';
import { fileFormats } from './data-options';
import { whole } from './option-values';
import { addServingOptions, type ServingFlags } from './serving-options';

export interface PredictFlags extends ServingFlags {
  data?: string;
  x?: string;
  nBest?: number;
  json?: true;
}

export function addPredictOptions(command: Command): void {
  command.option(
    '--data <file>',
    `the inputs: ${fileFormats} (default: standard input, a JSON line for each: {"x":…} or the bare x)`,
  );
  command.option('--x <column>', 'the column of a .csv or .tsv file with the input (default x)');
  addServingOptions(command);
  command.addOption(
    command
      .createOption('--n-best <count>', 'with --beam: how many outputs are given of each input (default 1)')
      .argParser(whole(1, maximumBeam)),
  );
  command.option('--json', 'as the other commands: predictions are lines of JSON in any case');
}
