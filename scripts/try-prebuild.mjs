// Loads a binary of prebuilds/ on a system of its kind, emulated where this machine is of another, and trains a small
// model with each instruction set that the processor has.
//
//   npm run try:prebuild -- --target linux-arm64-glibc
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
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

function train({ command, environment }, folder, isa) {
  const result = join(folder, 'result.json');
  const [program, ...more] = command;
  const script = join(root, 'test', 'platforms', 'train-small-model.js');
  const { status, signal, error } = spawnSync(program, [...more, script, folder, result], {
    stdio: 'inherit',
    timeout: 300_000,
    env: { ...process.env, ...environment, ...(isa === undefined ? {} : { BPTT_ISA: isa }) },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${signal ?? status}`);
  const trained = JSON.parse(readFileSync(result, 'utf8'));
  rmSync(result);
  return trained;
}

function tryTarget(name) {
  const target = targetNamed(name);
  if (!Object.hasOwn(emulators, name)) throw new Error(`There is nothing here to run ${name} on.`);
  const work = join(root, 'build-prebuild', name);
  const folder = join(work, 'package');
  stage(folder, target);
  const emulator = emulators[name](work);

  const faults = [];
  const report = (isa) => {
    const trained = train(emulator, folder, isa);
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
  return faults;
}

const { target } = parseArgs({ options: { target: { type: 'string' } } }).values;
try {
  const faults = tryTarget(target);
  for (const fault of faults) console.error(`${target} ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
} catch (error) {
  console.error(`try-prebuild: ${error.message}`);
  process.exitCode = 1;
}
