#!/usr/bin/env node
// bptt-build: compiles the addon from the sources in this package, with plain CMake and no download.
// Arguments go to the configuring cmake, e.g. npx bptt-build -G Ninja -DCMAKE_CXX_COMPILER=clang++
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

const usage = `Usage: bptt-build [cmake options]

Compiles the addon of bptt from the sources in the package, into build/Release/bptt.node, where it is found before the
prebuilt ones. Needs CMake 3.18 or newer and a C++17 compiler; nothing is downloaded.

Options go to the configuring cmake:
  bptt-build -G Ninja -DCMAKE_CXX_COMPILER=clang++

  -h, --help     this text
  -V, --version  the version of bptt`;

if (process.argv.slice(2).some((option) => option === '-h' || option === '--help')) {
  console.log(usage);
  process.exit(0);
}
if (process.argv.slice(2).some((option) => option === '-V' || option === '--version')) {
  console.log(require('../package.json').version);
  process.exit(0);
}

function fail(message) {
  console.error(`bptt-build: ${message}`);
  process.exit(1);
}

function folderOf(file) {
  try {
    return dirname(require.resolve(file));
  } catch {
    return fail(`${file} was not found; install the dependencies of bptt first (npm install)`);
  }
}

function cmake(args) {
  const { status, error } = spawnSync('cmake', args, { cwd: root, stdio: 'inherit' });
  if (error?.code === 'ENOENT') {
    fail(
      'cmake was not found; install CMake 3.18 or newer and a C++17 compiler (GCC 9, Clang 10, MSVC 2019 or newer)',
    );
  }
  if (error) fail(error.message);
  if (status !== 0)
    fail(`cmake ${args[0] === '--build' ? 'could not build' : 'could not configure'} the addon (see above)`);
}

// Folders, not files, whose names the packages have kept from release to release.
const headers = join(folderOf('node-api-headers/package.json'), 'include');
const addonApi = folderOf('node-addon-api/package.json');

// A folder of its own: whatever generator made build/ before does not matter, and the objects, a few hundred megabytes,
// go away with it.
const work = mkdtempSync(join(root, 'build-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

cmake([
  ...['-S', root, '-B', work, '-DCMAKE_BUILD_TYPE=Release'],
  ...[`-DNODE_API_HEADERS_DIR=${headers}`, `-DNODE_ADDON_API_DIR=${addonApi}`],
  ...process.argv.slice(2),
]);
cmake(['--build', work, '--config', 'Release', '--parallel', String(availableParallelism())]);

const built = join(work, 'Release', 'bptt.node');
const addon = join(root, 'build', 'Release', 'bptt.node');
if (!existsSync(built)) fail(`${built} was not made`);
mkdirSync(dirname(addon), { recursive: true });
renameSync(built, addon);
try {
  const { isa, threads } = require(addon).system();
  console.log(`Built ${addon} (${isa}, ${threads} threads)`);
} catch (error) {
  fail(`${addon} was built but cannot be loaded: ${error.message}`);
}
