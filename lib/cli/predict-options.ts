import type { Command } from 'commander';

import { fileFormats } from './data-options';
import { addServingOptions, type ServingFlags } from './serving-options';

export interface PredictFlags extends ServingFlags {
  data?: string;
  x?: string;
  json?: true;
}

export function addPredictOptions(command: Command): void {
  command.option(
    '--data <file>',
    `the inputs: ${fileFormats} (default: standard input, a JSON line for each: {"x":…} or the bare x)`,
  );
  command.option('--x <column>', 'the column of a .csv or .tsv file with the input (default x)');
  addServingOptions(command);
  command.option('--json', 'as the other commands: predictions are lines of JSON in any case');
}
