import type { Command } from 'commander';

import { maximumThreads } from '../limits';
import { whole } from './option-values';

/** How a trained model is used. */
export interface ServingFlags {
  batchSize?: number;
  threads?: number;
}

export function addServingOptions(command: Command): void {
  const add = (flags: string, description: string, parse: (text: string) => unknown): void => {
    command.addOption(command.createOption(flags, description).argParser(parse));
  };
  add('--batch-size <examples>', 'examples a batch; the results do not depend on it (default 32)', whole(1));
  add(
    '--threads <count>',
    'batches computed at the same time (default: all processors)',
    whole(1, maximumThreads),
  );
}
