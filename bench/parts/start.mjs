// How long it takes to load a library and to come to a first prediction, and how large it is on disk.
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { dependenciesOf, installedSize } from '../harness/installed-size.mjs';
import { tryProbe } from '../harness/probe.mjs';
import { sides } from '../harness/sides.mjs';
import { summarize } from '../harness/statistics.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const bench = fileURLToPath(new URL('..', import.meta.url));

/** What each side is loaded by: Node.js packages, or a Python module and its distribution. */
const libraries = {
  bptt: { packages: ['..'] },
  torch: { module: 'torch', distribution: 'torch' },
  tensorflow: { module: 'tensorflow', distribution: 'tensorflow-cpu' },
  jax: { module: 'jax', distribution: 'jax' },
  onnxruntime: { packages: ['onnxruntime-node'] },
  'tfjs-wasm': { packages: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'] },
  brain: { packages: ['brain.js'] },
};

/** Those whose first prediction is timed: a layer's file, written beforehand, is read and run. */
const predicting = ['bptt', 'torch', 'onnxruntime'];

export async function start({ options }) {
  const { python, quick } = options;
  const keys = ['bptt', ...options.peers].filter((key) => libraries[key] !== undefined);
  const rounds = quick ? 1 : 9;
  const folder = await mkdtemp(join(tmpdir(), 'bptt-bench-'));
  const rows = keys.map((key) => ({ key, label: sides[key].label, loads: [], firsts: [] }));
  try {
    for (const row of rows.filter(({ key }) => predicting.includes(key))) {
      const { missing } = await probeFirst(row.key, 'write', folder, python);
      row.missing = missing;
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const row of rows.filter(({ missing }) => missing === undefined)) await timeStart(row, folder, python);
    }
    return { rounds, rows: await Promise.all(rows.map((row) => finished(row, python))) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function timeStart(row, folder, python) {
  const { packages, module } = libraries[row.key];
  const loaded = packages
    ? await tryProbe(process.execPath, 'load.mjs', packages)
    : await tryProbe(python, 'load.py', [module]);
  if (loaded.missing !== undefined) {
    row.missing = loaded.missing;
    return;
  }
  row.loads.push([loaded.milliseconds]);
  if (!predicting.includes(row.key)) return;
  const begin = performance.now();
  await probeFirst(row.key, 'predict', folder, python);
  row.firsts.push([performance.now() - begin]);
}

const probeFirst = (key, action, folder, python) =>
  key === 'torch'
    ? tryProbe(python, 'first_prediction.py', [action, folder])
    : tryProbe(process.execPath, 'first-prediction.mjs', [key, action, folder]);

async function finished({ key, label, missing, loads, firsts }, python) {
  if (missing !== undefined) return { key, label, missing };
  return {
    key,
    label,
    load: summarize(loads),
    first: firsts.length > 0 ? summarize(firsts) : undefined,
    ...(await sizeOf(key, python)),
  };
}

/** On disk once installed, with all that the library needs. */
async function sizeOf(key, python) {
  const { packages, distribution } = libraries[key];
  if (key === 'bptt') return { bytes: await sizeOfPackage() };
  if (distribution) return tryProbe(python, 'installed_size.py', [distribution]);
  return { bytes: installedSize(packages, bench) };
}

/** What `npm pack` takes; where there are no binaries in `prebuilds/`, with the one that was built here. */
async function sizeOfPackage() {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root });
  const [{ files }] = JSON.parse(stdout);
  const packed = files.reduce((sum, file) => sum + file.size, 0);
  const isBinary = ({ path }) => path.endsWith('.node');
  const built = files.some(isBinary) ? 0 : statSync(join(root, 'build/Release/bptt.node')).size;
  return packed + built + installedSize(dependenciesOf(root), root);
}
