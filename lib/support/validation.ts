import * as v from 'valibot';

import { BpttError } from './errors';
import { found } from './found';
import { maximumLayers, maximumSize, maximumThreads, maximumUnits } from './option-bounds';

/** The pieces option schemas are made of. The message of each says what is expected. */

export function whole(minimum: number, maximum: number = maximumSize) {
  return v.custom<number>(
    (value) => Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum,
    `a whole number from ${minimum} to ${maximum}`,
  );
}

export const size = whole(1);

export const units = whole(1, maximumUnits);

export const layers = whole(1, maximumLayers);

export const threads = whole(1, maximumThreads);

export const seed = whole(0, Number.MAX_SAFE_INTEGER);

/** A share that must leave something over: [0, 1). */
export const share = number((value) => value >= 0 && value < 1, 'a number from 0 to below 1');

export const positive = number((value) => value > 0, 'a number greater than 0');

export const notNegative = number((value) => value >= 0, 'a number of at least 0');

export const finite = number(() => true, 'a finite number');

export const flag = v.boolean('true or false');

export function number(holds: (value: number) => boolean, expected: string) {
  return v.custom<number>(
    (value) => typeof value === 'number' && Number.isFinite(value) && holds(value),
    expected,
  );
}

export function choice<const T extends readonly string[]>(...values: T) {
  return v.picklist(values, values.map((value) => `"${value}"`).join(' or '));
}

/** An object with these keys and no others. */
export function options<E extends v.ObjectEntries>(entries: E) {
  const known = Object.keys(entries).join(', ');
  return v.strictObject(entries, ({ expected }) => (expected === 'never' ? known : 'an object of options'));
}

/** Either the name of a kind alone or an object with that `kind` and options of its own. */
export function kindOrOptions<S extends v.GenericSchema>(schema: S) {
  return v.pipe(
    v.unknown(),
    v.transform((value) => (typeof value === 'string' ? { kind: value } : value)),
    schema,
  );
}

/** `false`, or an object of options; `true` stands for all defaults. */
export function offOrOptions<S extends v.GenericSchema>(schema: S) {
  return v.pipe(
    v.unknown(),
    v.transform((value) => (value === true ? {} : value)),
    v.lazy((value) =>
      typeof value === 'object' ? schema : v.literal(false, 'true, false or an object of options'),
    ),
  );
}

/** The checked value with its defaults, or `ERR_OPTION` with the option's path, what was expected and what came. */
export function checked<S extends v.GenericSchema>(
  owner: string,
  schema: S,
  value: unknown,
): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) {
    return result.output;
  }
  const [first] = result.issues;
  // What is missing may be there with a letter too few.
  const issue = isMissing(first) ? (v.safeParse(schema, value).issues?.find(isUnknown) ?? first) : first;
  throw new BpttError('ERR_OPTION', `${owner}: ${describe(issue)}`);
}

/** What was expected of a value that does not pass, with the path to what is wrong in it. */
export function expectation(schema: v.GenericSchema, value: unknown): string {
  const { issues } = v.safeParse(schema, value, { abortEarly: true });
  const path = issues?.[0].path?.map(({ key }) => String(key)).join('.');
  const message = issues === undefined ? '' : expected(issues[0]);
  return path === undefined || path === 'kind' ? message : `${path} to be ${message}`;
}

function isUnknown(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === 'strict_object' && issue.expected === 'never';
}

function isMissing(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === 'strict_object' && issue.input === undefined && issue.path !== undefined;
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = issue.path?.map(({ key }) => String(key)).join('.') ?? '';
  if (isUnknown(issue)) {
    return `unknown option "${path}"; expected one of ${issue.message}.`;
  }
  const option = path === '' ? 'the options' : `option "${path}"`;
  if (isMissing(issue)) {
    return `${option} is missing.`;
  }
  // What a check of several options together complains of is the one that the path leads to.
  const value = issue.kind === 'validation' ? issue.path?.at(-1)?.value : issue.input;
  return `${option} must be ${expected(issue)}; found ${found(value)}.`;
}

function expected(issue: v.BaseIssue<unknown>): string {
  if (issue.type !== 'variant') {
    return issue.message;
  }
  // Without a kind the library names what an object is; with a wrong one, the kinds there are.
  return issue.expected?.startsWith('(') === true
    ? issue.expected.slice(1, -1).replaceAll(' | ', ' or ')
    : 'an object with a kind';
}
