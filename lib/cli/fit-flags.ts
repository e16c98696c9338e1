import type * as v from 'valibot';

import { fitOptions, fitOptionsWhere, type FlaggedOption } from '../options/fit-options';
import type { FitOptions } from '../options/options';
import type { AddOption } from './add-option';
import { asOption } from './option-values';
import { flagName } from './usage';

/** The options of `fit` that `train` has under the same names, as they are parsed; what is not given has the library's default. */
export type FitFlags = Pick<FitOptions, FlaggedOption>;

export const fitFlags = fitOptionsWhere(({ flag }) => flag !== undefined) as FlaggedOption[];

/** Those that need validation data. */
export const validationFlags = fitOptionsWhere(
  ({ flag, needs }) => flag !== undefined && needs === 'validation',
) as FlaggedOption[];

export function addFitFlags(add: AddOption): void {
  for (const name of fitFlags) {
    const { value, flag }: { value: v.GenericSchema; flag: Flag } = fitOptions[name];
    const choices = 'options' in value ? (value.options as string[]) : undefined;
    add(`${flagName(name)} <${flag.value}>`, flag.help, {
      ...(choices === undefined ? { parse: asOption(value) } : { choices }),
      ...(flag.default !== undefined && { default: flag.default }),
    });
  }
}

interface Flag {
  value: string;
  help: string;
  default?: unknown;
}
