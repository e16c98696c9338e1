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

/** Rows from before there was a second one do not say it. */
export const precisionOf = ({ precision = 'float32' }) => precision;

/** The set of shapes, and the precision if it is not float32. */
export const groupOf = (row) => (precisionOf(row) === 'float32' ? row.set : `${row.set}, ${row.precision}`);

/** Two tables for each set of shapes and precision: the times, and the means of the ratios. */
export function layerTables({ rows, threads }) {
  return [...new Set(rows.map(groupOf))].flatMap((name) => {
    const group = rows.filter((row) => groupOf(row) === name);
    return [timesTable(name, group, threads), ...meansTable(name, group)];
  });
}

/** How many times as fast as its own float32. */
const gainOf = ({ times, float32 }) => float32.median / times[0].median;

function timesTable(name, rows, threads) {
  const peers = peerLabels(rows);
  const own = rows.some(({ float32 }) => float32);
  return {
    title: `Layers: ${name}`,
    about: `ms of a step (train: new weights, forward, backward; infer: forward), ${counted(threads, 'thread')}; ratio: to the fastest peer${own ? '; gain: to bptt in float32' : ''}`,
    left: 3,
    header: ['cell', 'mode', 'T B I H', 'bptt', 'GFLOP/s', 'of peak', ...(own ? ['bptt float32', 'gain'] : []), ...peers, 'ratio'],
    rows: rows.map((row) => [
      row.cell,
      row.mode,
      describeShape(row.shape),
      timeCell(row.times[0]),
      digits(row.gflops),
      row.ofPeak === undefined ? '' : percent(row.ofPeak),
      ...(own ? [timeCell(row.float32), digits(gainOf(row))] : []),
      ...peers.map((label) => timeCell(row.times.find((time) => time.label === label))),
      ratioOf(row) === undefined ? '' : digits(ratioOf(row)),
    ]),
    notes: [...raggedLines(rows), ...failureLines(rows)],
  };
}

/** None where there is nothing to compare with. */
function meansTable(name, rows) {
  const peers = peerLabels(rows);
  const columns = [
    ...(rows.some(({ float32 }) => float32) ? [['bptt float32', gainOf]] : []),
    ...peers.map((label) => [label, (row) => timesAsFast(row, label)]),
    ...(peers.length > 1 ? [['the fastest peer', ratioOf]] : []),
  ];
  if (columns.length === 0) return [];
  return [
    {
      title: `Layers: ${name}, how many times as fast`,
      about: 'geometric mean of the ratios (the least of them; in how many rows)',
      header: ['cell, mode', ...columns.map(([label]) => label)],
      rows: [...new Set(rows.map(nameOf))].map((name) => {
        const group = rows.filter((row) => nameOf(row) === name);
        return [name, ...columns.map(([, ratio]) => meanCell(group.map(ratio).filter((one) => one !== undefined)))];
      }),
    },
  ];
}

const nameOf = ({ cell, mode }) => `${cell} ${mode}`;

function timesAsFast({ times }, label) {
  const peer = times.find((time) => time.label === label);
  return peer && counts(peer) ? peer.median / times[0].median : undefined;
}

function meanCell(ratios) {
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
