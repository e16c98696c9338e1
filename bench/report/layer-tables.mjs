import { describeShape } from '../harness/shapes.mjs';
import { sides } from '../harness/sides.mjs';
import { geometricMean } from '../harness/statistics.mjs';
import { counted, digits, percent } from '../harness/table.mjs';

/** Labels of the peers that have figures, in the order of the sides. */
export function peerLabels(rows) {
  const place = ({ key }) => Object.keys(sides).indexOf(key);
  const times = rows.flatMap(({ times }) => times.slice(1).filter(counts));
  return [...new Set(times.sort((a, b) => place(a) - place(b)).map(({ label }) => label))];
}

const counts = ({ failed }) => failed === undefined;

/** How many times as fast as the fastest peer. */
export function ratioOf({ times: [ours, ...peers] }) {
  const fastest = Math.min(...peers.filter(counts).map(({ median }) => median));
  return fastest < Infinity ? fastest / ours.median : undefined;
}

/** ms, and half the spread of the turns' medians. */
export const timeCell = (time) =>
  time === undefined || time.failed !== undefined
    ? ''
    : `${digits(time.median)}${time.once ? ' once' : ` ±${percent(time.spread / 2)}`}`;

/** Two tables for each set of shapes: the times, and the means of the ratios. */
export function layerTables({ rows, threads }) {
  return [...new Set(rows.map(({ set }) => set))].flatMap((set) => {
    const group = rows.filter((row) => row.set === set);
    return [timesTable(set, group, threads), ...meansTable(set, group)];
  });
}

function timesTable(set, rows, threads) {
  const peers = peerLabels(rows);
  return {
    title: `Layers: ${set}`,
    about: `ms of a step (train: new weights, forward, backward; infer: forward), ${counted(threads, 'thread')}; ratio: to the fastest peer`,
    left: 3,
    header: ['cell', 'mode', 'T B I H', 'bptt', 'GFLOP/s', 'of peak', ...peers, 'ratio'],
    rows: rows.map((row) => [
      row.cell,
      row.mode,
      describeShape(row.shape),
      timeCell(row.times[0]),
      digits(row.gflops),
      row.ofPeak === undefined ? '' : percent(row.ofPeak),
      ...peers.map((label) => timeCell(row.times.find((time) => time.label === label))),
      ratioOf(row) === undefined ? '' : digits(ratioOf(row)),
    ]),
    notes: [...raggedLines(rows), ...failureLines(rows)],
  };
}

/** None where there is no peer. */
function meansTable(set, rows) {
  const peers = peerLabels(rows);
  if (peers.length === 0) return [];
  const names = [...new Set(rows.map(nameOf))];
  return [
    {
      title: `Layers: ${set}, how many times as fast`,
      about: 'geometric mean of the ratios (the least of them; in how many rows)',
      header: ['cell, mode', ...peers],
      rows: names.map((name) => {
        const group = rows.filter((row) => nameOf(row) === name);
        return [name, ...peers.map((label) => meanCell(group, label))];
      }),
    },
  ];
}

const nameOf = ({ cell, mode }) => `${cell} ${mode}`;

function meanCell(rows, label) {
  const ratios = rows.flatMap(({ times }) => {
    const peer = times.find((time) => time.label === label);
    return peer && counts(peer) ? [peer.median / times[0].median] : [];
  });
  return ratios.length > 0 ? `${digits(geometricMean(ratios))} (${digits(Math.min(...ratios))}; ${ratios.length})` : '';
}

/** What a step of a sequence costs in a ragged batch, as a multiple of what it costs in the full one. */
function raggedLines(rows) {
  return rows
    .filter(({ shape }) => shape.lengths)
    .flatMap((ragged) => {
      const same = describeShape({ ...ragged.shape, lengths: undefined });
      const full = rows.find((row) => nameOf(row) === nameOf(ragged) && describeShape(row.shape) === same);
      const share = full && full.gflops / ragged.gflops;
      return share ? [`${nameOf(ragged)}: a step of the ragged batch costs ${digits(share)} times one of the full batch`] : [];
    });
}

function failureLines(rows) {
  const lines = rows.flatMap(({ cell, mode, shape, times }) =>
    times
      .filter(({ failed }) => failed !== undefined)
      .map(({ label, failed }) => `${label}, ${cell} ${mode} ${describeShape(shape)}: ${failed}`),
  );
  return [...new Set(lines)];
}
