'use strict';

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { gunzipSync } = require('node:zlib');

/** Whether an example shall only show that it runs, in a few seconds: `npm run example -- NAME --short`. */
const short = process.argv.includes('--short');

/**
 * The examples of one of the folders in examples/data.
 * @returns {{ train: object[], valid: object[], test: object[] }}
 */
function readExamples(folder, ending = '.jsonl.gz') {
  const part = (name, atMost) => {
    const lines = readText(join(folder, name + ending))
      .trimEnd()
      .split('\n');
    return (short ? lines.slice(0, atMost) : lines).map((line) => JSON.parse(line));
  };
  return { train: part('train', 96), valid: part('valid', 32), test: part('test', 32) };
}

/** The text of a file in examples/data, which may be compressed. */
function readText(name) {
  const bytes = readFileSync(join(__dirname, '..', 'data', name));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
}

/** Random numbers in [0, 1), the same ones for the same seed (Mulberry32). */
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

module.exports = { short, readExamples, readText, randomNumbers };
