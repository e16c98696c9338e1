import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as binding from '../../binding';
import { BpttError } from '../support/errors';
import { isError } from '../support/realms';
import { bundledError } from './bundled';

/** Everything the native addon exports. */
export type Binding = typeof binding;

let loaded: Binding | undefined;

/** Results are made with the constructors of the realm in which this package was loaded, which the addon knows nothing of. */
const realm = { Float32Array, Float64Array, Int32Array, Uint8Array };

/**
 * The native addon, loaded at the first call: `build/Release` of a source checkout or of `npx bptt-build`,
 * else the prebuilt binary of this platform.
 *
 * @throws BpttError `ERR_PLATFORM` when there is none, the one there is cannot be loaded, or this package was bundled.
 */
export function native(): Binding {
  return (loaded ??= load());
}

function load(): Binding {
  // Bundles of ES modules have neither.
  if (typeof __dirname !== 'string') throw bundledError(undefined);
  const root = join(__dirname, '..', '..');
  const libc = process.platform === 'linux' ? (usesGlibc() ? 'glibc' : 'musl') : undefined;
  const platform = `${process.platform}-${process.arch}`;
  const candidates = [
    join(root, 'build', 'Release', 'bptt.node'),
    join(root, 'prebuilds', platform, libc ? `bptt.${libc}.node` : 'bptt.node'),
  ];
  const place = `${platform}${libc ? ` (${libc})` : ''} with Node.js ${process.versions.node}`;
  const file = candidates.find((candidate) => existsSync(candidate));
  if (file === undefined) {
    if (!isPackage(root)) throw bundledError(__filename);
    throw new BpttError(
      'ERR_PLATFORM',
      `No prebuilt binary of bptt for ${place}. ` +
        'Build it from the sources in the package (needs CMake and a C++17 compiler): npx bptt-build',
    );
  }
  try {
    // Not `require`: bundlers try to follow it, and the path is known at run time only.
    const module: { exports: unknown } = { exports: {} };
    process.dlopen(module, file);
    const binding = module.exports as Binding;
    binding.useRealm(realm);
    return binding;
  } catch (cause) {
    throw new BpttError(
      'ERR_PLATFORM',
      `The native addon ${file} cannot be loaded on ${place}: ${isError(cause) ? cause.message : String(cause)}. ` +
        'Build it from the sources in the package (needs CMake and a C++17 compiler): npx bptt-build',
      { cause },
    );
  }
}

/** Whether this is the folder of this package; a bundle is in another one. */
function isPackage(folder: string): boolean {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown };
    return name === 'bptt';
  } catch {
    return false;
  }
}

/** Looks at what this process has mapped; containers of one libc may well run on a host of the other. */
function usesGlibc(): boolean {
  try {
    const glibc = glibcAmong(readFileSync('/proc/self/maps', 'latin1'));
    if (glibc !== undefined) return glibc;
  } catch {
    // Not mounted: ask the report, which is slower.
  }
  const report = process.report.getReport() as unknown as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime !== undefined;
}

/** Whether the C library among these mapped files is glibc or musl; undefined if neither is there. */
export function glibcAmong(maps: string): boolean | undefined {
  // musl is one file, its loader a link to it or the other way round: ld-musl-<arch>.so.1 in Alpine, libc.so in Debian
  // and Void.
  if (/\/(ld-musl-.*|libc\.musl-.*|libc\.so)$/m.test(maps)) return false;
  if (/\/libc(\.so\.6|-[\d.]+\.so)$/m.test(maps)) return true;
  return undefined;
}
