import { BpttError } from '../support/errors';

/** The error for options that do not go together. */
export function usageError(message: string): BpttError {
  return new BpttError('ERR_OPTION', message);
}

/** An option that would have no effect is an error: `names` are those of the parsed options, such as `minCount`. */
export function refuse<F extends object>(
  flags: F,
  names: readonly (keyof F & string)[],
  reason: string,
): void {
  const given = names.find((name) => flags[name] !== undefined);
  if (given !== undefined) {
    throw usageError(`option ${flagName(given)} ${reason}.`);
  }
}

/** `minCount` → `--min-count`. */
export function flagName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
