#!/usr/bin/env node
// The benchmark suite: this machine, bptt, and its peers beside it. Options: node run.mjs --help
import { readFile } from 'node:fs/promises';
import { checkWritable, writeFileAtomically } from '../dist/files/atomic-file.js';
import { checkDistinct } from '../dist/cli/distinct-files.js';
import { readOptions } from './harness/options.mjs';

const options = readOptions();
// Before the addon is loaded here; the other processes inherit it.
if (options.isa) process.env.BPTT_ISA = options.isa;

await checkFiles();

const { formatReport } = await import('./report/text.mjs');
// Before anything is measured: it may not be installed.
const page = options.html && (await import('./report/page.mjs').catch(pageMissing)).page;
const report = options.from ? JSON.parse(await readFile(options.from, 'utf8')) : await measure();
process.stdout.write(`${formatReport(report)}\n`);
if (page) await write(options.html, page(report));

async function measure() {
  const { runParts } = await import('./parts/run-parts.mjs');
  // Written after each part, so that what a long run has found is not lost.
  return runParts(options, async (report) => {
    if (options.json) await write(options.json, `${JSON.stringify(report, null, 1)}\n`);
  });
}

/** Before anything is measured: there is a place for the figures, and it is not that of others. */
async function checkFiles() {
  const json = options.from ? undefined : options.json;
  const written = [
    { option: '--json', path: json },
    { option: '--html', path: options.html },
  ].filter(({ path }) => path !== undefined);
  try {
    await checkDistinct(written, [{ option: '--from', path: options.from }]);
    for (const { path } of written) await checkWritable(path);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

async function write(path, text) {
  await writeFileAtomically(path, [Buffer.from(text)]);
}

function pageMissing(error) {
  process.stderr.write(`--html needs what "npm ci" in bench/ installs: ${error.message}\n`);
  process.exit(2);
}
