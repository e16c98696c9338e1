// Charts of lines as SVG, drawn without any library: for figures of the documents.
import { superscript } from '../harness/table.mjs';

const size = { width: 720, height: 380, left: 78, right: 20, top: 64, bottom: 46 };
const colors = ['#0b62a4', '#c1440e', '#2e7d32', '#7b3fa0', '#8a6d00', '#555555'];
/** Points of a line that are drawn at most; more cannot be told apart at this size. */
const most = 120;

const escaped = (text) =>
  String(text).replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]);
const text = (x, y, words, rest = '') => `<text x="${x}" y="${y}" ${rest}>${escaped(words)}</text>`;
const line = (x1, y1, x2, y2) => `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#ddd"/>`;
const place = (value) => Number(value.toFixed(1));

/** Every k-th point, and the last. */
function thinned(points) {
  const every = Math.ceil(points.length / most);
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}

function powersOfTen(low, high) {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const every = Math.max(1, Math.ceil((last - first) / 8));
  const exponents = [];
  for (let exponent = last; exponent > first - every; exponent -= every) exponents.unshift(exponent);
  return exponents;
}

/** All whole numbers where they are few, else quarters. */
function ticks(left, right) {
  const parts = right - left <= 12 ? Math.max(1, right - left) : 4;
  return Array.from({ length: parts + 1 }, (_, i) => left + ((right - left) * i) / parts);
}

/**
 * A chart of whole numbers x, whose y axis is logarithmic.
 *
 * @param {{ title: string, x: string, y: string, lines: { name: string, points: [number, number][], color?: number, dashed?: boolean }[],
 *   floor?: number }} chart `color`: a number that lines share (default: a line's place). Points that are not above `floor` (default 1e-12) end a
 *   line: there is nothing to be seen of them, or float32 ends.
 * @returns {string}
 */
export function lineChart({ title, x, y, lines, floor = 1e-12 }) {
  const drawn = lines.map((one) => {
    const end = one.points.findIndex(([, value]) => !(value > floor && value < Infinity));
    return { ...one, points: thinned(end < 0 ? one.points : one.points.slice(0, end)) };
  });
  const all = drawn.flatMap(({ points }) => points);
  const xs = all.map(([value]) => value);
  const ys = all.map(([, value]) => value);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const exponents = powersOfTen(Math.min(...ys), Math.max(...ys));
  const [low, high] = [exponents[0], exponents.at(-1)];
  const inner = { width: size.width - size.left - size.right, height: size.height - size.top - size.bottom };
  const atX = (value) => place(size.left + (inner.width * (value - left)) / (right - left || 1));
  const atY = (exponent) => place(size.top + (inner.height * (high - exponent)) / (high - low || 1));
  const parts = [text(size.left, 20, title, 'font-weight="bold"')];
  for (const exponent of exponents) {
    parts.push(line(size.left, atY(exponent), size.width - size.right, atY(exponent)));
    parts.push(text(size.left - 8, atY(exponent) + 4, `10${superscript(exponent)}`, 'text-anchor="end"'));
  }
  for (const value of ticks(left, right)) {
    parts.push(line(atX(value), size.top, atX(value), size.height - size.bottom));
    parts.push(text(atX(value), size.height - size.bottom + 18, place(value), 'text-anchor="middle"'));
  }
  parts.push(text(size.left + inner.width / 2, size.height - 8, x, 'text-anchor="middle"'));
  const middle = size.top + inner.height / 2;
  parts.push(text(16, middle, y, `text-anchor="middle" transform="rotate(-90 16 ${middle})"`));
  drawn.forEach(({ name, points, color, dashed }, i) => {
    const look = `stroke="${colors[(color ?? i) % colors.length]}" stroke-width="2"${dashed ? ' stroke-dasharray="5 4"' : ''}`;
    const path = points.map(([px, py]) => `${atX(px)},${atY(Math.log10(py))}`).join(' ');
    parts.push(`<polyline fill="none" ${look} points="${path}"/>`);
    const legend = { x: size.left + (i % 4) * 155, y: 38 + 16 * Math.floor(i / 4) };
    parts.push(`<line x1="${legend.x}" y1="${legend.y}" x2="${legend.x + 24}" y2="${legend.y}" ${look}/>`);
    parts.push(text(legend.x + 30, legend.y + 4, name));
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="12" fill="#222">`,
    `<rect width="${size.width}" height="${size.height}" fill="#fff"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}
