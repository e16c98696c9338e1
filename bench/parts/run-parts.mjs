import { Limits } from '../harness/limits.mjs';
import { describeMachine } from '../harness/machine.mjs';
import { OtherLoad } from '../harness/other-load.mjs';
import { Sides, sides as known } from '../harness/sides.mjs';
import { latency } from './latency.mjs';
import { layers } from './layers.mjs';
import { memory } from './memory.mjs';
import { models } from './models.mjs';
import { scaling } from './scaling.mjs';
import { start } from './start.mjs';

const parts = { layers, models, latency, memory, start, scaling };

/**
 * Runs the parts that the options name.
 *
 * @param {(report: object) => Promise<void>} save called after each part with the report so far
 */
export async function runParts(options, save) {
  const report = { format: 1, machine: describeMachine(), settings: settingsOf(options), peers: [], parts: {} };
  const sides = new Sides(options);
  const others = new OtherLoad();
  const limits = new Limits(options.threads);
  try {
    report.peers = await whoIsThere(sides, options);
    await limits.measurePeaks();
    await limits.measureBandwidths();
    for (const name of options.parts) {
      process.stderr.write(`${name}\n`);
      const begin = performance.now();
      const found = await parts[name]({ options, sides, others, limits });
      await sides.closeOthers(options.threads);
      await limits.measurePeaks();
      report.parts[name] = { ...found, seconds: (performance.now() - begin) / 1000 };
      report.limits = limits.found;
      report.otherLoad = others.share;
      await save(report);
    }
  } finally {
    await sides.close();
  }
  return report;
}

const settingsOf = ({ threads, turns: { rounds, seconds }, quick }) => ({ threads, rounds, seconds, quick });

async function whoIsThere(sides, { threads }) {
  const all = await Promise.all(sides.keys.map((key) => sides.get(key, threads)));
  if (all[0].missing !== undefined) throw new Error(`bptt does not run: ${all[0].missing}`);
  return all.map(({ key, name = known[key].label, label, detail, missing }) => ({ key, label, name, detail, missing }));
}
