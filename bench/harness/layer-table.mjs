import { machineLines } from './machine.mjs';
import { describeShape } from './shapes.mjs';
import { geometricMean } from './statistics.mjs';
import { digits, formatTable, percent } from './table.mjs';

const fastestPeer = ({ times }) =>
  times.length > 1 ? Math.min(...times.slice(1).map((time) => time.median)) : undefined;

/** How many times as fast as the fastest peer. */
export const ratioOf = (row) => fastestPeer(row) && fastestPeer(row) / row.times[0].median;

function timeText({ label, median, spread }) {
  return `${label} ${digits(median)} ms ±${percent(spread / 2)}`;
}

export function progressLine(row) {
  return `${row.cell} ${row.mode} ${describeShape(row.shape)}: ${row.times.map(timeText).join(', ')}`;
}

/** Of the processors' time; from here on a report says that it does not count. */
const mostOtherLoad = 0.05;

export function formatReport({ machine, settings, sides, peak, otherLoad, rows }) {
  const sideText = ({ name, detail, missing }) =>
    missing === undefined ? `${name} (${detail})` : `${name}: not here (${missing})`;
  return [
    ...machineLines(machine),
    ...sides.map(sideText),
    `${settings.threads} threads, ${settings.rounds} turns of ${settings.seconds} s a side and row; ` +
      `multiply-add peak ${digits(peak)} GFLOP/s`,
    '',
    formatTable(
      ['cell', 'mode', 'T B I H', 'bptt ms', 'spread', 'GFLOP/s', 'of peak', 'peer ms', 'spread', 'ratio'],
      rows.map((row) => tableRow(row, peak)),
      3,
    ),
    '',
    ...summaryLines(rows),
    ...loadLines(otherLoad),
  ].join('\n');
}

function loadLines(share) {
  const line = `between the turns others used ${percent(share)} of the processors`;
  return [share > mostOtherLoad ? `${line}: TOO BUSY, these figures do not count` : line];
}

function tableRow(row, peak) {
  const [ours, ...peers] = row.times;
  return [
    row.cell,
    row.mode,
    describeShape(row.shape),
    digits(ours.median),
    percent(ours.spread),
    digits(row.gflops),
    percent(row.gflops / peak),
    peers
      .map(({ label, median }) => `${label.replace(/^PyTorch ?/, '')} ${digits(median)}`.trim())
      .join(', '),
    peers.map(({ spread }) => percent(spread)).join(', '),
    ratioOf(row) === undefined ? '' : digits(ratioOf(row)),
  ];
}

function summaryLines(rows) {
  return [...new Set(rows.map((row) => `${row.cell} ${row.mode}`))].flatMap((name) => {
    const group = rows.filter((row) => `${row.cell} ${row.mode}` === name);
    const ratios = group.map(ratioOf).filter((ratio) => ratio !== undefined);
    const compared = ratios.length
      ? [
          `${name}: geometric mean of the ratios ${digits(geometricMean(ratios))}, least ${digits(Math.min(...ratios))}`,
        ]
      : [];
    return [...compared, ...raggedLines(name, group)];
  });
}

/** What a step of a sequence costs in a ragged batch, as a multiple of what it costs in the full one. */
function raggedLines(name, group) {
  return group
    .filter(({ shape }) => shape.lengths)
    .flatMap((ragged) => {
      const full = group.find(
        ({ shape }) =>
          !shape.lengths && describeShape(shape) === describeShape({ ...ragged.shape, lengths: undefined }),
      );
      const share = full && full.gflops / ragged.gflops;
      return share
        ? [`${name}: a step of the ragged batch costs ${digits(share)} times one of the full batch`]
        : [];
    });
}
