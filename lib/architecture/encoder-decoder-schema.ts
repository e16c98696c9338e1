import * as v from 'valibot';

import { checked, choice, layers, number, options, size, units } from '../support/validation';
import type { EncoderDecoderForm, ValuesOutput } from './architecture';
import { architecture, cell, checkCell, classes, values, vocabulary } from './architecture-schema';

const share = number((value) => value >= 0 && value <= 1, 'a number from 0 to 1');

/** Of a decoder: a window would have to look ahead, and the scale of what it reads is that of what it emits. */
const read = v.variant('kind', [
  options({
    kind: v.literal('tokens'),
    tokenizer: v.optional(choice('words', 'characters'), 'words'),
    vocabulary: v.optional(vocabulary),
    embedding: v.optional(units, 64),
    minCount: v.optional(size, 1),
  }),
  options({ kind: v.literal('features'), size: v.optional(size) }),
]);

const decoder = options({
  cell: v.optional(cell),
  hidden: v.optional(units),
  layers: v.optional(layers),
  input: v.optional(read),
});

const teacherForcing = v.pipe(
  v.unknown(),
  v.lazy((value) =>
    typeof value === 'object'
      ? options({ from: share, to: share, epochs: size })
      : number((given) => given >= 0 && given <= 1, 'a number from 0 to 1 or { from, to, epochs }'),
  ),
);

function sizeOf({ size: given, normalize }: ValuesOutput): number | undefined {
  return typeof normalize === 'object' ? normalize.mean.length : given;
}

const encoderDecoder = v.pipe(
  options({
    ...architecture,
    output: v.variant('kind', [classes, values]),
    decoder: v.optional(decoder, {}),
    attention: v.optional(choice('none', 'bahdanau', 'luong'), 'luong'),
    teacherForcing: v.optional(teacherForcing, 1),
  }),
  v.forward(
    v.check(
      ({ output, decoder: { input } }) =>
        input === undefined || (input.kind === 'tokens') === (output.kind === 'classes'),
      'an object whose kind is "tokens" where the output are classes, "features" where they are values',
    ),
    ['decoder', 'input'],
  ),
  v.forward(
    v.check(
      ({ output, decoder: { input } }) =>
        output.kind !== 'classes' ||
        output.labels === undefined ||
        input?.kind !== 'tokens' ||
        input.vocabulary === undefined,
      'left out where the decoder is given a vocabulary, which says the same',
    ),
    ['output', 'labels'],
  ),
  v.forward(
    v.check(
      ({ output, decoder: { input } }) =>
        output.kind !== 'values' ||
        input?.kind !== 'features' ||
        input.size === undefined ||
        input.size === (sizeOf(output) ?? input.size),
      'of the size of the output: what is emitted is what is read',
    ),
    ['decoder', 'input'],
  ),
);

export function checkEncoderDecoder(value: unknown): EncoderDecoderForm {
  const { decoder: given, ...form } = checked('EncoderDecoder', encoderDecoder, value);
  const kind = form.output.kind === 'classes' ? 'tokens' : 'features';
  const decoder = {
    cell: given.cell ?? form.cell,
    hidden: given.hidden ?? form.hidden,
    layers: given.layers ?? form.layers,
    input: given.input ?? v.parse(read, { kind }),
  };
  checkCell('EncoderDecoder', form, form.dropout.recurrent);
  checkCell('EncoderDecoder', decoder, form.dropout.recurrent, 'decoder.');
  return { ...form, decoder };
}
