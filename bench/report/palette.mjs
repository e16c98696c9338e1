// A colour and a mark for each side, the same in all figures; the colours can be told apart without seeing red or green
// (after Okabe and Ito), and each side has a mark of its own as well.
import { sides } from '../harness/sides.mjs';

/** On a light page, on a dark page, symbol. */
const looks = {
  bptt: ['#0063a6', '#5ab4f5', 'circle'],
  torch: ['#c24a00', '#ff8c4d', 'square'],
  tensorflow: ['#8a6400', '#e6b23c', 'triangle'],
  'tensorflow-xla': ['#8a6400', '#e6b23c', 'triangle2'],
  jax: ['#007a5a', '#2fc99b', 'diamond'],
  onnxruntime: ['#8f3f88', '#dd94d6', 'plus'],
  'tfjs-wasm': ['#555555', '#b5b5b5', 'times'],
  'tfjs-cpu': ['#555555', '#b5b5b5', 'asterisk'],
  brain: ['#a3004f', '#ff7fb8', 'star'],
};
/** Of a second kind of a side, such as another number of threads or another precision. */
const secondSymbols = { bptt: 'diamond2', torch: 'square2', onnxruntime: 'asterisk' };

export const symbols = Object.fromEntries(Object.entries(looks).map(([key, [, , symbol]]) => [key, symbol]));

export const colorOf = (key) => `var(--${key})`;

/** @param {{ key: string, label: string }[]} times → scales of the labels, in the order of the sides. */
export function scalesOf(times) {
  const order = Object.keys(sides);
  const keys = new Map(times.map(({ key, label }) => [label, key]));
  const labels = [...keys.keys()].sort((a, b) => order.indexOf(keys.get(a)) - order.indexOf(keys.get(b)));
  const isSecond = (label, at) => labels.slice(0, at).some((other) => keys.get(other) === keys.get(label));
  return {
    color: { domain: labels, range: labels.map((label) => colorOf(keys.get(label))) },
    symbol: {
      domain: labels,
      range: labels.map((label, at) => {
        const key = keys.get(label);
        return (isSecond(label, at) && secondSymbols[key]) || symbols[key];
      }),
    },
  };
}

const variables = (at) =>
  Object.entries(looks)
    .map(([key, colors]) => `--${key}: ${colors[at]};`)
    .join(' ');

/** Custom properties for a light and a dark page. */
export const colorRules = `:root { ${variables(0)} }
@media (prefers-color-scheme: dark) { :root { ${variables(1)} } }`;
