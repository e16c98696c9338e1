import { describeShape } from '../harness/shapes.mjs';
import { counted, digits } from '../harness/table.mjs';
import { figure, Plot } from './plot.mjs';
import { groupOf, precisionOf } from './layer-tables.mjs';
import { colorOf, scalesOf } from './palette.mjs';

const makers = {
  layers: layerFigures,
  models: modelFigures,
  latency: latencyFigures,
  memory: memoryFigures,
  start: startFigures,
  scaling: scalingFigures,
};

/** @returns {Record<string, import('./plot.mjs').Figure[]>} by part */
export function reportFigures(report) {
  return Object.fromEntries(Object.entries(report.parts).map(([part, found]) => [part, makers[part](found, report)]));
}

const hasFigures = ({ failed, missing }) => failed === undefined && missing === undefined;

/** A row for each name, and in it a mark for each side, on a logarithmic axis. */
function marksByName(rows, { title, caption, x, label, margin = 110 }) {
  const scales = scalesOf(rows);
  const names = [...new Set(rows.map(({ name }) => name))];
  return figure({
    title,
    caption,
    legend: scales,
    height: 60 + 28 * names.length,
    marginLeft: margin,
    x: { type: 'log', label, grid: true, nice: true, tickFormat: plain, ticks: 5 },
    y: { domain: names, label: null, padding: 0.3 },
    color: scales.color,
    symbol: scales.symbol,
    marks: [
      Plot.ruleY(names, { stroke: 'currentColor', strokeOpacity: 0.15 }),
      Plot.dot(rows, {
        x,
        y: 'name',
        stroke: 'label',
        symbol: 'label',
        r: 4.5,
        strokeWidth: 1.8,
        title: (row) => `${row.label}, ${row.name}: ${digits(row[x])}`,
      }),
    ],
  });
}

/** Lines with marks, a line for each side, both axes logarithmic unless said. */
function lines(points, { title, caption, x, y, more = [], xScale = {}, yScale = {} }) {
  const scales = scalesOf(points);
  return figure({
    title,
    caption,
    legend: scales,
    x: { type: 'log', label: x, grid: true, tickFormat: plain, ticks: 6, ...xScale },
    y: { type: 'log', label: y, grid: true, tickFormat: plain, ticks: 5, ...yScale },
    color: scales.color,
    symbol: scales.symbol,
    marks: [
      ...more,
      Plot.line(points, { x: 'x', y: 'y', z: 'label', stroke: 'label', strokeWidth: 1.6 }),
      Plot.dot(points, {
        x: 'x',
        y: 'y',
        stroke: 'label',
        symbol: 'label',
        r: 4,
        strokeWidth: 1.6,
        title: (point) => `${point.label}, ${point.x}: ${digits(point.y)}`,
      }),
    ],
  });
}

/** Ticks of a logarithmic axis without exponents. */
const plain = (value) => {
  const power = Math.log10(value);
  if (value < 1 && Math.abs(power - Math.round(power)) > 1e-9) return '';
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1e4 ? `${value / 1e3}k` : String(Number(value.toPrecision(6)));
};

const settings = ({ limits, machine }, threads) => `${counted(threads, 'thread')}, ${limits.isa}, ${machine.processor}`;

function layerFigures({ rows, threads }, report) {
  const nameOf = ({ cell, mode, ...row }) => `${cell.toUpperCase()}, ${mode === 'train' ? 'training step' : 'inference'} (${groupOf(row)})`;
  return [
    ...[...new Set(rows.map(precisionOf))].flatMap((precision) =>
      roofline(
        rows.filter((row) => precisionOf(row) === precision),
        precision,
        report,
      ),
    ),
    ...[...new Set(rows.map(nameOf))].map((title) => {
      const chosen = rows.filter((row) => nameOf(row) === title);
      return marksByName(
        chosen.flatMap(({ shape, times, float32 }) =>
          [...times, ...(float32 ? [float32] : [])].filter(hasFigures).map((time) => ({ ...time, name: describeShape(shape) })),
        ),
        {
          title,
          caption: `T B I H against ms, the left is the fastest; ${settings(report, threads)}`,
          x: 'median',
          label: 'ms',
        },
      );
    }),
  ];
}

function roofline(rows, precision, report) {
  const { limits } = report;
  const inBfloat16 = precision === 'bfloat16';
  const peak = inBfloat16 ? limits.bfloat16.peak : limits.peak;
  if (!peak) return [];
  const [low, high] = [0.05, 200];
  const roofs = limits.bandwidths.flatMap(({ level, gigabytes }) => {
    const corner = peak / gigabytes;
    return [low, corner, high].map((x) => ({ level, x, y: Math.min(peak, gigabytes * x) }));
  });
  const modes = ['train', 'infer'];
  return modes
    .filter((mode) => rows.some((row) => row.mode === mode))
    .map((mode) => {
      const points = rows.filter((row) => row.mode === mode);
      const cells = ['rnn', 'gru', 'lstm', 'mingru'];
      const scales = {
        color: { domain: cells, range: [colorOf('jax'), colorOf('torch'), colorOf('bptt'), colorOf('onnxruntime')] },
        symbol: { domain: cells, range: ['diamond', 'square', 'circle', 'triangle'] },
      };
      return figure({
        title: `Against the limits: bptt, ${mode === 'train' ? 'training' : 'inference'}${inBfloat16 ? ', bfloat16' : ''}`,
        caption: `GFLOP/s against operations a byte, if each step of time reads the weights once; lines: what was measured of the ${inBfloat16 ? `products in bfloat16 (${limits.bfloat16.products})` : 'multiply-adds'} and of reading from ${limits.bandwidths.map(({ level }) => level).join(', ')}. A point above a line has its weights nearer; ${settings(report, limits.threads)}`,
        legend: scales,
        x: { type: 'log', label: 'operations a byte', domain: [low, high], grid: true, tickFormat: plain, ticks: 5 },
        y: { type: 'log', label: 'GFLOP/s', domain: [peak / 300, peak * 1.6], grid: true, tickFormat: plain, ticks: 5 },
        color: scales.color,
        symbol: scales.symbol,
        marks: [
          Plot.line(roofs, { x: 'x', y: 'y', z: 'level', stroke: 'currentColor', strokeOpacity: 0.55, clip: true }),
          Plot.text(
            // One beside the other, since the lines of the caches lie close together.
            limits.bandwidths.map(({ level, gigabytes }, i) => ({ level, x: 0.07 * 2.2 ** i, y: gigabytes * 0.07 * 2.2 ** i })),
            { x: 'x', y: 'y', text: 'level', fill: 'currentColor', stroke: 'var(--page)', strokeWidth: 5 },
          ),
          Plot.dot(points, {
            x: 'intensity',
            y: 'gflops',
            stroke: 'cell',
            symbol: 'cell',
            r: 4.5,
            strokeWidth: 1.8,
            title: (row) => `${row.cell} ${row.mode} ${describeShape(row.shape)}: ${digits(row.gflops)} GFLOP/s`,
          }),
        ],
      });
    });
}

function modelFigures({ rows, threads }, report) {
  const points = rows.flatMap(({ task, unit, units, times }) =>
    times.filter(hasFigures).map(({ key, label, median }) => ({ key, label, name: task, rate: (1000 * units) / median, unit })),
  );
  return [
    marksByName(points, {
      title: 'Whole models',
      caption: `words, characters, symbols … a second, as the table says; the right is the fastest; ${settings(report, threads)}`,
      x: 'rate',
      label: 'a second',
    }),
  ];
}

function latencyFigures({ streams, inFlight, eventLoop }, report) {
  const distributions = streams.map(({ input, hidden, times }) => {
    const points = times
      .filter(hasFigures)
      .flatMap(({ key, label, distribution }) => distribution.map(([share, time]) => ({ key, label, x: time, y: share })));
    const scales = scalesOf(points);
    return figure({
      title: `One step of an LSTM, I ${input}, H ${hidden}`,
      caption: `share of the steps that take at most so many µs, batch 1; ${report.limits.isa}, ${report.machine.processor}`,
      legend: scales,
      x: { type: 'log', label: 'µs', grid: true, tickFormat: plain, ticks: 5 },
      y: { label: 'share of the steps', domain: [0, 1], grid: true, ticks: 5, tickFormat: (share) => `${100 * share} %` },
      color: scales.color,
      symbol: scales.symbol,
      marks: [
        Plot.line(points, { x: 'x', y: 'y', z: 'label', stroke: 'label', strokeWidth: 1.6 }),
        Plot.dot(
          points.filter(({ y }) => [0.5, 0.9, 0.99].includes(y)),
          { x: 'x', y: 'y', stroke: 'label', symbol: 'label', r: 4, strokeWidth: 1.6, title: ({ label, x, y }) => `${label}, p${100 * y}: ${digits(x)} µs` },
        ),
      ],
    });
  });
  const flying = inFlight.rows.flatMap(({ inFlight: x, times }) =>
    times.filter(hasFigures).map(({ key, label, aSecond }) => ({ key, label, x, y: aSecond })),
  );
  const { steps, input, hidden } = inFlight.sequence;
  return [
    ...distributions,
    lines(flying, {
      title: 'Predictions in flight',
      caption: `predictions a second, each an LSTM over T ${steps}, I ${input}, H ${hidden}; all processors, ${report.limits.isa}, ${report.machine.processor}`,
      x: 'in flight',
      y: 'a second',
      yScale: { type: 'linear', zero: true },
      xScale: { base: 2, ticks: inFlight.rows.map((row) => row.inFlight), tickFormat: String },
    }),
    waiting(eventLoop, report),
  ];
}

function waiting({ rows, steps }, report) {
  const points = rows.flatMap(({ what, p50, p99, max }) => [
    { what, share: 'p50', time: p50 },
    { what, share: 'p99', time: p99 },
    { what, share: 'longest', time: max },
  ]);
  const shares = ['p50', 'p99', 'longest'];
  const scales = {
    color: { domain: shares, range: [colorOf('jax'), colorOf('bptt'), colorOf('torch')] },
    symbol: { domain: shares, range: ['diamond', 'circle', 'square'] },
  };
  return figure({
    title: 'The event loop while a model trains',
    caption: `ms that a timer is late and that a small fs.readFile takes; ${counted(steps, 'training step')} meanwhile, all processors, ${report.machine.processor}`,
    legend: scales,
    height: 190,
    marginLeft: 120,
    x: { type: 'log', label: 'ms', grid: true, nice: true, tickFormat: plain, ticks: 5 },
    y: { domain: rows.map(({ what }) => what), label: null },
    color: scales.color,
    symbol: scales.symbol,
    marks: [Plot.dot(points, { x: 'time', y: 'what', stroke: 'share', symbol: 'share', r: 4.5, strokeWidth: 1.8 })],
  });
}

function memoryFigures({ rows, flatness, epochs, threads }, report) {
  const there = rows.filter(hasFigures);
  const over = (what, label) =>
    figure({
      title: `Memory over ${label}`,
      caption: `resident MB after a garbage collection; ${report.machine.processor}`,
      height: 200,
      x: { label, grid: true, ticks: 5 },
      y: { label: 'MB', grid: true, ticks: 5, domain: [0, Math.max(...flatness[what].map(([, value]) => value)) * 1.2] },
      marks: [Plot.line(flatness[what], { stroke: colorOf('bptt'), strokeWidth: 1.8 }), Plot.ruleY([0], { strokeOpacity: 0.3 })],
    });
  return [
    bars(there.map(({ key, label, peak }) => ({ key, label, value: peak })), {
      title: 'Peak memory of a training run',
      caption: `resident MB of a process that trains the tagger for ${counted(epochs, 'epoch')}; ${settings(report, threads)}`,
      label: 'MB',
    }),
    over('epochs', 'epochs'),
    over('models', 'models made and disposed'),
  ];
}

/** A bar for each side, from 0. */
function bars(rows, { title, caption, label }) {
  return figure({
    title,
    caption,
    height: 60 + 30 * rows.length,
    marginLeft: 110,
    marginRight: 50,
    x: { label, grid: true, ticks: 4 },
    y: { domain: rows.map((row) => row.label), label: null },
    marks: [
      Plot.barX(rows, { x: 'value', y: 'label', fill: ({ key }) => colorOf(key) }),
      Plot.text(rows, { x: 'value', y: 'label', text: ({ value }) => digits(value), dx: 4, textAnchor: 'start', fill: 'currentColor' }),
      Plot.ruleX([0]),
    ],
  });
}

function startFigures({ rows }, report) {
  const there = rows.filter(hasFigures);
  const milliseconds = there.flatMap(({ key, label, load, first }) => [
    { key, label, name: 'load', time: load.median },
    ...(first ? [{ key, label, name: 'first prediction', time: first.median }] : []),
  ]);
  return [
    marksByName(milliseconds, {
      title: 'Loading, and the first prediction',
      caption: `ms, from the start of the process for the prediction; ${report.machine.processor}`,
      x: 'time',
      label: 'ms',
    }),
    bars(
      there.filter(({ bytes }) => bytes !== undefined).map(({ key, label, bytes }) => ({ key, label, value: bytes / 1e6 })),
      { title: 'Size on disk', caption: `MB with all that the library needs; ${report.machine.system}`, label: 'MB' },
    ),
  ];
}

const axes = { steps: 'T', batch: 'B', hidden: 'H (I = H / 2)', threads: 'threads' };

function scalingFigures({ series, base }, report) {
  return [...new Set(series.map((row) => row.series))].map((name) => {
    const rows = series.filter((row) => row.series === name);
    const points = rows.flatMap(({ value, times }) =>
      times.filter(hasFigures).map(({ key, label, median }) => ({ key, label, x: value, y: median })),
    );
    const { steps, batch, input, hidden } = base;
    return lines(points, {
      title: `Training step against ${axes[name]}`,
      caption: `ms of an LSTM, T ${steps}, B ${batch}, I ${input}, H ${hidden} but for what changes; ${name === 'threads' ? `${report.limits.isa}, ${report.machine.processor}` : settings(report, rows[0].threads)}`,
      x: axes[name],
      y: 'ms',
      xScale: { base: 2, ticks: rows.map(({ value }) => value), tickFormat: String },
    });
  });
}
