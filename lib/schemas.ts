import type * as architecture from './architecture-schema';
import type * as options from './options-schema';
import type * as record from './record-schema';

/**
 * The option schemas, loaded when the first options are checked: the schema library takes about as long to
 * load as everything else together, and `require('bptt')` should not wait for it.
 */
export function architectureSchema(): typeof architecture {
  return module.require('./architecture-schema') as typeof architecture;
}

export function optionsSchema(): typeof options {
  return module.require('./options-schema') as typeof options;
}

export function recordSchema(): typeof record {
  return module.require('./record-schema') as typeof record;
}
