#!/usr/bin/env node
// Stands in for node-gyp under prebuildify, which calls it as `rebuild --target=… --arch=…` and then takes
// build/Release/*.node of the present folder away. Whatever version is asked for, Node-API makes it the same build.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crossCompile } from './cross-compile.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** With the compiler of this machine: the addon that `npm run build:native` makes, made only if it is out of date. */
function compileHere() {
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  const parallel = ['--parallel', String(availableParallelism())];
  execFileSync(process.execPath, [cmakeJs, 'compile', ...parallel], { cwd: root, stdio: 'inherit' });
  return join(root, 'build', 'Release', 'bptt.node');
}

try {
  const name = process.env.BPTT_PREBUILD_TARGET;
  const addon =
    name === undefined ? compileHere() : join(crossCompile(name, join(process.cwd(), 'cmake')), 'bptt.node');
  mkdirSync(join('build', 'Release'), { recursive: true });
  copyFileSync(addon, join('build', 'Release', 'bptt.node'));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
