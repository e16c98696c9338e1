import { writeFile } from 'node:fs/promises';
import { startSide } from './layer-peers.mjs';
import { formatReport, progressLine } from './layer-table.mjs';
import { describeMachine } from './machine.mjs';
import { OtherLoad } from './other-load.mjs';
import { flops, lengthsOf } from './shapes.mjs';
import { summarize } from './statistics.mjs';

/** Threads that spin for work after a turn are asleep by the next one's begin. */
const pauseBetweenTurns = 60;
const leastSteps = 3;
const secondsOfPeak = 0.2;

/**
 * Times every row on every side that is there, turn by turn (A B A B), and prints the table.
 * @param {string[]} names sides, bptt first
 */
export async function reportLayers(names, options) {
  const machine = describeMachine();
  const sides = await Promise.all(names.map((name) => startSide(name, options)));
  const present = sides.filter((side) => side.missing === undefined);
  if (present[0] !== sides[0]) throw new Error(`bptt does not run: ${sides[0].missing}`);
  const { threads, rounds, seconds, isa } = options;
  // The highest counts, since a busy neighbour only lowers it.
  let peak = 0;
  const measurePeak = async () => {
    const measured = await sides[0].runner.ask({ do: 'measurePeak', threads, seconds: secondsOfPeak });
    peak = Math.max(peak, measured.peak);
  };
  const others = new OtherLoad();
  const rows = [];
  try {
    for (const row of listRows(options)) {
      await measurePeak();
      rows.push(await measureRow(row, present, others, options));
      process.stderr.write(`${progressLine(rows.at(-1))}\n`);
    }
    await measurePeak();
  } finally {
    for (const side of present) side.runner.close();
  }
  const settings = { threads, rounds, seconds, isa };
  const report = {
    machine,
    settings,
    sides: sides.map(describeSide),
    peak,
    otherLoad: others.share,
    rows,
  };
  if (options.json) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`${formatReport(report)}\n`);
}

const describeSide = ({ name, detail, missing }) => ({ name, detail, missing });

function* listRows({ cells, modes, shapes }) {
  for (const cell of cells) {
    for (const mode of modes) {
      for (const shape of shapes) if (shape.cells?.includes(cell) ?? true) yield { cell, mode, shape };
    }
  }
}

async function measureRow({ cell, mode, shape }, sides, others, { threads, rounds, seconds }) {
  const contestants = sides.flatMap(({ runner, variants }) =>
    variants
      .filter(({ runs }) => runs?.(shape) ?? true)
      .map((variant) => ({ ...variant, runner, turns: [] })),
  );
  const lengths = lengthsOf(shape);
  for (let round = 0; round < rounds; round++) {
    for (const { runner, variant, turns } of contestants) {
      await runner.prepare({ cell, mode, shape, lengths, threads, variant });
      await others.pause(pauseBetweenTurns);
      turns.push((await runner.ask({ do: 'run', seconds, least: leastSteps })).milliseconds);
    }
  }
  const times = contestants.map(({ label, turns }) => ({ label, ...summarize(turns) }));
  return { cell, mode, shape, gflops: flops(cell, shape, mode) / times[0].median / 1e6, times };
}
