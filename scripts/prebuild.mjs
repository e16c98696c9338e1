// Compiles and strips the addon into prebuilds/<platform>-<arch>/ with prebuildify.
//
//   npm run prebuild -- [--platform linux] [--arch arm64] [--libc musl] [-- arguments of cmake]
//
// Without arguments: for this machine. For another one, name a cross compiler to cmake, for instance
//   npm run prebuild -- --arch arm64 -- -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 \
//     -DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++
// and its strip as PREBUILD_STRIP_BIN.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import prebuildify from 'prebuildify';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { platform: { type: 'string' }, arch: { type: 'string' }, libc: { type: 'string' } },
});
const platform = values.platform ?? process.platform;

// prebuildify calls this in place of node-gyp; it inherits the arguments of cmake.
process.env.BPTT_CMAKE_ARGUMENTS = JSON.stringify(positionals);

prebuildify(
  {
    cwd: root,
    platform,
    napi: true,
    strip: true,
    quiet: false,
    nodeGyp: join(root, 'scripts', 'prebuild-compile.mjs'),
    targets: [process.versions.node],
    // Only Linux has more than one C library to tell apart.
    tagLibc: platform === 'linux' ? (values.libc ?? true) : false,
    ...(values.arch === undefined ? {} : { arch: values.arch }),
  },
  (error) => {
    if (error) {
      console.error(error.message);
      process.exitCode = 1;
    }
  },
);
