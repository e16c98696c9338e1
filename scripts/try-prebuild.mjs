// Loads a binary of prebuilds/ on a system of its kind, emulated where this machine is of another, and trains a small
// model with each instruction set that the processor has.
//
//   npm run try:prebuild -- --target linux-arm64-glibc
//   npm run try:prebuild -- --target linux-arm64-glibc --core    the core's own tests instead, compiled for it
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { crossCompile } from './cross-compile.mjs';
import { emulators } from './emulators.mjs';
import { targetNamed } from './prebuild-targets.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The package with no addon but that of the target. Its dependencies are found in node_modules above it. */
function stage(folder, { platform, arch, libc }) {
  const addon = join('prebuilds', `${platform}-${arch}`, libc ? `bptt.${libc}.node` : 'bptt.node');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const path of ['package.json', 'dist', addon]) {
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
}

function run(command, environment) {
  const [program, ...parameters] = command;
  const { status, signal, error } = spawnSync(program, parameters, {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${signal ?? status}`);
}

function train({ emulator, javascript, environment }, folder, isa) {
  const result = join(folder, 'result.json');
  const script = join(root, 'test', 'platforms', 'train-small-model.js');
  run([...emulator, javascript, script, folder, result], {
    ...environment,
    ...(isa === undefined ? {} : { BPTT_ISA: isa }),
  });
  const trained = JSON.parse(readFileSync(result, 'utf8'));
  rmSync(result);
  return trained;
}

function tryCore(name, work) {
  const built = crossCompile(name, join(work, 'core'), ['-DBPTT_TESTS=ON', '-DBPTT_ADDON=OFF']);
  const program = join(built, name.startsWith('win32') ? 'bptt_core_tests.exe' : 'bptt_core_tests');
  const { emulator, environment } = emulators[name](work);
  run([...emulator, program], environment);
}

function tryAddon(name, work) {
  const target = targetNamed(name);
  const folder = join(work, 'package');
  stage(folder, target);
  const system = emulators[name](work);

  const faults = [];
  const report = (isa) => {
    const trained = train(system, folder, isa);
    console.log(`${name}: ${JSON.stringify(trained)}`);
    const { platform, arch, isa: used, losses, accuracy, label } = trained;
    if (trained.error) faults.push(trained.error);
    else {
      if (platform !== target.platform || arch !== target.arch) faults.push(`ran on ${platform}-${arch}`);
      if (isa !== undefined && used !== isa) faults.push(`used ${used}, not ${isa}`);
      if (!(losses[1] < losses[0] / 2)) faults.push(`did not learn (${isa})`);
      if (accuracy !== 1 || label !== 'good') faults.push(`does not know what it learned (${isa})`);
    }
    return trained;
  };
  for (const isa of report().isas ?? []) report(isa);
  if (faults.length > 0) throw new Error(faults.join('\n'));
}

const { target, core } = parseArgs({
  options: { target: { type: 'string' }, core: { type: 'boolean', default: false } },
}).values;
try {
  if (!Object.hasOwn(emulators, target)) {
    throw new Error(`--target is one of ${Object.keys(emulators).join(', ')}, not '${target}'.`);
  }
  const work = join(root, 'build-prebuild', target);
  if (core) tryCore(target, work);
  else tryAddon(target, work);
} catch (error) {
  console.error(`try-prebuild: ${error.message}`);
  process.exitCode = 1;
}
