// Compiles and strips the addon into prebuilds/<platform>-<arch>/ with prebuildify, and checks what came out.
//
//   npm run prebuilds                                for this machine, with its compiler
//   npm run prebuilds -- --target linux-arm64-glibc  for another one (CONTRIBUTING.md says what each needs)
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import prebuildify from 'prebuildify';
import { faultsOf, glibcNeeded } from './prebuild-faults.mjs';
import { glibcFloor, targetNamed } from './prebuild-targets.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function thisMachine() {
  const { platform, arch } = process;
  const glibc = process.report.getReport().header.glibcVersionRuntime !== undefined;
  return { platform, arch, libc: platform === 'linux' ? (glibc ? 'glibc' : 'musl') : undefined };
}

async function main() {
  const { target } = parseArgs({ options: { target: { type: 'string' } } }).values;
  const { platform, arch, libc } = target === undefined ? thisMachine() : targetNamed(target);
  // prebuildify takes its product away from where it was built: not from build/, which is the developer's.
  const work = join(root, 'build-prebuild', target ?? 'here');
  mkdirSync(work, { recursive: true });

  const compile = join(root, 'scripts', 'prebuild-compile.mjs');
  if (target !== undefined) process.env.BPTT_PREBUILD_TARGET = target;
  await promisify(prebuildify)({
    cwd: work,
    out: root,
    name: 'bptt',
    platform,
    arch,
    napi: true,
    // The linkers of other platforms strip themselves.
    strip: target === undefined,
    quiet: false,
    // Windows starts no script by its first line; there prebuildify goes through a shell.
    nodeGyp: process.platform === 'win32' ? `"${process.execPath}" "${compile}"` : compile,
    targets: [process.versions.node],
    tagLibc: libc ?? false,
  });

  const path = `${platform}-${arch}/${libc ? `bptt.${libc}.node` : 'bptt.node'}`;
  const bytes = readFileSync(join(root, 'prebuilds', path));
  const glibc = glibcNeeded(bytes);
  console.log(`prebuilds/${path}: ${bytes.length} bytes${glibc ? `, needs glibc ${glibc}` : ''}`);
  const faults = faultsOf(path, bytes, { anyGlibc: target === undefined });
  if (faults.length > 0) throw new Error(`prebuilds/${path} ${faults.join(' and ')}.`);
  if (faultsOf(path, bytes).length > 0) {
    console.log(
      `Published binaries need no glibc newer than ${glibcFloor}: --target ${platform}-${arch}-glibc.`,
    );
  }
}

main().catch((error) => {
  console.error(`prebuild: ${error.message}`);
  process.exitCode = 1;
});
