import { InvalidArgumentError } from 'commander';
import * as v from 'valibot';

import type { RowRange } from '../data/readers/files';
import { maximumSize, maximumUnits } from '../support/option-bounds';
import { expectation } from '../support/validation';

/** Readers of the values of options; what they refuse, the option's name is put before by the caller. */

export function whole(minimum: number, maximum = maximumSize): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`Expected a whole number from ${minimum} to ${maximum}.`);
    }
    return value;
  };
}

export function number(expected: string, holds: (value: number) => boolean): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || !holds(value)) {
      throw new InvalidArgumentError(`Expected ${expected}.`);
    }
    return value;
  };
}

export const positive = number('a number greater than 0', (value) => value > 0);

export const notNegative = number('a number of at least 0', (value) => value >= 0);

export const finite = number('a number', () => true);

const share = number('a number from 0 to below 1', (value) => value >= 0 && value < 1);

/** An option of the library, as it is written: a number, a text, or a kind with options of its own. */
export function asOption(schema: v.GenericSchema): (text: string) => unknown {
  return (text) => {
    const readings = [...numberIn(text), text.includes(',') ? withOptions(text) : text];
    const found = readings.find((reading) => v.is(schema, reading));
    if (found === undefined) throw new InvalidArgumentError(`Expected ${expectation(schema, readings[0])}.`);
    return found;
  };
}

function numberIn(text: string): number[] {
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? [] : [value];
}

/** `A,B,C`. */
export function names(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.includes('')) {
    throw new InvalidArgumentError('Expected names with commas between them, such as A,B.');
  }
  return parts;
}

/** `from:to`, `from:` or `:to`, counted from 0; the row `to` itself is not read. */
export function rowRange(text: string): RowRange {
  const [, from, to] = /^(\d*):(\d*)$/.exec(text) ?? [];
  if (from === undefined || to === undefined || (to !== '' && Number(to) <= Number(from))) {
    throw new InvalidArgumentError(
      'Expected from:to, such as 0:8640, with from < to; the row "to" itself is not read.',
    );
  }
  return { from: Number(from), ...(to !== '' && { to: Number(to) }) };
}

/** A kind with options of its own. */
export interface KindWithOptions {
  kind: string;
  [option: string]: string | number | boolean;
}

/** `kind` or `kind,option=value,…`. Which options a kind has, the library knows. */
export function kindWithOptions(...kinds: readonly string[]): (text: string) => KindWithOptions {
  return (text) => {
    const read = withOptions(text);
    if (!kinds.includes(read.kind)) {
      throw new InvalidArgumentError(`Expected one of ${kinds.join(', ')}.`);
    }
    return read;
  };
}

function withOptions(text: string): KindWithOptions {
  const [kind = '', ...rest] = text.split(',');
  const options = new Map(rest.map(assignment));
  if (options.size < rest.length || options.has('kind')) {
    throw new InvalidArgumentError('Expected each option behind the kind once.');
  }
  return { ...Object.fromEntries(options), kind };
}

const characterSizes = ['embedding', 'hidden'];

/** `part=n,…` of the sizes. */
export function characters(text: string): Record<string, number> {
  return namedNumbers(
    text,
    characterSizes,
    whole(1, maximumUnits),
    `Expected nothing, or size=number with commas between; the sizes are ${characterSizes.join(', ')}.`,
  );
}

const dropoutParts = ['input', 'between', 'recurrent', 'output'];

/** `p`, or `part=p,…` of the parts. */
export function dropout(text: string): number | Record<string, number> {
  if (!text.includes('=')) {
    return share(text);
  }
  return namedNumbers(
    text,
    dropoutParts,
    share,
    `Expected a number, or part=number with commas between; the parts are ${dropoutParts.join(', ')}.`,
  );
}

/** `name=number,…` of these names, each once at most. */
function namedNumbers(
  text: string,
  names: readonly string[],
  read: (text: string) => number,
  expected: string,
): Record<string, number> {
  const numbers = new Map<string, number>();
  for (const part of text.split(',')) {
    const [name = '', value, ...others] = part.split('=');
    if (value === undefined || others.length > 0 || !names.includes(name) || numbers.has(name)) {
      throw new InvalidArgumentError(expected);
    }
    numbers.set(name, read(value));
  }
  return Object.fromEntries(numbers);
}

const forcingParts = ['from', 'to', 'epochs'];

/** `p`, or `from=p,to=p,epochs=n`. */
export function teacherForcing(text: string): number | { from: number; to: number; epochs: number } {
  const wholeShare = number('a number from 0 to 1', (value) => value >= 0 && value <= 1);
  if (!text.includes('=')) {
    return wholeShare(text);
  }
  const expected = 'Expected a number from 0 to 1, or as in from=1,to=0.5,epochs=10.';
  const { from, to, epochs } = namedNumbers(text, forcingParts, finite, expected);
  if (from === undefined || to === undefined || epochs === undefined) {
    throw new InvalidArgumentError(expected);
  }
  return { from: wholeShare(String(from)), to: wholeShare(String(to)), epochs: whole(1)(String(epochs)) };
}

function assignment(text: string): [string, string | number | boolean] {
  const [, name, value] = /^([a-zA-Z]\w*)=(.+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError(`Expected option=value behind the kind, found "${text}".`);
  }
  if (value === 'true' || value === 'false') {
    return [name, value === 'true'];
  }
  const written = value.trim() === '' ? NaN : Number(value);
  return [name, Number.isNaN(written) ? value : written];
}
