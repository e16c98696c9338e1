// Looks at the binaries in prebuilds/: the right kind of file, stripped, small, content with an old glibc.
//
//   npm run check:prebuilds              those that are there
//   npm run check:prebuilds -- --all     and none of the published platforms may be missing
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { faultsOf, glibcNeeded } from './prebuild-faults.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'prebuilds');

const published = [
  ...['linux-x64/bptt.glibc.node', 'linux-x64/bptt.musl.node'],
  ...['linux-arm64/bptt.glibc.node', 'linux-arm64/bptt.musl.node'],
  ...['darwin-x64/bptt.node', 'darwin-arm64/bptt.node'],
  ...['win32-x64/bptt.node', 'win32-arm64/bptt.node'],
];

const { all } = parseArgs({ options: { all: { type: 'boolean', default: false } } }).values;
const found = readdirSync(folder, { recursive: true })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.node'))
  .sort();
const faults = found.flatMap((path) => {
  const bytes = readFileSync(join(folder, path));
  const glibc = glibcNeeded(bytes);
  console.log(`${path}: ${bytes.length} bytes${glibc ? `, glibc ${glibc}` : ''}`);
  return faultsOf(path, bytes).map((fault) => `${path} ${fault}`);
});
if (all) faults.push(...published.filter((path) => !found.includes(path)).map((path) => `${path} is missing`));
for (const fault of faults) console.error(`prebuilds/${fault}`);
if (faults.length > 0) process.exitCode = 1;
