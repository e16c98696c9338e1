// Peak memory of a training run, and whether memory grows with epochs or with models that come and go.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProbe, tryProbe } from '../harness/probe.mjs';
import { taggedSentences } from './synthetic.mjs';

export async function memory({ options }) {
  const { threads, python, quick, peers } = options;
  const epochs = quick ? 1 : 5;
  const folder = await mkdtemp(join(tmpdir(), 'bptt-bench-'));
  const file = join(folder, 'sentences.jsonl');
  await writeFile(file, taggedSentences().map((example) => `${JSON.stringify(example)}\n`).join(''));
  const args = [file, epochs, threads];
  try {
    const rows = [{ key: 'bptt', label: 'bptt', ...(await runProbe(process.execPath, 'training-memory.mjs', args)) }];
    if (peers.includes('torch')) {
      rows.push({ key: 'torch', label: 'PyTorch', ...(await tryProbe(python, 'training_memory.py', args)) });
    }
    const flatness = await runProbe(process.execPath, 'flat-memory.mjs', quick ? [100, 1000] : [1000, 10_000], {});
    return { threads, epochs, rows, flatness };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
