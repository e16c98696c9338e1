import type { Command } from 'commander';

import type { Activation, CellKind } from '../../binding';
import type { CharactersSpec, ContextKind, DropoutSpec, Pooling } from '../architecture/architecture';
import { cellKinds } from '../architecture/cells';
import type { RowRange } from '../data/readers/files';
import { usualRates } from '../options/optimizers';
import { maximumLayers, maximumUnits } from '../support/option-bounds';
import { adder } from './add-option';
import { addDataOptions, fileFormats, type DataFlags } from './data-options';
import { addDecoderOptions, type DecoderFlags } from './decoder-options';
import { addFitFlags, type FitFlags } from './fit-flags';
import { characters, dropout, finite, positive, rowRange, whole } from './option-values';

/** The options of `train` as they are parsed; what is not given has the library's default. */
export interface TrainFlags extends DataFlags, DecoderFlags, FitFlags {
  data: string;
  valid?: string;
  validRows?: RowRange;
  out: string;

  cell: CellKind;
  activation?: Activation;
  reset?: 'after' | 'before';
  forgetBias?: number;
  peepholes?: true;
  projection?: number;
  layerNorm?: true;
  hidden: number;
  layers?: number;
  bidirectional?: true;
  pooling?: Pooling;
  ctc?: true;
  crf?: true | 'scheme' | 'all';
  context?: ContextKind;
  dropout?: number | DropoutSpec;
  input?: 'tokens' | 'words' | 'characters' | 'features' | 'multihot';
  inputSize?: number;
  embedding?: number;
  window?: number;
  characters?: true | CharactersSpec;
  minCount?: number;
  output?: 'classes' | 'values' | 'multihot';
  outputSize?: number;

  learningRate?: number;
  seed?: number;
  checkpoint?: string;
  checkpointSteps?: number;
  resume?: true | string;

  json?: true;
  quiet?: true;
}

/** Declares all options of `train`. */
export function addTrainOptions(command: Command): void {
  addDataFiles(command);
  addDataOptions(command);
  addModelOptions(command);
  addTrainingOptions(command);
  const add = adder(command, 'Output:');
  add('--json', 'end with one line of JSON in place of the table');
  add('--quiet', 'show no progress');
}

function addDataFiles(command: Command): void {
  command.addOption(
    command
      .createOption(
        '--data <file>',
        `the examples to learn from: ${fileFormats}; one-to-many also a text, .txt or .txt.gz`,
      )
      .helpGroup('Data:')
      .makeOptionMandatory(),
  );
  command.addOption(
    command
      .createOption('--out <model>', 'the file to write the model to (safetensors)')
      .helpGroup('Output:')
      .makeOptionMandatory(),
  );
  const add = adder(command, 'Data:');
  add('--valid <file>', 'examples that tell which epoch is the best one, which is kept');
  add('--valid-rows <from:to>', 'with --columns: the rows that tell it, of --valid or else of --data', {
    parse: rowRange,
  });
}

function addModelOptions(command: Command): void {
  const add = adder(command, 'Model:');
  add('--cell <kind>', 'the recurrent cell', { choices: cellKinds, default: 'lstm' });
  add('--activation <name>', 'of the rnn cell (default tanh)', {
    choices: ['tanh', 'relu', 'sigmoid', 'identity'],
  });
  add('--reset <place>', "of the gru cell: its reset gate's place beside the product (default after)", {
    choices: ['after', 'before'],
  });
  add('--forget-bias <number>', 'of the lstm cell: what the forget gate begins with (default 1)', {
    parse: finite,
  });
  add('--peepholes', 'of the lstm cell: its gates see the memory');
  add('--projection <numbers>', 'of the lstm cell: the size of its state (default: as many as units)', {
    parse: whole(1, maximumUnits),
  });
  add('--layer-norm', "of the lstm cell, and of the gru with reset after: normalise the gates' sums");
  add('--hidden <units>', 'units of a layer and direction', { parse: whole(1, maximumUnits), default: 128 });
  add('--layers <count>', 'layers on top of each other (default 1)', { parse: whole(1, maximumLayers) });
  add('--bidirectional', 'read each sequence from both ends');
  add('--pooling <kind>', 'many-to-one: how the outputs of all steps become one (default last)', {
    choices: ['last', 'mean', 'max', 'attention'],
  });
  add('--ctc', 'many-to-many: nobody says at which steps the labels belong; at most as many labels as steps');
  add(
    '--crf [transitions]',
    'many-to-many: choose the labels of a sequence together (conditional random field); what may follow each other: as the scheme of the tags says, or all (default scheme)',
    { choices: ['scheme', 'all'] },
  );
  add(
    '--context <kind>',
    'one-to-many: what a sequence is made from, its x: the name of a class or numbers (default: as the data have it)',
    { choices: ['none', 'class', 'values'] },
  );
  add(
    '--dropout <shares>',
    'a share for input, between and output, or for parts such as input=0.2,recurrent=0.1 (default 0; parts: input, between, recurrent, output)',
    { parse: dropout },
  );
  add(
    '--input <kind>',
    'what x is, or y of one-to-many (default: as the data look; strings are words, in one-to-many characters; multihot has to be said)',
    {
      choices: ['tokens', 'words', 'characters', 'features', 'multihot'],
    },
  );
  add('--input-size <count>', 'features or multihot: numbers or indexes a step (default: as the data)', {
    parse: whole(1),
  });
  add('--embedding <count>', 'tokens or multihot: length of the vector of a token or index (default 64)', {
    parse: whole(0, maximumUnits),
  });
  add('--window <steps>', 'tokens: neighbours on each side that are read with a step (default 0)', {
    parse: whole(0, 1024),
  });
  add(
    '--characters [sizes]',
    'tokens: read the characters of each word too, by a network of their own with sizes such as embedding=30,hidden=50 (the default ones)',
    { parse: characters },
  );
  add('--min-count <times>', 'tokens: how often a token occurs in the data to be known (default 1)', {
    parse: whole(1),
  });
  add('--output <kind>', 'what y is (default: as the data look; multihot has to be said)', {
    choices: ['classes', 'values', 'multihot'],
  });
  add('--output-size <count>', 'values or multihot: how many (default: as the data)', { parse: whole(1) });
  addDecoderOptions(add);
}

function addTrainingOptions(command: Command): void {
  const add = adder(command, 'Training:');
  addFitFlags(add);
  add('--learning-rate <rate>', `of the optimizer (default: ${usualRates()})`, {
    parse: positive,
  });
  add('--seed <number>', 'of everything random (default 1)', { parse: whole(0, Number.MAX_SAFE_INTEGER) });
  add('--checkpoint <file>', 'where to write the training after each epoch, and where it is interrupted');
  add('--checkpoint-steps <count>', 'write it after so many batches too', { parse: whole(1) });
  add(
    '--resume [file]',
    'go on from this checkpoint, to the same bits as without the break; without a name from that of --checkpoint, if it is there',
  );
}
