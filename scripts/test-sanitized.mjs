// Builds the core's tests and the addon with sanitizers and runs them; the first finding ends it.
//   npm run test:sanitize [-- address | thread] [--all | --brief]
// address: addresses and undefined behaviour, over the core's tests and over tests that use the addon from JavaScript.
// thread: data races, over those of the core's tests that have threads.
// Without --all only the best instruction set of this machine is built and tried, and what runs the same code thousands of
// times (differences of losses, frequencies of samples) is left out. --brief leaves the core's tests to `thread`, whose build is
// done in half the time, and looks for bad addresses through the addon alone. GCC on Linux; after `npm run build`.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const {
  values: { all, brief },
  positionals: wanted,
} = parseArgs({ allowPositionals: true, options: { all: { type: 'boolean' }, brief: { type: 'boolean' } } });

/** Parts of the names of the core's tests in which threads share something. */
const threaded = ['thread', 'at the same time', 'chunks', 'snapshot', 'stopped', 'stop when', 'carries'];

/** Of tests of the core that try the same code many thousand times; the rest has what they try. */
const repetitive = ['-gradients', '-chosen with the probability'];

/** Test files through which the addon's own code is reached. */
const throughAddon = [
  'test/addon/',
  'faults/workers',
  'fuzz',
  'model-file/model-file',
  'recurrent.test',
  'safetensors',
  'sequence-model',
  'stream',
];

function run(command, args, env = {}) {
  console.log(`== ${[command, ...args].join(' ')}`);
  const { status, signal, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (error) throw error;
  if (status !== 0) {
    console.error(`== ${command} ended with ${signal ?? status}`);
    process.exit(1);
  }
}

function build(folder, sanitizers, { tests, addon }) {
  const { isa, isas } = require('../dist').system;
  const options = {
    BPTT_TESTS: tests ? 'ON' : 'OFF',
    BPTT_ADDON: addon ? 'ON' : 'OFF',
    BPTT_SANITIZE: sanitizers,
    BPTT_SETS: (all ? isas : [isa]).join(';'),
    CMAKE_BUILD_TYPE: 'Release',
    // Much faster to compile, and what is checked stays where it was written.
    CMAKE_CXX_FLAGS_RELEASE: '-O1',
  };
  const definitions = Object.entries(options).map(([key, value]) => `-D${key}=${value}`);
  run('cmake', ['-S', '.', '-B', folder, ...definitions]);
  run('cmake', ['--build', folder, '--parallel', String(availableParallelism())]);
  return join(root, folder, 'Release');
}

/** The library that has to be in the process before any other. */
function runtime(name) {
  const { stdout } = spawnSync(process.env.CXX ?? 'c++', [`-print-file-name=${name}`], { encoding: 'utf8' });
  return stdout.trim();
}

function address() {
  const folder = build('build-address', 'address,undefined', { tests: !brief, addon: true });
  if (!brief) run(join(folder, 'bptt_core_tests'), all ? [] : repetitive);
  run('npx', ['jest', '--ci', '--runInBand', ...throughAddon], {
    LD_PRELOAD: runtime('libasan.so'),
    // Node.js keeps much until its end, and does not give it back then. What is too large to be had is an error, not the end.
    ASAN_OPTIONS: 'detect_leaks=0:allocator_may_return_null=1',
    BPTT_SANITIZED_ADDON: join(folder, 'bptt.node'),
    NODE_OPTIONS: `--require ${join(root, 'test', 'sanitized', 'load-addon.js')}`,
  });
}

function thread() {
  const folder = build('build-thread', 'thread', { tests: true, addon: false });
  run(join(folder, 'bptt_core_tests'), threaded, { TSAN_OPTIONS: 'halt_on_error=1' });
}

const parts = { address, thread };
for (const part of wanted.length > 0 ? wanted : Object.keys(parts)) parts[part]();
