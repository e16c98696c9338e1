// lib/ → dist/: what tsc emits, the files written by hand for `import`, and nothing left over from deleted sources.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const lib = join(root, 'lib');
const dist = join(root, 'dist');

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.json')], {
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);

for (const name of ['index.mjs', 'index.d.mts', 'unbundled.mjs'])
  copyFileSync(join(lib, name), join(dist, name));

for (const file of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!file.isFile()) continue;
  const path = join(file.parentPath, file.name);
  const source = join(lib, path.slice(dist.length));
  const typescript = source.replace(/\.(d\.ts|js)$/, '.ts');
  if (!existsSync(source) && !existsSync(typescript)) rmSync(path);
}

const main = join(dist, 'cli', 'main.js');
if (existsSync(main)) chmodSync(main, 0o755);
