// What it takes to load packages. Prints one JSON line.
//   node load.mjs PACKAGE …
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';

const require = createRequire(new URL('../package.json', import.meta.url));
console.info = console.warn = () => {};
const begin = performance.now();
for (const name of process.argv.slice(2)) require(name);
console.log(JSON.stringify({ milliseconds: performance.now() - begin }));
