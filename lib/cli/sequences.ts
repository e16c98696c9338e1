import type { ContextKind, OneToManyArchitecture } from '../architecture/architecture';
import { inferInput } from '../data/encoders/infer';
import type { FileExample } from '../data/example';
import { locate, type SequenceExample } from '../data/example';
import { readParts, readText, type FileOptions } from '../data/readers/files';
import type { Part } from '../data/readers/jsonl';
import { sourceFormat } from '../files/file-source';
import { BpttError } from '../support/errors';
import { cellSpec, checkInputFlags, inputHints } from './architecture';
import type { DataFlags } from './data-options';
import { watched, type ReadOptions, type TrainingFiles } from './examples';
import { formsToTrain, TrainingColumns, type ColumnForms } from './table-columns';
import type { TrainFlags } from './train-options';
import { refuse, usageError } from './usage';
import { warn } from './warning';

/** What models that write sequences learn from: sequences, or a text as one stream. */
export type SequenceData = SequenceExample[] | string;

/** Until when, and with what look at how far, files are read. */
type Watching = Pick<ReadOptions, 'signal' | 'onReading'>;

export interface TrainingSequences {
  training: SequenceData;
  validation?: SequenceData;
}

/** Refuses what has no effect on a model that writes sequences. */
export function checkSequenceFlags(flags: TrainFlags): void {
  refuse(
    flags,
    ['pooling', 'ctc', 'bidirectional', 'window', 'characters'],
    'does not apply to one-to-many, which knows nothing but the steps before',
  );
  refuse(
    flags,
    ['output', 'outputSize'],
    'does not apply to one-to-many: what it writes is what it reads (--input)',
  );
  const [isText, isValidText] = [flags.data, flags.valid ?? flags.data].map(
    (file) => sourceFormat(file).format === 'txt',
  );
  if (isText !== isValidText) {
    throw usageError('options --data and --valid must both name a text (.txt), or both examples.');
  }
  if (isText === true) {
    if (flags.context !== undefined && flags.context !== 'none') {
      throw usageError('option --context does not go with a text, which is one stream.');
    }
    if (flags.input === 'features' || flags.input === 'multihot') {
      throw usageError(`option --input must be words or characters for a text; found ${flags.input}.`);
    }
  } else {
    refuse(flags, ['tbptt'], 'cuts a text (.txt) into windows; examples are learned from as a whole');
  }
}

/** The sequences or the texts to train with. Errors as `readParts` and `readText`. */
export async function readTrainingSequences(
  { data, valid }: TrainingFiles,
  flags: DataFlags & Pick<TrainFlags, 'input' | 'context'>,
  watch: Watching,
): Promise<TrainingSequences> {
  const { context = 'none' } = flags;
  const columns = new TrainingColumns(formsToTrain('one-to-many', flags), warn);
  const read = (file: string, onColumn?: FileOptions['onColumn']): Promise<SequenceData> => {
    const { forms } = columns;
    return readSequences(file, { ...flags, withContext: context !== 'none', forms, onColumn }, watch);
  };
  const training = await read(data, columns.found);
  return { training, ...(valid !== undefined && { validation: await read(valid) }) };
}

interface SequenceColumns {
  withContext: boolean;
  forms: ColumnForms;
  onColumn?: FileOptions['onColumn'] | undefined;
}

/** A .txt file is a text, others hold examples, of which a table's have no x unless it is named or the context needed. */
export async function readSequences(
  file: string,
  { x, y, withContext, forms, onColumn }: DataFlags & SequenceColumns,
  watch: Watching,
): Promise<SequenceData> {
  const examples: SequenceExample[] = [];
  const source = watched(file, watch, () => examples.length);
  if (sourceFormat(file).format === 'txt') return readText(source);
  const reading = {
    ...(x !== undefined && { x }),
    ...(y !== undefined && { y }),
    ...(onColumn !== undefined && { onColumn }),
    forms,
    onIgnored: warn,
  };
  const needed: Part[] = withContext || x !== undefined ? ['x', 'y'] : ['y'];
  for await (const example of readParts(source, needed, reading)) {
    examples.push(example as FileExample & SequenceExample);
  }
  if (examples.length === 0) {
    throw new BpttError('ERR_DATA', `There is no example in ${file}; at least one is needed.`);
  }
  return examples;
}

/** The architecture, with kinds and sizes taken from the data where the options are silent. */
export async function sequenceArchitecture(
  flags: TrainFlags,
  { training }: TrainingSequences,
): Promise<OneToManyArchitecture> {
  const { hidden, layers, dropout, seed, embedding, minCount } = flags;
  const sequence =
    typeof training === 'string'
      ? { kind: 'tokens' as const, tokenizer: flags.input === 'words' ? ('words' as const) : undefined }
      : await inferInput(
          inputHints(flags),
          training.map(({ y }) => y),
          { locate: locate(training), strings: 'characters' },
        );
  checkInputFlags(flags, sequence.kind);
  return {
    cell: cellSpec(flags),
    hidden,
    layers,
    dropout,
    sequence: {
      ...sequence,
      ...(embedding !== undefined && { embedding }),
      ...(minCount !== undefined && { minCount }),
    },
    context: flags.context ?? contextOf(training),
    seed,
  };
}

/** As the first example has it. */
function contextOf(training: SequenceData): ContextKind {
  const x = typeof training === 'string' ? undefined : training[0]!.x;
  if (x === undefined) return 'none';
  return typeof x === 'string' ? 'class' : 'values';
}
