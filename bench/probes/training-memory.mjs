// Peak memory of a process that trains the tagger. Prints one JSON line, in MB.
//   node training-memory.mjs FILE EPOCHS THREADS
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { wordReader } from '../peers/word-reader.mjs';

const peak = () => process.resourceUsage().maxRSS / 1000;
const atStart = peak();
const { ManyToMany } = createRequire(import.meta.url)('../..');
const [file, epochs, threads] = process.argv.slice(2);
const data = readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
const loaded = peak();
const model = new ManyToMany(wordReader());
await model.fit(data, { epochs: Number(epochs), batchSize: 16, threads: Number(threads) });
console.log(JSON.stringify({ atStart, loaded, peak: peak() }));
