import type { OutputKind } from '../architecture/architecture';
import type { Mode } from '../architecture/mode';
import { aboutNumbers, type Column, type ColumnForm } from '../data/readers/cells';
import type { FileOptions } from '../data/readers/files';
import type { Part } from '../data/readers/jsonl';
import type { SequenceModel } from '../models/sequence-model';
import type { TrainFlags } from './train-options';

/** What is known of the columns of a table. */
export type ColumnForms = Partial<Record<Part, ColumnForm>>;

const texts = ['text', 'lists'] as const;

const numbers = ['numbers'] as const;

const answer = { needs: 'a right answer' };

/** What the options of a training say of the columns. */
export function formsToTrain(
  mode: Mode,
  { input, output, context, ctc, crf }: Pick<TrainFlags, 'input' | 'output' | 'context' | 'ctc' | 'crf'>,
): ColumnForms {
  if (mode === 'one-to-many') return { x: contextForm(context), y: { ...sequenceForm(input), ...answer } };
  const kind = ctc === true || crf !== undefined ? 'classes' : output;
  return { x: { ...sequenceForm(input), single: 'rows' }, y: answerForm(mode, kind) };
}

/** What a model reads. */
export function formsOf({ mode, architecture }: SequenceModel): ColumnForms {
  if ('sequence' in architecture) {
    const { context, sequence } = architecture;
    return { x: contextForm(context), y: { ...sequenceForm(sequence.kind), ...answer } };
  }
  const { input, output } = architecture;
  return { x: { ...sequenceForm(input.kind), single: 'rows' }, y: answerForm(mode, output.kind) };
}

/** Those of the training data for the validation data, and what is to be told of them. */
export class TrainingColumns {
  readonly forms: ColumnForms;

  constructor(
    forms: ColumnForms,
    private readonly tell: (message: string) => void,
  ) {
    this.forms = { ...forms };
  }

  readonly found: NonNullable<FileOptions['onColumn']> = (part: Part, column: Column, name: string) => {
    const form = this.forms[part] ?? {};
    const open = form.kinds === undefined;
    this.forms[part] = { ...form, kinds: column.kind === 'numbers' ? numbers : texts };
    if (open && column.numbers !== undefined && form.single !== undefined) {
      this.tell(aboutNumbers(part, name, column));
    }
  };
}

function sequenceForm(input: TrainFlags['input']): ColumnForm {
  if (input === undefined) return {};
  return { kinds: input === 'features' || input === 'multihot' ? numbers : texts };
}

function answerForm(mode: Mode, output: OutputKind | undefined): ColumnForm {
  const form = { ...answer, single: mode === 'many-to-one' ? ('row' as const) : ('rows' as const) };
  if (output === undefined) return { ...form, labels: true };
  return { ...form, kinds: output === 'classes' ? texts : numbers };
}

function contextForm(context: TrainFlags['context']): ColumnForm {
  const form = { needs: 'a context', single: 'row' as const };
  switch (context) {
    case 'class':
      return { ...form, kinds: texts };
    case 'values':
      return { ...form, kinds: numbers };
    default:
      return { ...form, labels: true };
  }
}
