import { readBy, type ModelForm } from './architecture';

/** The architecture as it is written into a file: vocabularies stand elsewhere. */
export function describedForm(open: ModelForm): ModelForm {
  const form = withScale(open);
  const input = readBy(form);
  if (input.kind !== 'tokens') return form;
  const { vocabulary: _vocabulary, ...described } = input;
  return 'sequence' in form ? { ...form, sequence: described } : { ...form, input: described };
}

/** The form with the default of what it leaves open until the first training. */
function withScale(form: ModelForm): ModelForm {
  return 'output' in form && form.output.kind === 'values' && form.output.normalize === undefined
    ? { ...form, output: { ...form.output, normalize: true } }
    : form;
}

/** What makes a result depend on steps to come. */
export function looksAhead(form: ModelForm & { crf?: unknown }): string | undefined {
  const { bidirectional, crf = false } = form;
  const input = readBy(form);
  if (bidirectional) return 'is bidirectional';
  if (input.kind === 'tokens' && input.window > 0) return 'has a window';
  return crf === false ? undefined : 'has a crf, which chooses the labels of a sequence together';
}
