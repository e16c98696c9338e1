#!/usr/bin/env node
// Times whole models beside the same ones in PyTorch, in turns (A B A B): generation, beam search, training steps.
//
//   node compare-models.mjs [--only generate,beam] [--rounds 5] [--seconds 2] [--python PATH] [--json FILE]
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine, machineLines } from './harness/machine.mjs';
import { tasks } from './harness/model-tasks.mjs';
import { OtherLoad } from './harness/other-load.mjs';
import { ProcessRunner } from './harness/process-runner.mjs';
import { summarize } from './harness/statistics.mjs';
import { digits, formatTable, percent } from './harness/table.mjs';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(tasks).join() },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    python: { type: 'string', default: process.env.PYTHON ?? 'python3' },
    json: { type: 'string' },
  },
});
const threads = 2;
const path = (name) => fileURLToPath(new URL(name, import.meta.url));
/** Threads that spin for work after a turn are asleep by the next one's begin. */
const pauseBetweenTurns = 60;
const leastRuns = 3;

const runners = [
  new ProcessRunner(process.execPath, [path('workers/bptt-models.mjs')]),
  new ProcessRunner(flags.python, [path('peers/torch_models.py')]),
];
const sides = await Promise.all(
  runners.map((runner) => runner.ask({ do: 'describe' }).catch((error) => ({ missing: error.message }))),
);
if (sides[0].missing !== undefined) throw new Error(`bptt does not run: ${sides[0].missing}`);
const present = runners.filter((_, side) => sides[side].missing === undefined);

const machine = describeMachine();
const others = new OtherLoad();
const rows = [];
try {
  for (const task of flags.only.split(',')) {
    if (tasks[task] === undefined) throw new Error(`--only: expected ${Object.keys(tasks).join(', ')}; found ${task}`);
    const turns = present.map(() => []);
    for (let round = 0; round < Number(flags.rounds); round += 1) {
      for (const [side, runner] of present.entries()) {
        const { model = task, sizes } = tasks[task];
        await runner.prepare({ model, sizes, threads });
        await others.pause(pauseBetweenTurns);
        const { milliseconds } = await runner.ask({ do: 'run', seconds: Number(flags.seconds), least: leastRuns });
        turns[side].push(milliseconds);
      }
    }
    rows.push({ task, times: turns.map(summarize) });
  }
} finally {
  for (const runner of runners) runner.close();
}

const lines = [
  ...machineLines(machine),
  `${sides[0].name} (${sides[0].detail})`,
  sides[1].missing === undefined ? `${sides[1].name} (${sides[1].detail})` : `PyTorch: not here (${sides[1].missing})`,
  `${threads} threads, ${flags.rounds} turns of ${flags.seconds} s a side`,
  '',
  formatTable(
    ['task', 'bptt ms', 'spread', 'a second', 'PyTorch ms', 'spread', 'ratio', 'bar'],
    rows.map(({ task, times: [ours, peer] }) => {
      const { unit, units, bar } = tasks[task];
      return [
        task,
        digits(ours.median),
        percent(ours.spread),
        `${Math.round((1000 * units) / ours.median).toLocaleString('en')} ${unit}`,
        peer === undefined ? '' : digits(peer.median),
        peer === undefined ? '' : percent(peer.spread),
        peer === undefined ? '' : digits(peer.median / ours.median),
        digits(bar),
      ];
    }),
  ),
  '',
  ...rows.map(({ task }) => `${task}: ${tasks[task].what}`),
  `between the turns others used ${percent(others.share)} of the processors`,
];
console.log(lines.join('\n'));
if (flags.json) {
  await writeFile(flags.json, `${JSON.stringify({ machine, threads, sides, otherLoad: others.share, rows }, null, 2)}\n`);
}
