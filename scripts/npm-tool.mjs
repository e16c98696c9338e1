// A program that comes as an npm package and that only few need: installed at its first use, outside the dependencies.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'build-tools');

/** The path of `file` in the npm package `name@version`, which may well be for another platform than this one. */
export function npmTool(name, version, file) {
  const place = join(folder, `${name.replace('/', '+')}@${version}`);
  const path = join(place, 'node_modules', name, file);
  if (!existsSync(path)) {
    console.log(`Installing ${name}@${version} from npm into ${place}`);
    mkdirSync(place, { recursive: true });
    const { status } = spawnSync(
      'npm',
      // --force: the package may be for another processor or C library.
      ['install', '--prefix', place, '--no-save', '--force', '--ignore-scripts', `${name}@${version}`],
      { cwd: place, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' },
    );
    if (status !== 0 || !existsSync(path)) {
      throw new Error(`${name}@${version} could not be installed from npm, or has no ${file}.`);
    }
  }
  return path;
}
