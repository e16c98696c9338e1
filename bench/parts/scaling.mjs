// How a training step grows with the threads, and with each of its sizes.
import { availableParallelism } from 'node:os';
import { timeLayer } from '../harness/layer-rows.mjs';

const base = { steps: 100, batch: 32, input: 128, hidden: 256 };
const quickBase = { steps: 50, batch: 16, input: 64, hidden: 128 };

/** The sizes that are doubled, one at a time; the input of the layer is half as wide as its state. */
const sizes = {
  steps: [25, 50, 100, 200, 400].map((steps) => ({ steps })),
  batch: [1, 4, 16, 64, 256].map((batch) => ({ batch })),
  hidden: [32, 64, 128, 256, 512, 1024].map((hidden) => ({ hidden, input: hidden / 2 })),
};
const quickSizes = {
  steps: [25, 100].map((steps) => ({ steps })),
  batch: [1, 16].map((batch) => ({ batch })),
  hidden: [64, 256].map((hidden) => ({ hidden, input: hidden / 2 })),
};

/** Those fast enough for all sizes. */
const peers = ['torch', 'tensorflow-xla', 'jax'];

export async function scaling({ options, sides, others }) {
  const { turns, threads, quick } = options;
  const from = quick ? quickBase : base;
  const keys = ['bptt', ...peers.filter((key) => options.peers.includes(key))];
  const time = async (shape, present) =>
    timeLayer({ cell: 'lstm', mode: 'train', shape: { ...from, ...shape } }, { sides: present, turns, others });
  const series = [];
  for (const [name, shapes] of Object.entries(quick ? quickSizes : sizes)) {
    const present = await sides.present(threads, keys);
    for (const shape of shapes) series.push({ series: name, value: shape[name], threads, ...(await time(shape, present)) });
  }
  for (const count of threadCounts()) {
    await sides.closeOthers(threads);
    const present = await sides.present(count, keys);
    series.push({ series: 'threads', value: count, threads: count, ...(await time({}, present)) });
  }
  return { threads, base: from, series };
}

/** 1, 2, 4 … and all processors. */
export function threadCounts(processors = availableParallelism()) {
  const counts = [];
  for (let count = 1; count < processors; count *= 2) counts.push(count);
  return [...counts, processors];
}
