import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { mean } from '../harness/statistics.mjs';
import { digits, superscript } from '../harness/table.mjs';
import { gains, normsWithGain } from './gains.mjs';
import { lineChart } from './line-chart.mjs';
import { cells, studies } from './studies.mjs';

const figures = fileURLToPath(new URL('../../docs/figures/', import.meta.url));

/** Steps of the layers that have learned nothing. */
const gainSteps = 100;

const row = (entries) => console.log(`| ${entries.join(' | ')} |`);
const head = (entries) => {
  row(entries);
  row(entries.map(() => '---'));
};
const clipping = ({ clipNorm }) => (clipNorm === 0 ? 'off' : String(clipNorm));

/** Of very different sizes: 0.00227, 42.9 or 6.9·10⁶. */
function scientific(value) {
  if (value === 0) return '0';
  const exponent = Math.floor(Math.log10(value));
  if (exponent >= 0 && exponent <= 3) return digits(value);
  if (exponent >= -3 && exponent < 0) return String(Number(value.toPrecision(3)));
  return `${(value / 10 ** exponent).toFixed(1)}·10${superscript(exponent)}`;
}

/** The runs of each length, cell and clipping of a study, the seeds side by side. */
function groups(runs, name) {
  const of = runs.filter(({ study }) => study === name);
  return studies[name].lengths.flatMap((T) =>
    Object.keys(cells).flatMap((cell) =>
      [1, 0]
        .map((clipNorm) => of.filter((run) => run.T === T && run.cell === cell && run.clipNorm === clipNorm))
        .filter((seeds) => seeds.length > 0)
        .map((seeds) => seeds.sort((a, b) => a.seed - b.seed)),
    ),
  );
}

function outcomes(runs, name) {
  const { metric, without } = studies[name];
  const shown = metric === 'recalled' ? (share) => (100 * share).toFixed(1) : scientific;
  console.log(`\n## ${name}: ${metric} on test (without memory: ${shown(without)})\n`);
  head([
    'T',
    'cell',
    'clipping',
    'seeds',
    `${metric}, each seed`,
    'mean',
    'largest gradient',
    'seconds a run',
  ]);
  for (const seeds of groups(runs, name)) {
    const { T, cell } = seeds[0];
    const failed = seeds.some((run) => run.failed !== undefined);
    row([
      T,
      cell,
      clipping(seeds[0]),
      seeds.map(({ seed }) => seed).join(', '),
      seeds.map((run) => (run.failed === undefined ? shown(run[metric]) : 'not finite')).join(', '),
      failed ? '–' : `**${shown(mean(seeds.map((run) => run[metric])))}**`,
      scientific(Math.max(...seeds.flatMap(({ gradient }) => gradient.map(({ largest }) => largest)))),
      digits(mean(seeds.map(({ seconds }) => seconds))),
    ]);
  }
}

/** Of an LSTM the gradient of its memory c⟨t⟩, which is the way by which gradients get far; nothing arrives there at t = T itself. */
const wayOf = ({ h, c }) => (c === undefined ? h : [h[0], ...c.slice(1)]);

function shares(runs, name, T) {
  const steps = [1, 10, 25, 50, 100, 200, 400].filter((k) => k <= T);
  console.log(`\n## ${name}, T = ${T}: norm of ∂L/∂a⟨T−k⟩ as a share of that of ∂L/∂a⟨T⟩\n`);
  head(['cell', 'weights', ...steps.map((k) => `k = ${k}`)]);
  for (const seeds of groups(runs, name).filter(([run]) => run.T === T && run.clipNorm === 1)) {
    for (const [label, norms] of [
      ['first', seeds[0].normsBefore],
      ['trained', seeds[0].normsAfter],
    ]) {
      if (norms !== undefined) {
        const way = wayOf(norms);
        row([seeds[0].cell, label, ...steps.map((k) => scientific(way[k] / way[0]))]);
      }
    }
  }
}

function withGains() {
  console.log(`\n## Norm of ∂L/∂a⟨0⟩, T = ${gainSteps}, nothing learned, Waa times a gain; ∂L/∂a⟨T⟩ has norm 1\n`);
  head(['cell', ...gains.map((gain) => `Waa × ${gain}`)]);
  const lines = [];
  for (const cell of Object.keys(cells)) {
    const ways = gains.map((gain) => wayOf(normsWithGain(cell, gain, gainSteps)));
    row([cell, ...ways.map((way) => scientific(way[gainSteps]))]);
    if (cell === 'rnn') {
      ways.forEach((way, i) => {
        lines.push({ name: `Waa × ${gains[i]}`, points: way.map((norm, k) => [k, norm]) });
      });
    }
  }
  draw('gradient-gains', {
    title: 'RNN (tanh) before training: what arrives k steps before the end',
    x: 'k',
    y: 'norm of the gradient',
    lines,
  });
}

function draw(name, chart) {
  mkdirSync(figures, { recursive: true });
  writeFileSync(`${figures}${name}.svg`, lineChart(chart));
}

/** Seed 1, clipped: one line a cell. */
const lineOf = (runs, study, T, points) =>
  Object.keys(cells).flatMap((cell, color) => {
    const run = runs.find(
      (one) =>
        one.study === study && one.T === T && one.cell === cell && one.clipNorm === 1 && one.seed === 1,
    );
    return run === undefined ? [] : points(run).map((line) => ({ ...line, color }));
  });

function gradientFigure(runs, T) {
  const line = (run, norms, name, dashed) => {
    const way = wayOf(norms);
    return { name: `${run.cell}, ${name}`, dashed, points: way.map((norm, k) => [k, norm / way[0]]) };
  };
  draw(`gradient-adding-${T}`, {
    title: `Adding problem, T = ${T}: the share of the gradient that arrives k steps before the end`,
    x: 'k',
    y: 'share of the gradient at the end',
    lines: lineOf(runs, 'adding', T, (run) =>
      run.normsAfter === undefined
        ? []
        : [line(run, run.normsBefore, 'first', true), line(run, run.normsAfter, 'trained', false)],
    ),
  });
}

function curveFigure(runs, study, T, title) {
  draw(`curve-${study}-${T}`, {
    title,
    x: 'epoch',
    y: 'loss on validation',
    lines: lineOf(runs, study, T, ({ cell, curve }) => [
      { name: cell, points: curve.map((loss, i) => [i + 1, loss]) },
    ]),
  });
}

/** Prints the tables of docs/long-memory.md and writes its figures to docs/figures. */
export function report(runs) {
  for (const name of Object.keys(studies)) outcomes(runs, name);
  for (const T of studies.adding.lengths) shares(runs, 'adding', T);
  withGains();
  for (const T of [100, 400]) {
    gradientFigure(runs, T);
    curveFigure(runs, 'adding', T, `Adding problem, T = ${T}: half the squared error on validation`);
  }
}
