import * as v from 'valibot';

import type { Precision } from '../../binding';
import { isVocabulary, ownVocabulary, type Vocabulary } from '../data/text/vocabulary';
import { distinctStrings } from '../support/distinct-strings';
import { BpttError } from '../support/errors';
import { maximumUnits } from '../support/option-bounds';
import {
  checked,
  choice,
  finite,
  flag,
  kindOrOptions,
  layers,
  offOrOptions,
  options,
  seed,
  share,
  size,
  threads,
  units,
  whole,
} from '../support/validation';
import type { ManyToManyForm, ManyToOneForm, OneToManyForm, Scale, StackForm } from './architecture';

/** Left out where it is false: earlier versions read a model without it. */
const on = v.pipe(
  v.optional(flag),
  v.transform((value) => value === true || undefined),
);

export const cell = kindOrOptions(
  v.variant('kind', [
    options({
      kind: v.literal('rnn'),
      activation: v.optional(choice('tanh', 'relu', 'sigmoid', 'identity'), 'tanh'),
    }),
    v.pipe(
      options({
        kind: v.literal('gru'),
        reset: v.optional(choice('after', 'before'), 'after'),
        layerNorm: on,
      }),
      v.forward(
        v.check(
          ({ reset, layerNorm }) => reset === 'after' || layerNorm === undefined,
          '"after" where there is layerNorm',
        ),
        ['reset'],
      ),
    ),
    options({
      kind: v.literal('lstm'),
      forgetBias: v.optional(finite, 1),
      peepholes: on,
      projection: v.optional(units),
      layerNorm: on,
    }),
    options({ kind: v.literal('mingru') }),
  ]),
);

const stack = {
  cell,
  hidden: units,
  layers: v.optional(layers, 1),
  bidirectional: v.optional(flag, false),
  seed: v.optional(seed, 1),
};

const dropout = v.pipe(
  v.unknown(),
  v.transform((value) =>
    typeof value === 'number' ? { input: value, between: value, output: value } : value,
  ),
  options({
    input: v.optional(share, 0),
    between: v.optional(share, 0),
    recurrent: v.optional(share, 0),
    output: v.optional(share, 0),
  }),
);

const characterSizes = options({ embedding: v.optional(units, 30), hidden: v.optional(units, 50) });

const characters = offOrOptions(characterSizes);

/** A scale of as many numbers as there are. */
const normalize = v.pipe(
  v.custom<boolean | Scale>(
    (value) => typeof value === 'boolean' || isScale(value),
    'true, false or { mean, deviation } with as many numbers each, the deviations greater than 0',
  ),
  v.transform((value) => (typeof value === 'boolean' ? value : ownScale(value))),
);

function isScale(value: unknown): value is Scale {
  const { mean, deviation, ...others } = (
    typeof value === 'object' && value !== null ? value : {}
  ) as Partial<Record<string, unknown>>;
  return (
    Array.isArray(mean) &&
    Array.isArray(deviation) &&
    mean.length > 0 &&
    mean.length === deviation.length &&
    // `every` passes over holes in a list, `from` makes something of them.
    Array.from(mean).every(Number.isFinite) &&
    Array.from(deviation).every((number) => Number.isFinite(number) && number > 0) &&
    Object.keys(others).length === 0
  );
}

function ownScale({ mean, deviation }: Scale): Scale {
  return Object.freeze({ mean: ownList(mean), deviation: ownList(deviation) });
}

/** A copy that nobody can change; the caller's own list may be. */
function ownList<T>(list: readonly T[]): T[] {
  return Object.freeze([...list]) as T[];
}

function scaleFits(scale: boolean | Scale | undefined, given: number | undefined): boolean {
  return typeof scale !== 'object' || given === undefined || scale.mean.length === given;
}

const scaleSize = 'a scale of as many numbers as the option "size" says';

const features = v.pipe(
  options({ kind: v.literal('features'), size: v.optional(size), normalize: v.optional(normalize, true) }),
  v.forward(
    v.check((spec) => scaleFits(spec.normalize, spec.size), scaleSize),
    ['normalize'],
  ),
);

export const values = v.pipe(
  options({ kind: v.literal('values'), size: v.optional(size), normalize: v.optional(normalize) }),
  v.forward(
    v.check((spec) => scaleFits(spec.normalize, spec.size), scaleSize),
    ['normalize'],
  ),
);

export const vocabulary = v.pipe(
  v.custom<Vocabulary>(isVocabulary, 'a Vocabulary'),
  v.transform(ownVocabulary),
);

const tokens = {
  vocabulary: v.optional(vocabulary),
  embedding: v.optional(units, 64),
  minCount: v.optional(size, 1),
};

const tokenizer = choice('words', 'characters');

const multihot = options({
  kind: v.literal('multihot'),
  size: v.optional(size),
  embedding: v.optional(whole(0, maximumUnits), 64),
});

const input = v.variant('kind', [
  options({
    kind: v.literal('tokens'),
    tokenizer: v.optional(tokenizer, 'words'),
    ...tokens,
    window: v.optional(whole(0, 1024), 0),
    characters: v.optional(characters, false),
  }),
  features,
  multihot,
]);

/** What is written cannot be looked at beforehand, and a symbol that is emitted is one of those known. */
const sequence = v.variant('kind', [
  options({
    kind: v.literal('tokens'),
    tokenizer: v.optional(tokenizer, 'characters'),
    ...tokens,
    window: v.optional(v.literal(0, '0 in a model that writes sequences: there is nothing behind a step'), 0),
    characters: v.optional(
      v.literal(false, 'false in a model that writes sequences: it knows the symbols it can write'),
      false,
    ),
  }),
  features,
  multihot,
]);

const differentStrings = 'an array of different strings, at least one';

const labels = v.pipe(
  v.custom<string[]>((value) => Array.isArray(value) && value.length > 0, differentStrings),
  v.transform((list) => {
    const strings = distinctStrings(list);
    return typeof strings === 'number' ? list : (strings.names as string[]);
  }),
  // Of the copy it is known.
  v.custom<string[]>((list) => typeof distinctStrings(list as unknown[]) === 'object', differentStrings),
);

export const classes = options({ kind: v.literal('classes'), labels: v.optional(labels) });

const output = v.variant('kind', [
  classes,
  values,
  options({ kind: v.literal('multihot'), size: v.optional(size) }),
]);

export const architecture = { ...stack, dropout: v.optional(dropout, 0), input, output };

const recurrent = options({
  ...stack,
  input: units,
  threads: v.optional(threads),
  precision: v.optional(choice('float32', 'bfloat16'), 'float32'),
});

const manyToOne = options({
  ...architecture,
  pooling: v.optional(choice('last', 'mean', 'max', 'attention'), 'last'),
});

const crfOptions = options({ transitions: v.optional(choice('scheme', 'all'), 'scheme') });

const crf = offOrOptions(crfOptions);

const manyToMany = v.pipe(
  options({
    ...architecture,
    alignment: v.optional(choice('steps', 'ctc'), 'steps'),
    crf: v.optional(crf, false),
  }),
  v.forward(
    v.check((form) => form.crf === false || form.alignment === 'steps', '"steps" where there is a crf'),
    ['alignment'],
  ),
  v.forward(
    v.check((form) => form.crf === false || form.output.kind === 'classes', '"classes" where there is a crf'),
    ['output', 'kind'],
  ),
  v.forward(
    v.check(
      ({ alignment, output: { kind } }) => alignment !== 'ctc' || kind === 'classes',
      '"classes" where alignment is "ctc"',
    ),
    ['output', 'kind'],
  ),
);

const oneToMany = options({
  ...stack,
  bidirectional: v.optional(
    v.literal(false, 'false in a model that writes sequences: there is nothing to be read from the end'),
    false,
  ),
  dropout: v.optional(dropout, 0),
  sequence,
  context: v.optional(choice('none', 'class', 'values'), 'none'),
});

export interface RecurrentForm extends StackForm {
  input: number;
  threads?: number | undefined;
  precision: Precision;
}

/** The form, of which the cell fits what stands beside it. Errors: `ERR_OPTION`. */
function withCell<F extends Pick<StackForm, 'cell' | 'hidden'> & { dropout?: { recurrent: number } }>(
  owner: string,
  form: F,
): F {
  checkCell(owner, form, form.dropout?.recurrent);
  return form;
}

/** What an option of a cell by itself does not show; `at` stands before the names. Errors: `ERR_OPTION`. */
export function checkCell(
  owner: string,
  { cell, hidden }: Pick<StackForm, 'cell' | 'hidden'>,
  dropout = 0,
  at = '',
): void {
  if (cell.kind === 'lstm' && cell.projection !== undefined && cell.projection >= hidden) {
    throw new BpttError(
      'ERR_OPTION',
      `${owner}: option "${at}cell.projection" must be less than hidden, ${hidden}; found ${cell.projection}.`,
    );
  }
  if (cell.kind === 'mingru' && dropout > 0) {
    throw new BpttError(
      'ERR_OPTION',
      `${owner}: option "dropout.recurrent" must be 0 with a ${at}cell whose state enters no product, a mingru; found ${dropout}.`,
    );
  }
}

export function checkRecurrent(value: unknown): RecurrentForm {
  return withCell('Recurrent', checked('Recurrent', recurrent, value));
}

export function checkManyToOne(value: unknown): ManyToOneForm {
  return withCell('ManyToOne', checked('ManyToOne', manyToOne, value));
}

export function checkManyToMany(value: unknown): ManyToManyForm {
  return withCell('ManyToMany', checked('ManyToMany', manyToMany, value));
}

export function checkOneToMany(value: unknown): OneToManyForm {
  return withCell('OneToMany', checked('OneToMany', oneToMany, value));
}
