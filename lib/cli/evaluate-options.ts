import type { Command } from 'commander';

import type { RowRange } from '../data/files';
import { addDataOptions, fileFormats, type DataFlags } from './data-options';
import { rowRange } from './option-values';
import { addServingOptions, type ServingFlags } from './serving-options';

export interface EvaluateFlags extends DataFlags, ServingFlags {
  data: string;
  trainRows?: RowRange;
  json?: true;
}

export function addEvaluateOptions(command: Command): void {
  command.addOption(
    command
      .createOption('--data <file>', `the examples to measure with: ${fileFormats}`)
      .helpGroup('Data:')
      .makeOptionMandatory(),
  );
  addDataOptions(command);
  command.addOption(
    command
      .createOption('--train-rows <from:to>', 'with --columns: the rows of training, whose scale is used')
      .helpGroup('Data:')
      .argParser(rowRange),
  );
  addServingOptions(command);
  command.option('--json', 'one line of JSON with all metrics, also of each label');
}
