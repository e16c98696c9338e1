import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { targetNamed } from './prebuild-targets.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Configures and builds for another platform with plain CMake in `folder`; the results are in its Release. */
export function crossCompile(name, folder, options = []) {
  const { system, processor, toolchain } = targetNamed(name);
  const { compiler, arguments: more } = toolchain();
  const cmake = (...args) =>
    execFileSync('cmake', args, { stdio: 'inherit', env: { ...process.env, CXX: compiler } });
  cmake(
    ...['-S', root, '-B', folder, '-DCMAKE_BUILD_TYPE=Release'],
    ...[`-DCMAKE_SYSTEM_NAME=${system}`, `-DCMAKE_SYSTEM_PROCESSOR=${processor}`, ...more, ...options],
  );
  cmake('--build', folder, '--config', 'Release', '--parallel', String(availableParallelism()));
  return join(folder, 'Release');
}
