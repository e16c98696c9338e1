import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { parseHTML } from 'linkedom';
import { page } from '../report/page.mjs';
import { formatReport } from '../report/text.mjs';
import { ratioOf } from '../report/layer-tables.mjs';

const recorded = () => JSON.parse(readFileSync(new URL('report.json', import.meta.url), 'utf8'));
const parts = ['layers', 'models', 'latency', 'memory', 'start', 'scaling'];

test('the terminal gets the machine, its limits, all sides and all parts', () => {
  const report = recorded();
  const text = formatReport(report);
  for (const part of ['FMA', 'undefined', 'NaN', '[object']) assert.ok(!text.includes(part), part);
  for (const { name, missing } of report.peers) assert.ok(text.includes(missing ?? name), name);
  assert.match(text, /multiply-adds +\d+ GFLOP\/s/);
  for (const title of ['Layers: quick', 'Whole models', 'One step of a stream', 'Memory over time', 'Start and size', 'Scaling: T'])
    assert.ok(text.includes(title), title);
});

test('a row has the median, half the spread, the share of the peak and the ratio to the fastest peer', () => {
  const report = recorded();
  report.parts = {
    layers: {
      threads: 2,
      rows: [
        {
          set: 'table',
          cell: 'lstm',
          mode: 'train',
          shape: { steps: 1, batch: 2, input: 3, hidden: 4 },
          gflops: 150,
          ofPeak: 0.75,
          intensity: 1,
          times: [
            { key: 'bptt', label: 'bptt', median: 2, spread: 0.1 },
            { key: 'torch', label: 'PyTorch', median: 5, spread: 0.2 },
            { key: 'jax', label: 'JAX', median: 3, spread: 0, once: true },
            { key: 'brain', label: 'brain.js', failed: 'no such thing' },
          ],
        },
      ],
    },
  };
  assert.equal(ratioOf(report.parts.layers.rows[0]), 1.5);
  const text = formatReport(report);
  assert.match(text, /lstm +train +1 2 3 4 +2\.00 ±5 % +150 +75 % +5\.00 ±10 % +3\.00 once +1\.50/);
  assert.match(text, /brain\.js, lstm train 1 2 3 4: no such thing/);
});

/** The recorded report with its layers in bfloat16 too, as if that were twice as fast and PyTorch had two ways. */
function withBfloat16() {
  const report = recorded();
  const { rows } = report.parts.layers;
  report.limits.bfloat16 = { products: 'avx512bf16', peak: 1234 };
  const [module, autocast] = [3, 5].map((times) => (half, label) => ({ key: 'torch', label, median: half * times, spread: 0.1 }));
  rows.push(
    ...rows.map(({ times: [float32], ...row }) => {
      const half = float32.median / 2;
      const times = [{ ...float32, median: half }, module(half, 'PyTorch module'), autocast(half, 'PyTorch autocast')];
      return { ...row, precision: 'bfloat16', times, float32: { ...float32, label: 'bptt float32' } };
    }),
  );
  return report;
}

test('bfloat16 has a peak and tables of its own, beside own float32 and both ways of PyTorch', () => {
  const text = formatReport(withBfloat16());
  assert.match(text, /products in bfloat16, avx512bf16 +1234 GFLOP\/s/);
  assert.match(text, /Layers: quick\n.*peer\ncell +mode +T B I H +bptt +GFLOP\/s +of peak +PyTorch /);
  assert.match(text, /Layers: quick, bfloat16\n.*gain: to bptt in float32\n.* of peak +bptt float32 +gain +PyTorch module +PyTorch autocast +ratio\n/);
  assert.match(text, /Layers: quick, bfloat16, how many times as fast\n.*\ncell, mode +bptt float32 +PyTorch module +PyTorch autocast +the fastest peer\n.*\nlstm train +2\.00 .* 3\.00 .* 5\.00 .* 3\.00 /);
  assert.doesNotMatch(text, /undefined|NaN/);
});

test('the page shows bfloat16 apart from float32', () => {
  const { document } = parseHTML(page(withBfloat16()));
  const titles = [...document.querySelectorAll('#layers figure')].map((one) => one.querySelector('h3').textContent);
  for (const title of ['Against the limits: bptt, training', 'LSTM, training step (quick)']) assert.ok(titles.includes(title), title);
  for (const title of ['Against the limits: bptt, training, bfloat16', 'LSTM, training step (quick, bfloat16)']) assert.ok(titles.includes(title), title);
  assert.equal(new Set(titles).size, titles.length);
});

test('a busy machine is named', () => {
  assert.match(formatReport({ ...recorded(), otherLoad: 0.2 }), /others used 20 % of the processors: TOO BUSY/);
  assert.doesNotMatch(formatReport({ ...recorded(), otherLoad: 0.01 }), /TOO BUSY/);
});

test('the page has a section, figures and tables for each part, and needs nothing from elsewhere', () => {
  const html = page(recorded());
  const { document } = parseHTML(html);
  for (const part of parts) {
    const section = document.getElementById(part);
    assert.ok(section.querySelectorAll('figure').length > 0, part);
    assert.ok(section.querySelectorAll('table').length > 0, part);
  }
  assert.equal(document.querySelectorAll('script, link[rel=stylesheet], img').length, 0);
  assert.doesNotMatch(html.replaceAll('http://www.w3.org/', ''), /https?:\/\/|url\((?!#)|@import/);
  assert.doesNotMatch(html, /NaN|undefined/);
});

test('every figure can be read aloud, and says machine and shapes', () => {
  const report = recorded();
  const { document } = parseHTML(page(report));
  for (const one of document.querySelectorAll('figure')) {
    const drawing = [...one.children].find(({ localName }) => localName === 'svg');
    assert.equal(drawing.getAttribute('role'), 'img');
    const caption = one.querySelector('figcaption').textContent;
    assert.ok(drawing.getAttribute('aria-label').includes(one.querySelector('h3').textContent));
    assert.ok(caption.includes(report.machine.processor) || caption.includes(report.machine.system), caption);
  }
});

test('names from outside are not markup', () => {
  const report = recorded();
  report.machine.processor = '<script>alert(1)</script> & "co"';
  report.peers.push({ key: 'x', label: 'x', missing: '<b>gone</b>' });
  const { document } = parseHTML(page(report));
  assert.equal(document.querySelectorAll('script, b').length, 0);
  assert.ok(document.querySelector('header').textContent.includes('<script>alert(1)</script> & "co"'));
});

test('without any peer, and with single parts', () => {
  const report = recorded();
  const bare = {
    ...report,
    peers: report.peers.slice(0, 1),
    parts: { layers: { ...report.parts.layers, rows: report.parts.layers.rows.map((row) => ({ ...row, times: row.times.slice(0, 1) })) } },
  };
  assert.doesNotMatch(formatReport(bare), /how many times as fast|Infinity|NaN/);
  assert.doesNotMatch(page(bare), /Infinity|NaN/);
});
