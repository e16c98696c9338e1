import type { Command } from 'commander';

import { maximumBeam, maximumThreads } from '../limits';
import type { SequenceModel } from '../sequence-model';
import { whole } from './option-values';
import { refuse } from './usage';

/** How a trained model is used. */
export interface ServingFlags {
  batchSize?: number;
  threads?: number;
  beam?: number;
}

/** Refuses what a model that does not search has no use for. */
export function checkSearchFlags(
  flags: ServingFlags & { nBest?: number },
  { architecture }: SequenceModel,
): void {
  if (!('alignment' in architecture) || architecture.alignment !== 'ctc') {
    refuse(flags, ['beam', 'nBest'], 'belongs to models whose output has steps of its own, such as --ctc');
  }
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
  add(
    '--beam <count>',
    'where the output has steps of its own (ctc): beginnings followed at the same time (default 5)',
    whole(1, maximumBeam),
  );
}
