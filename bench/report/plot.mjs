// Observable Plot, drawn without a browser.
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escaped } from './markup.mjs';

const { document } = parseHTML('<!doctype html><html><body></body></html>');

export { Plot };

/** Narrow enough for a telephone. */
const width = 420;

/**
 * @typedef {object} Figure
 * @property {string} title
 * @property {string} caption shapes, threads and what else the figures hold for
 * @property {string} svg
 * @property {string} [legend] HTML
 */

/** @returns {Figure} */
export function figure({ title, caption, legend, ...options }) {
  const svg = Plot.plot({ document, width, height: 280, marginLeft: 52, marginRight: 24, marginBottom: 40, style: { background: 'none' }, ...options });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `${title}. ${caption}`);
  // Scaled with the page.
  svg.removeAttribute('width');
  svg.removeAttribute('height');
  return { title, caption, svg: svg.outerHTML, legend: legend && legendOf(legend) };
}

/** @param {{ color: object, symbol: object }} scales */
function legendOf({ color, symbol }) {
  const entries = symbol.domain.map((label, i) => {
    const mark = Plot.plot({
      document,
      width: 14,
      height: 14,
      margin: 0,
      axis: null,
      x: { domain: [-1, 1] },
      y: { domain: [-1, 1] },
      symbol,
      marks: [Plot.dot([0], { x: 0, y: 0, symbol: () => label, stroke: color.range[i], r: 4, strokeWidth: 1.8 })],
      style: { background: 'none' },
    });
    mark.setAttribute('aria-hidden', 'true');
    return `<li>${mark.outerHTML} ${escaped(label)}</li>`;
  });
  return `<ul class="legend">${entries.join('')}</ul>`;
}
