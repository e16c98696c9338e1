import type { Command } from 'commander';

import { addDataOptions, fileFormats, type DataFlags } from './data-options';
import { addServingOptions, type ServingFlags } from './serving-options';

export interface EvaluateFlags extends DataFlags, ServingFlags {
  data: string;
  json?: true;
}

export function addEvaluateOptions(command: Command): void {
  command.addOption(
    command
      .createOption(
        '--data <file>',
        `the examples to measure with: ${fileFormats}; or a text, .txt or .txt.gz`,
      )
      .helpGroup('Data:')
      .makeOptionMandatory(),
  );
  addDataOptions(command);
  addServingOptions(command);
  command.option('--json', 'one line of JSON with all metrics, also of each label');
}
