import type { Command } from 'commander';

import { notNegative, number, whole } from './option-values';

export interface GenerateFlags {
  maxSteps?: number;
  temperature?: number;
  topK?: number;
  topP?: number;
  prompt?: string;
  context?: string;
  seed?: number;
  count: number;
  json?: true;
}

export function addGenerateOptions(command: Command): void {
  const add = (flags: string, description: string, parse?: (text: string) => unknown): void => {
    const option = command.createOption(flags, description);
    command.addOption(parse === undefined ? option : option.argParser(parse));
  };
  add('--max-steps <count>', 'the most steps of a sequence, without the prompt (default 1000)', whole(1));
  add(
    '--temperature <number>',
    'below 1 the probable becomes more probable; 0: the most probable always (default 1)',
    notNegative,
  );
  add(
    '--top-k <count>',
    'symbols: choose among so many most probable ones; 0: among all (default 0)',
    whole(0),
  );
  add(
    '--top-p <share>',
    'symbols: choose among the most probable ones that hold this share (default 1)',
    number('a number above 0, at most 1', (value) => value > 0 && value <= 1),
  );
  add('--prompt <text>', 'what to go on from: a text, or JSON as in y of the training data');
  add('--context <context>', 'what to write from: the name of a class, or numbers such as 0.2,1.0');
  add(
    '--seed <number>',
    'the same seed gives the same sequence (default 1)',
    whole(0, Number.MAX_SAFE_INTEGER),
  );
  command.addOption(
    command
      .createOption('--count <count>', 'sequences, with the seeds that follow')
      .argParser(whole(1))
      .default(1),
  );
  add('--json', 'a line of JSON for each sequence (always so for what is not text)');
}
