import type { Alignment, ModelForm, OutputKind, SequenceKind } from '../architecture/architecture';
import { BpttError } from '../support/errors';

/** What a caller expects of a saved model; `load` looks whether it is so. */
export interface LoadOptions<K extends OutputKind = OutputKind> {
  /** Kind of the output. Default: any. */
  output?: K | undefined;
}

/** Of many-to-many models. */
export interface LoadStepsOptions<
  K extends OutputKind = OutputKind,
  A extends Alignment = 'steps',
> extends LoadOptions<K> {
  /** `steps` or `ctc`. Default: any. */
  alignment?: A | undefined;
}

/** Of encoder–decoder models. */
export type LoadDecoderOptions<K extends 'classes' | 'values' = 'classes' | 'values'> = LoadOptions<K>;

/** Of one-to-many models. */
export interface LoadWriterOptions<K extends SequenceKind = SequenceKind> {
  /** Kind of the sequences it writes. Default: any. */
  sequence?: K | undefined;
}

/** The same, checked, whatever the mode. */
export interface LoadForm {
  output?: OutputKind | undefined;
  alignment?: Alignment | undefined;
  sequence?: SequenceKind | undefined;
}

/** Errors: `ERR_FORMAT` where the model in a file is not what was expected. */
export function checkLoaded(
  path: string,
  form: ModelForm & { alignment?: Alignment },
  expected: LoadForm,
): void {
  const found: LoadForm =
    'sequence' in form
      ? { sequence: form.sequence.kind }
      : { output: form.output.kind, alignment: form.alignment };
  for (const name of ['output', 'alignment', 'sequence'] as const) {
    if (expected[name] !== undefined && expected[name] !== found[name]) {
      throw new BpttError(
        'ERR_FORMAT',
        `"${path}" holds a model with ${name} "${found[name]}"; expected "${expected[name]}".`,
      );
    }
  }
}
