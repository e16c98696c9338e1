// Loads damaged and lying model files and uses those that load: every one must load or be refused by a BpttError, at
// once and with memory in proportion to its size. So must a training that is to go on from a damaged checkpoint.
//   node test/fuzz/run.mjs FOLDER [--first N] [--count N]     mutated files N, N + 1, …; the same N is the same file
//   node test/fuzz/run.mjs FOLDER --every STRIDE              each truncation, each flipped bit of a header
// The file under way is FOLDER/case.safetensors, so that it is still there after a crash. The last line of output is JSON.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { makeCorpus } from './corpus.mjs';
import { everyDamage, mutate } from './mutations.mjs';

const require = createRequire(import.meta.url);
const { BpttError, loadModel } = require('../../dist');
const { Random } = require('../../dist/support/random.js');

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { first: { type: 'string' }, count: { type: 'string' }, every: { type: 'string' } },
});
const [folder] = positionals;
mkdirSync(folder, { recursive: true });
const path = join(folder, 'case.safetensors');
const longest = 5; // seconds of the processor: the machine may have other things to do
const largest = 200e6; // bytes; a file of the corpus has fewer than ten thousand

/** What loading may say of a file that is there; going on from it; using a model that loaded; and asking it for a stream. */
const loading = new Set(['ERR_FORMAT', 'ERR_VERSION']);
const resuming = new Set([...loading, 'ERR_OPTION', 'ERR_DATA', 'ERR_NON_FINITE']);
const using = new Set(['ERR_DATA', 'ERR_SHAPE', 'ERR_NON_FINITE', 'ERR_STATE']);
const streaming = new Set(['ERR_OPTION', 'ERR_DATA', 'ERR_NON_FINITE']);

async function unlessRefused(codes, call) {
  try {
    return await call();
  } catch (error) {
    if (error instanceof BpttError && codes.has(error.code)) return undefined;
    throw error;
  }
}

async function use(model, data) {
  const tries = [() => model.evaluate(data), () => model.fit(data, { epochs: 1 }), () => model.save(path)];
  if (model.mode === 'one-to-many') {
    tries.push(async () => {
      for await (const step of model.generate({ maxSteps: 3 })) void step;
    });
  } else if (Array.isArray(data)) {
    tries.push(() => model.predictMany(data.map(({ x }) => x)));
  }
  for (const attempt of tries) await unlessRefused(using, attempt);
  await unlessRefused(streaming, async () => model.stream().reset());
}

/** Whether a training went on from the file; then its model can be saved and loaded. */
async function goOn(resume) {
  const model = await unlessRefused(resuming, () => resume(path));
  if (model === undefined) return false;
  const saved = join(folder, 'resumed.safetensors');
  await model.save(saved);
  model.dispose();
  (await loadModel(saved)).dispose();
  return true;
}

/** What became of it. */
async function check({ bytes, data, resume }) {
  writeFileSync(path, bytes);
  const used = process.cpuUsage();
  const before = process.resourceUsage().maxRSS;
  const resumed = resume !== undefined && (await goOn(resume));
  const model = await unlessRefused(loading, () => loadModel(path));
  if (model !== undefined) {
    await use(model, data);
    model.dispose();
  }
  const { user, system } = process.cpuUsage(used);
  const seconds = (user + system) / 1e6;
  const taken = (process.resourceUsage().maxRSS - before) * 1024;
  if (seconds > longest) throw new Error(`it took ${seconds} seconds`);
  if (taken > largest) throw new Error(`it took ${taken} bytes`);
  return { loaded: model !== undefined, resumed };
}

function* cases(corpus) {
  if (options.every !== undefined) {
    for (const { name, bytes, ...rest } of corpus) {
      let index = 0;
      for (const damaged of everyDamage(bytes, Number(options.every))) {
        yield { name: `${name}, damage ${(index += 1)}`, bytes: damaged, ...rest };
      }
    }
    return;
  }
  const first = Number(options.first ?? 0);
  for (let index = first; index < first + Number(options.count ?? 1); index += 1) {
    const random = new Random(index);
    const { name, bytes, ...rest } = corpus[random.below(corpus.length)];
    yield { name: `${name}, --first ${index}`, bytes: mutate(bytes, random), ...rest };
  }
}

const corpus = await makeCorpus(folder);
const result = { loaded: 0, refused: 0, resumed: 0 };
for (const { name, ...file } of cases(corpus)) {
  try {
    const { loaded, resumed } = await check(file);
    result[loaded ? 'loaded' : 'refused'] += 1;
    if (resumed) result.resumed += 1;
  } catch (error) {
    writeFileSync(path, file.bytes);
    console.error(`${name} (${path}):`, error);
    process.exit(1);
  }
}
console.log(JSON.stringify(result));
