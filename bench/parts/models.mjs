// Whole models beside PyTorch's.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contest, withoutTurns } from '../harness/contest.mjs';
import { digits } from '../harness/table.mjs';
import { tasks } from './model-tasks.mjs';

const peers = ['torch'];

export async function models({ options, sides, others }) {
  const { threads, turns } = options;
  const present = await sides.present(threads, ['bptt', ...peers.filter((key) => options.peers.includes(key))]);
  const folder = await mkdtemp(join(tmpdir(), 'bptt-bench-'));
  const rows = [];
  try {
    for (const name of options.tasks) {
      const { model = name, what, unit, sizes, least = turns.least, ...task } = tasks[name];
      const { units, file } = await written(task, folder, model);
      const request = { task: 'model', model, sizes: { ...sizes, file } };
      const entries = present.map(({ key, label, runner }) => ({ key, label, runner, request }));
      const times = await contest(entries, { ...turns, seconds: 3 * turns.seconds, least }, others);
      rows.push({ task: name, what, unit, units, times: times.map(withoutTurns) });
      process.stderr.write(`${name}: ${times.map(({ label, median }) => `${label} ${digits(median)} ms`).join(', ')}\n`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return { threads, rows };
}

/** The data of a task as a file, and how many units there are in it. */
async function written({ data, count, units }, folder, model) {
  if (data === undefined) return { units };
  const made = data();
  const file = join(folder, model);
  await writeFile(file, Array.isArray(made) ? made.map((example) => `${JSON.stringify(example)}\n`).join('') : made);
  return { units: count(made), file };
}
