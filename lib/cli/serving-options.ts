import type { Command } from 'commander';

import type { SequenceModel } from '../models/sequence-model';
import type { PredictWrittenOptions } from '../options/options';
import { maximumBeam, maximumThreads } from '../support/option-bounds';
import { notNegative, whole } from './option-values';
import { refuse } from './usage';

/** How a trained model is used. */
export interface ServingFlags {
  batchSize?: number;
  threads?: number;
  beam?: number;
  lengthPenalty?: number;
  maxSteps?: number;
}

/** What `predict` has besides. */
export interface SearchFlags extends ServingFlags {
  nBest?: number;
  attention?: true;
}

const ofAnySearch = ['beam', 'nBest'] as const;

const ofDecoders = ['lengthPenalty', 'maxSteps', 'attention'] as const;

/** The options of the search that are given; those that the model has no use for are refused. */
export function searchOptions(
  flags: SearchFlags,
  { mode, architecture }: SequenceModel,
): PredictWrittenOptions {
  if (mode !== 'encoder-decoder') {
    if (!('alignment' in architecture) || architecture.alignment !== 'ctc') {
      refuse(flags, ofAnySearch, 'belongs to models whose output has steps of its own, such as --ctc');
    }
    refuse(flags, ofDecoders, `belongs to encoder-decoder; this model is ${mode}`);
  }
  const given = [...ofAnySearch, ...ofDecoders].filter((name) => flags[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, flags[name]]));
}

export function addServingOptions(command: Command): void {
  const add = (flags: string, description: string, parse: (text: string) => unknown): void => {
    command.addOption(command.createOption(flags, description).argParser(parse));
  };
  add('--batch-size <examples>', 'examples a batch; the results do not depend on it (default 32)', whole(1));
  add(
    '--threads <count>',
    'batches computed at the same time; more than there are processors do not help (default: all processors)',
    whole(1, maximumThreads),
  );
  add(
    '--beam <count>',
    'where the output has steps of its own (ctc, encoder-decoder): beginnings followed at the same time (default 5)',
    whole(1, maximumBeam),
  );
  add(
    '--length-penalty <number>',
    'encoder-decoder: how much longer outputs are favoured, such as 1 (default 0)',
    notNegative,
  );
  add(
    '--max-steps <count>',
    'encoder-decoder: the most steps of an output (default: twice those of the input and 10, or as in training)',
    whole(1),
  );
}
