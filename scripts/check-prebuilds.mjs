// Looks at the binaries in prebuilds/: the right kind of file, stripped, small, content with an old glibc.
//
//   npm run check:prebuilds              those that are there
//   npm run check:prebuilds -- --all     and none of the published platforms may be missing
//
// A folder may be named instead of prebuilds/.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { faultsOf, glibcNeeded } from './prebuild-faults.mjs';

const published = [
  ...['linux-x64/bptt.glibc.node', 'linux-x64/bptt.musl.node'],
  ...['linux-arm64/bptt.glibc.node', 'linux-arm64/bptt.musl.node'],
  ...['darwin-x64/bptt.node', 'darwin-arm64/bptt.node'],
  ...['win32-x64/bptt.node', 'win32-arm64/bptt.node'],
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean', default: false } },
});
const folder = positionals[0] ?? join(dirname(fileURLToPath(import.meta.url)), '..', 'prebuilds');
const found = (existsSync(folder) ? readdirSync(folder, { recursive: true }) : [])
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.node'))
  .sort();
const faults = found.flatMap((path) => {
  const bytes = readFileSync(join(folder, path));
  const glibc = glibcNeeded(bytes);
  console.log(`${path}: ${bytes.length} bytes${glibc ? `, glibc ${glibc}` : ''}`);
  return faultsOf(path, bytes).map((fault) => `${path} ${fault}`);
});
if (found.length === 0) faults.push(`${folder} holds no binary; npm run prebuilds makes one`);
if (values.all) {
  const missing = published.filter((path) => !found.includes(path));
  faults.push(...missing.map((path) => `${path} is missing`));
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
