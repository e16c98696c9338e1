import { machineLines } from '../harness/machine.mjs';
import { reportFigures } from './figures.mjs';
import { escaped } from './markup.mjs';
import { colorRules } from './palette.mjs';
import { loadLine, machineTables, reportTables, settingsLine } from './tables.mjs';

const titles = {
  layers: 'Layers',
  models: 'Whole models',
  latency: 'Latency',
  memory: 'Memory',
  start: 'Start and size',
  scaling: 'Scaling',
};

/** The report as one page that needs nothing else: no script, no font, no network. */
export function page(report) {
  const figures = reportFigures(report);
  const parts = reportTables(report);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>bptt: benchmarks, ${escaped(report.machine.processor)}</title>
<link rel="icon" href="data:,">
<style>
${colorRules}
${styles}
</style>
</head>
<body>
<header>
<h1>bptt: benchmarks</h1>
${[...machineLines(report.machine), settingsLine(report), loadLine(report)].map((line) => `<p>${escaped(line)}</p>`).join('\n')}
<nav aria-label="Parts"><ul>${parts.map(({ part }) => `<li><a href="#${part}">${titles[part]}</a></li>`).join('')}</ul></nav>
</header>
<main>
<section>
${machineTables(report).map((table) => tableHtml(table, 3)).join('\n')}
</section>
${parts.map(({ part, tables }) => sectionHtml(part, tables, figures[part])).join('\n')}
</main>
</body>
</html>
`;
}

function sectionHtml(part, tables, figures) {
  return `<section id="${part}">
<h2>${titles[part]}</h2>
<div class="figures">
${figures.map(figureHtml).join('\n')}
</div>
${tables.map((table) => tableHtml(table, 3)).join('\n')}
</section>`;
}

const figureHtml = ({ title, caption, svg, legend = '' }) => `<figure>
<h3>${escaped(title)}</h3>
${legend}
${svg}
<figcaption>${escaped(caption)}</figcaption>
</figure>`;

function tableHtml({ title, about, header, rows, left = 1, notes = [] }, level) {
  const cell = (text, column) =>
    column < left
      ? `<th scope="row">${escaped(text)}</th>`
      : `<td>${escaped(text)}</td>`;
  return `<h${level}>${escaped(title)}</h${level}>
${about ? `<p>${escaped(about)}</p>` : ''}
<div class="scrolling" role="region" aria-label="${escaped(title)}" tabindex="0">
<table>
<thead><tr>${header.map((text, column) => `<th scope="col"${column < left ? ' class="name"' : ''}>${escaped(text)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')}
</tbody>
</table>
</div>
${notes.length > 0 ? `<ul class="notes">${notes.map((note) => `<li>${escaped(note)}</li>`).join('')}</ul>` : ''}`;
}

const styles = `:root { --text: #1b1f24; --page: #ffffff; --faint: #5b6470; --line: #d5dae0; --stripe: #f5f7f9; --link: #0057a8; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8ebef; --page: #14171b; --faint: #a3adb9; --line: #363d46; --stripe: #1c2026; --link: #79bbff; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 90rem; padding: 1rem; color: var(--text); background: var(--page); font: 1rem/1.5 system-ui, sans-serif; }
header p, section > p { margin: 0.2rem 0; color: var(--faint); }
h1, h2 { line-height: 1.2; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); padding-bottom: 0.3rem; }
h3 { margin: 1.2rem 0 0.2rem; font-size: 1.05rem; }
a { color: var(--link); }
nav ul, .legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; margin: 0.4rem 0; padding: 0; list-style: none; }
.legend { font-size: 0.85rem; }
.legend li { display: flex; align-items: center; gap: 0.35rem; }
.legend svg { flex: none; width: 14px; height: 14px; overflow: visible; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1rem 2rem; }
figure { margin: 0; max-width: 34rem; }
figure > svg { display: block; width: 100%; height: auto; overflow: visible; }
figure > svg text { font-size: 12px; }
figcaption { margin-top: 0.3rem; color: var(--faint); font-size: 0.85rem; }
.scrolling { overflow-x: auto; margin: 0.4rem 0; }
.scrolling:focus-visible { outline: 2px solid var(--link); }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { padding: 0.2rem 0.7rem; text-align: right; border-bottom: 1px solid var(--line); }
th[scope="row"], th.name { text-align: left; font-weight: normal; }
thead th { font-weight: 600; }
tbody tr:nth-child(even) { background: var(--stripe); }
.notes { color: var(--faint); font-size: 0.9rem; padding-left: 1.2rem; }`;
