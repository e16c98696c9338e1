import type * as machineryModule from './machinery';

/**
 * What a program needs only once it makes, trains, uses or loads a model; `require('bptt')` does not wait for it. The schemas of
 * options alone take as long to load as everything else together.
 */
export function machinery(): typeof machineryModule {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- by a plain name, which bundlers can follow
  return require('./machinery') as typeof machineryModule;
}
