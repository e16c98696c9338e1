import { fileURLToPath } from 'node:url';
import { ProcessRunner } from './process-runner.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/** How each side is started, and in which variants it runs which shapes (without `runs`: all). */
const sides = {
  bptt: {
    start: ({ isa }) =>
      new ProcessRunner(process.execPath, [path('../workers/bptt-layers.mjs')], isa ? { BPTT_ISA: isa } : {}),
    variants: [{ label: 'bptt' }],
  },
  torch: {
    start: ({ python }) => new ProcessRunner(python, [path('../peers/torch_layers.py')]),
    variants: [
      { label: 'PyTorch', runs: (shape) => shape.lengths === undefined },
      { label: 'PyTorch padded', runs: (shape) => shape.lengths !== undefined },
      { label: 'PyTorch packed', variant: 'packed', runs: (shape) => shape.lengths !== undefined },
    ],
  },
};

/**
 * Starts a side and asks it who it is. One that does not run comes back with the reason as `missing`.
 * @param {'bptt' | 'torch'} key
 */
export async function startSide(key, options) {
  const { start, variants } = sides[key];
  const runner = start(options);
  try {
    return { ...(await runner.ask({ do: 'describe' })), runner, variants };
  } catch (error) {
    runner.close();
    return { name: variants[0].label, missing: error.message };
  }
}
