import type { InputSpec, OutputSpec } from '../../architecture/architecture';
import { BpttError } from '../../support/errors';
import { found } from '../../support/found';
import { isFloat32Array, isInt32Array } from '../../support/realms';
import { WorkSlice } from '../../support/work-slice';
import { indexList } from '../active-indexes';
import { locate as byPlace, type Locate } from '../example';
import { isNumberList } from '../rows';
import type { Tokenizer } from '../text/tokenizer';

/** Whether a model has one result for a sequence or one for each step. */
export type Per = 'sequence' | 'step';

type Hints<Spec> = { kind?: Spec extends { kind: infer K } ? K : never } & Partial<Record<string, unknown>>;

/** Input options of which even the kind may be left out. */
export type InputHints = Hints<InputSpec>;

/** Output options of which even the kind may be left out. */
export type OutputHints = Hints<OutputSpec>;

const name = {
  tokens: 'tokens (a string, strings or ids)',
  features: 'features (rows of numbers)',
  classes: 'classes (labels)',
  values: 'values (numbers)',
};

/**
 * The input options, with kind and size taken from the data where they are silent: x a string, strings or an
 * `Int32Array` → tokens; rows of numbers → features, as many as the first row has. Lists of active indexes look
 * like rows of numbers, so `multihot` has to be said. Empty sequences fit any kind.
 *
 * @param strings how strings are cut into tokens where the hints do not say; default words.
 * @throws BpttError `ERR_DATA` naming the first example that is of another kind than those before, or of none;
 * `ERR_OPTION` when the data do not tell.
 */
export async function inferInput(
  hints: InputHints,
  sequences: readonly unknown[],
  { locate = byPlace(sequences), strings = 'words' }: { locate?: Locate; strings?: Tokenizer } = {},
): Promise<InputSpec> {
  const kind = hints.kind ?? (await commonKind(sequences, inputKind, locate, '--input'));
  const spec: Record<string, unknown> = { ...hints, kind };
  if (kind === 'tokens') spec['tokenizer'] ??= strings;
  if (kind === 'features') spec['size'] ??= featureSize(sequences, locate);
  if (kind === 'multihot') spec['size'] ??= await indexSize(sequences, 'step', locate);
  return spec as unknown as InputSpec;
}

/**
 * The output options, with kind and size taken from the data where they are silent: y a string or strings →
 * classes; numbers → values, as many as the first example has.
 *
 * @throws BpttError as `inferInput`.
 */
export async function inferOutput(
  hints: OutputHints,
  targets: readonly unknown[],
  per: Per,
  locate: Locate = byPlace(targets),
): Promise<OutputSpec> {
  const kind = hints.kind ?? (await commonKind(targets, outputKind, locate, '--output'));
  const spec: Record<string, unknown> = { ...hints, kind };
  if (kind === 'values') spec['size'] ??= valuesSize(targets, per, locate);
  if (kind === 'multihot') spec['size'] ??= await indexSize(targets, per, locate);
  return spec as unknown as OutputSpec;
}

/** The number of features: that of the first row. */
export function featureSize(sequences: readonly unknown[], locate: Locate): number {
  return rowSize(sequences, locate, 'the number of features', '--input-size');
}

/** The number of values: that of the first target (`sequence`) or of its first row (`step`). */
export function valuesSize(targets: readonly unknown[], per: Per, locate: Locate): number {
  if (per === 'step') return rowSize(targets, locate, 'the number of values a step', '--output-size');
  const [first] = targets;
  if (typeof first === 'number') return 1;
  if (isNumberList(first) && first.length > 0) return first.length;
  throw new BpttError(
    'ERR_DATA',
    `${locate(0)}: expected a list of at least one number, found ${found(first)}.`,
  );
}

/** One more than the largest index. */
export async function indexSize(
  lists: readonly unknown[],
  per: Per,
  locate: Locate,
  slice = new WorkSlice(),
): Promise<number> {
  let largest = -1;
  for (const [i, list] of lists.entries()) {
    if (!Array.isArray(list)) {
      throw new BpttError(
        'ERR_DATA',
        `${locate(i)}: expected lists of active indexes, found ${found(list)}. (An array of 0 and 1 needs the size option.)`,
      );
    }
    const sets: readonly unknown[] = per === 'step' ? list : [list];
    await slice.inPieces(sets.length, (begin, end) => {
      for (let step = begin; step < end; step++) {
        const where = per === 'step' ? `${locate(i)}, step ${step}` : locate(i);
        for (const index of indexList(sets[step], where)) if (index > largest) largest = index;
      }
    });
  }
  if (largest < 0) {
    throw new BpttError('ERR_OPTION', 'No index is active in any example, so the size has to be given.');
  }
  return largest + 1;
}

function rowSize(lists: readonly unknown[], locate: Locate, what: string, option: string): number {
  for (const [i, rows] of lists.entries()) {
    if (isFloat32Array(rows)) {
      throw new BpttError(
        'ERR_OPTION',
        `${locate(i)} is a Float32Array, which does not tell ${what}: give the size option (${option}).`,
      );
    }
    if (!Array.isArray(rows)) {
      throw new BpttError('ERR_DATA', `${locate(i)}: expected rows of numbers, found ${found(rows)}.`);
    }
    if (rows.length === 0) continue;
    const row: unknown = rows[0];
    if (isNumberList(row) && row.length > 0) return row.length;
    throw new BpttError(
      'ERR_DATA',
      `${locate(i)}, step 0: expected a list of at least one number, found ${found(row)}.`,
    );
  }
  throw new BpttError('ERR_OPTION', `No example has a step, so ${what} has to be given (${option}).`);
}

type Kind = keyof typeof name;

/** The kind all have that are not empty. */
async function commonKind(
  values: readonly unknown[],
  kindOf: (value: unknown, where: string) => Kind | undefined,
  locate: Locate,
  option: string,
): Promise<Kind> {
  const slice = new WorkSlice();
  let common: Kind | undefined;
  let first = 0;
  for (const [i, value] of values.entries()) {
    if (slice.spent) await slice.pause();
    const kind = kindOf(value, locate(i));
    if (kind === undefined || kind === common) continue;
    if (common !== undefined) {
      throw new BpttError(
        'ERR_DATA',
        `${locate(i)}: expected ${name[common]} as in ${locate(first)}, found ${name[kind]}: ${found(value)}.`,
      );
    }
    common = kind;
    first = i;
  }
  if (common === undefined) {
    throw new BpttError('ERR_OPTION', `All sequences are empty, so the kind has to be given (${option}).`);
  }
  return common;
}

function inputKind(x: unknown, where: string): Kind | undefined {
  if (typeof x === 'string' || isInt32Array(x)) return 'tokens';
  if (isFloat32Array(x)) return 'features';
  if (Array.isArray(x)) {
    if (x.length === 0) return undefined;
    if (typeof x[0] === 'string') return 'tokens';
    if (isNumberList(x[0]) && (x[0].length === 0 || typeof x[0][0] === 'number')) return 'features';
    if (typeof x[0] === 'number') {
      throw new BpttError(
        'ERR_DATA',
        `${where}: x is a flat list of numbers; features are a list for each step, such as [[1], [2]], and token ids an Int32Array.`,
      );
    }
  }
  throw new BpttError(
    'ERR_DATA',
    `${where}: x must be a string, strings, rows of numbers, an Int32Array or a Float32Array, found ${found(x)}.`,
  );
}

function outputKind(y: unknown, where: string): Kind | undefined {
  if (typeof y === 'string') return 'classes';
  if (isFloat32Array(y)) return 'values';
  if (Array.isArray(y)) {
    if (y.length === 0) return undefined;
    if (typeof y[0] === 'string') return 'classes';
    if (typeof y[0] === 'number') return 'values';
    if (isNumberList(y[0]) && (y[0].length === 0 || typeof y[0][0] === 'number')) return 'values';
  }
  const hint =
    typeof y === 'number' || typeof y === 'boolean'
      ? ` Write "${String(y)}" for a label${typeof y === 'number' ? `, [${y}] for a value` : ''}.`
      : '';
  throw new BpttError(
    'ERR_DATA',
    `${where}: y must be a label, labels, numbers or rows of numbers, found ${found(y)}.${hint}`,
  );
}
