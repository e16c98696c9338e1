// What a report says in tables, for the terminal and for the page. All texts come from here.
import { counted, digits, percent } from '../harness/table.mjs';
import { layerTables, peerLabels, timeCell } from './layer-tables.mjs';

/**
 * @typedef {object} Table
 * @property {string} title
 * @property {string} [about] what the columns mean
 * @property {string[]} header
 * @property {string[][]} rows
 * @property {number} [left] columns of names, at the left
 * @property {string[]} [notes]
 */

const makers = {
  layers: layerTables,
  models: modelTables,
  latency: latencyTables,
  memory: memoryTables,
  start: startTables,
  scaling: scalingTables,
};

/** @returns {{ part: string, tables: Table[] }[]} */
export function reportTables(report) {
  return Object.entries(report.parts).map(([part, found]) => ({ part, tables: makers[part](found, report) }));
}

/** The machine, and its limits. */
export function machineTables({ limits, peers }) {
  return [
    {
      title: 'What the machine can do',
      about: `measured in this run with ${counted(limits.threads, 'thread')}, ${limits.isa}`,
      header: ['limit', 'array of each thread', ''],
      rows: [
        ['multiply-adds', '', `${digits(limits.peak)} GFLOP/s`],
        // Reports from before bfloat16 have none.
        ...(limits.bfloat16 ? [[`products in bfloat16, ${limits.bfloat16.products}`, '', `${digits(limits.bfloat16.peak)} GFLOP/s`]] : []),
        ...limits.bandwidths.map(({ level, bytes, gigabytes }) => [
          `reading, ${level}`,
          bytesText(bytes),
          `${digits(gigabytes)} GB/s`,
        ]),
      ],
    },
    {
      title: 'Sides',
      header: ['side', 'version', ''],
      left: 3,
      rows: peers.map(({ label, name, detail, missing }) =>
        missing === undefined ? [label, name, detail] : [label, 'not here', missing],
      ),
    },
  ];
}

/** Of the processors' time; from here on a report says that it does not count. */
const mostOtherLoad = 0.05;

export function loadLine({ otherLoad }) {
  const line = `between the turns others used ${percent(otherLoad)} of the processors`;
  return otherLoad > mostOtherLoad ? `${line}: TOO BUSY, these figures do not count` : line;
}

export const settingsLine = ({ settings: { threads, rounds, seconds, quick }, limits }) =>
  `${counted(threads, 'thread')}, ${limits.isa}, ${counted(rounds, 'turn')} of ${seconds} s a side and row${quick ? ' (quick: for a look, not for a claim)' : ''}; medians, ± half the distance of the turns' medians`;

function bytesText(bytes) {
  if (bytes >= 1e9) return `${digits(bytes / 1e9)} GB`;
  return bytes >= 1e6 ? `${digits(bytes / 1e6)} MB` : `${digits(bytes / 1e3)} kB`;
}

const wholeNumber = (value) => Math.round(value).toLocaleString('en');

function modelTables({ rows, threads }) {
  const peers = peerLabels(rows);
  return [
    {
      title: 'Whole models',
      about: `ms of a run, and what bptt computes a second, ${counted(threads, 'thread')}`,
      header: ['task', 'bptt', 'a second', ...peers.flatMap((label) => [label, 'a second', 'ratio'])],
      rows: rows.map(({ task, unit, units, times }) => [
        task,
        timeCell(times[0]),
        rate(times[0], units, unit),
        ...peers.flatMap((label) => {
          const peer = times.find((time) => time.label === label && time.failed === undefined);
          return peer ? [timeCell(peer), rate(peer, units, unit), digits(peer.median / times[0].median)] : ['', '', ''];
        }),
      ]),
      notes: [
        ...rows.map(({ task, what }) => `${task}: ${what}`),
        ...rows.flatMap(({ task, times }) => times.filter(({ failed }) => failed).map(({ label, failed }) => `${label}, ${task}: ${failed}`)),
      ],
    },
  ];
}

const rate = ({ median }, units, unit) => `${wholeNumber((1000 * units) / median)} ${unit}`;

function latencyTables({ streams, inFlight, eventLoop, threads }) {
  const { steps, input, hidden } = inFlight.sequence;
  return [
    {
      title: 'One step of a stream',
      about: 'µs of one step of an LSTM, batch 1; bptt on the thread of the caller',
      header: ['I H, side', 'p50', 'p90', 'p99', 'longest', 'steps', 'of bptt: p50', 'p99'],
      rows: streams.flatMap((row) =>
        row.times.map((time) =>
          time.failed === undefined
            ? [
                `${row.input} ${row.hidden} ${time.label}`,
                ...[time.p50, time.p90, time.p99, time.max].map(digits),
                wholeNumber(time.steps),
                digits(time.p50 / row.times[0].p50),
                digits(time.p99 / row.times[0].p99),
              ]
            : [`${row.input} ${row.hidden} ${time.label}`, time.failed, '', '', '', '', '', ''],
        ),
      ),
    },
    {
      title: 'Predictions in flight',
      about: `predictions a second and ms until all have come, each an LSTM over T ${steps}, I ${input}, H ${hidden}; all processors`,
      header: ['in flight', ...inFlight.rows[0].times.flatMap(({ label }) => [`${label} a second`, 'ms'])],
      rows: inFlight.rows.map(({ inFlight: count, times }) => [
        String(count),
        ...times.flatMap(({ aSecond, milliseconds, failed }) => (failed ? ['', failed] : [wholeNumber(aSecond), digits(milliseconds)])),
      ]),
    },
    {
      title: 'The event loop while a model trains',
      about: `lateness of a timer of ${eventLoop.timerDelay} ms, and time of a small fs.readFile, in ms, over ${eventLoop.seconds} s; ${counted(eventLoop.steps, 'training step')} of the tagger meanwhile in the same process`,
      header: ['', 'p50', 'p90', 'p99', 'longest', 'count'],
      rows: eventLoop.rows.map(({ what, p50, p90, p99, max, count }) => [what, ...[p50, p90, p99, max].map(digits), wholeNumber(count)]),
    },
  ];
}

const megabytes = (value) => (value === undefined ? '' : value.toFixed(0));

function memoryTables({ rows, epochs, threads, flatness }) {
  return [
    {
      title: 'Memory of a training run',
      about: `peak resident MB of a process that trains the tagger for ${counted(epochs, 'epoch')}, ${counted(threads, 'thread')}`,
      header: ['side', 'at the start', 'with library and data', 'peak', 'of bptt'],
      rows: rows.map(({ label, missing, atStart, loaded, peak }) =>
        missing === undefined
          ? [label, megabytes(atStart), megabytes(loaded), megabytes(peak), digits(peak / rows[0].peak)]
          : [label, missing, '', '', ''],
      ),
    },
    {
      title: 'Memory over time',
      about: 'resident MB after a garbage collection',
      header: ['work', 'of it', 'MB', 'of it', 'MB', 'of it', 'MB', 'rise over the last half'],
      rows: Object.entries(flatness).map(([what, points]) => {
        const half = Math.floor(points.length / 2);
        const shown = [points[0], points[half], points.at(-1)];
        return [
          what === 'epochs' ? 'epochs' : 'models made and disposed',
          ...shown.flatMap(([count, value]) => [wholeNumber(count), value.toFixed(1)]),
          (points.at(-1)[1] - points[half][1]).toFixed(1),
        ];
      }),
    },
  ];
}

function startTables({ rows, rounds }) {
  return [
    {
      title: 'Start and size',
      about: `ms of require or import; ms from the start of a process to its first prediction, of an LSTM that is read from a file; MB on disk with all that the library needs; ${counted(rounds, 'start')}`,
      header: ['library', 'load', '±', 'first prediction', '±', 'MB'],
      rows: rows.map(({ label, missing, load, first, bytes }) =>
        missing === undefined
          ? [label, ...spreadCells(load), ...spreadCells(first), bytes === undefined ? '' : digits(bytes / 1e6)]
          : [label, 'not here', '', '', '', ''],
      ),
    },
  ];
}

const spreadCells = (time) => (time === undefined ? ['', ''] : [digits(time.median), percent(time.spread / 2)]);

const seriesNames = { steps: 'T', batch: 'B', hidden: 'H, with I = H / 2', threads: 'threads' };

function scalingTables({ series, base }) {
  const { steps, batch, input, hidden } = base;
  return [...new Set(series.map((row) => row.series))].map((name) => {
    const rows = series.filter((row) => row.series === name);
    const peers = peerLabels(rows);
    return {
      title: `Scaling: ${seriesNames[name]}`,
      about: `ms of a training step of an LSTM, T ${steps}, B ${batch}, I ${input}, H ${hidden} but for what changes, ${name === 'threads' ? 'the threads that stand there' : `${counted(rows[0].threads, 'thread')}`}`,
      header: [seriesNames[name], 'bptt', 'GFLOP/s', ...peers],
      rows: rows.map(({ value, gflops, times }) => [
        String(value),
        timeCell(times[0]),
        digits(gflops),
        ...peers.map((label) => timeCell(times.find((time) => time.label === label))),
      ]),
    };
  });
}
