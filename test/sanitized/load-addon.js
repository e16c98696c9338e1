'use strict';
// Loaded before everything else (node --require) in tests of the addon that was built with sanitizers: whoever loads the
// addon of build/ gets that one, in worker threads and child processes too.
const { BPTT_SANITIZED_ADDON: sanitized } = process.env;
const { dlopen } = process;

process.dlopen = (module, path, ...flags) =>
  dlopen(module, path.endsWith('bptt.node') ? sanitized : path, ...flags);
