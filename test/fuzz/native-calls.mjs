// Calls the addon with arguments that are right, and with the same ones spoiled: each call gives a result that holds together, or an
// error with a code; nothing is read where nothing is (the sanitizers would tell), and what was passed wrong arguments is of use
// afterwards, with the results it had before.
//   node test/fuzz/native-calls.mjs [--first N] [--count N]     the same N is the same calls
// The last line of output is JSON: how often each call was fine, how often it was refused, and the codes.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

import {
  batch,
  chance,
  decodingOptions,
  networkOptions,
  one,
  samplingOptions,
  spoiled,
  spoiledBatch,
  states,
  streamStep,
  trainerOptions,
} from './native-arguments.mjs';

const require = createRequire(import.meta.url);
const { native } = require('../../dist/addon/native.js');
const { Random } = require('../../dist/support/random.js');
const { Generator, Network, Parameters, RecurrentLayer, Stream, Trainer } = native();

const { values: wanted } = parseArgs({ options: { first: { type: 'string' }, count: { type: 'string' } } });
const longest = 10; // seconds of the processor

const codes = new Set([
  'ERR_OPTION',
  'ERR_DATA',
  'ERR_SHAPE',
  'ERR_STATE',
  'ERR_BUSY',
  'ERR_NON_FINITE',
  'ERR_DISPOSED',
  'ERR_MEMORY',
]);

const counted = { fine: {}, refused: {}, codes: {} };
const count = (table, name) => {
  table[name] = (table[name] ?? 0) + 1;
};

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const finite = (numbers) => numbers.every(Number.isFinite);
const below = (numbers, bound) => numbers.every((number) => number >= 0 && number < bound);

/** What the call gives, or undefined where it is refused as it should be. */
async function attempt(name, call) {
  let result;
  try {
    result = await call();
  } catch (error) {
    if (!(error instanceof Error) || !codes.has(error.code) || error.message === '') throw error;
    count(counted.refused, name);
    count(counted.codes, error.code);
    return undefined;
  }
  count(counted.fine, name);
  return result ?? true;
}

function checkLoss({ loss, count: rows, infeasible }, has) {
  assert(has ? Number.isFinite(loss) : Number.isNaN(loss));
  assert(rows >= 0 && infeasible >= 0);
}

/** What an evaluation of that batch must hold. */
function checkEvaluation(options, { lengths, keeps, marginals, ...given }, found) {
  const { output, pooling, decoder, crf, layers, hidden, projection, cell } = options;
  const rows =
    decoder !== undefined
      ? sum(given.targetLengths) + (output.kind === 'classes' ? lengths.length : 0)
      : pooling === 'none'
        ? sum(lengths)
        : lengths.length;
  const empty = crf !== undefined && marginals !== true;
  assert.equal(found.output.length, empty ? 0 : rows * output.size);
  assert(finite(found.output));
  if (output.kind !== 'values') assert(found.output.every((share) => share >= 0 && share <= 1));
  if (crf !== undefined) {
    assert.equal(found.path.length, rows);
    assert(below(found.path, output.size));
  }
  checkLoss(found, (given.classes ?? given.values ?? null) !== null);
  if (keeps === true && lengths.length > 0) {
    const states = layers * lengths.length;
    assert.deepEqual(
      [found.final.h.length, found.final.c?.length],
      [states * (projection || hidden), cell === 'lstm' ? states * hidden : undefined],
    );
  }
}

function checkDecoding({ output, decoder }, { lengths, ...given }, { attention }, found) {
  assert.equal(found.counts.length, lengths.length);
  assert(found.counts.every((hypotheses) => hypotheses >= 1));
  const hypotheses = sum(found.counts);
  assert.equal(found.lengths.length, hypotheses);
  assert.equal(found.ended.length, hypotheses);
  assert.equal(found.scores.length, hypotheses);
  assert(finite(found.scores));
  const steps = sum(found.lengths);
  const symbols = output.kind === 'classes';
  assert.equal(found.symbols.length, symbols ? steps : 0);
  assert(below(found.symbols, output.size));
  assert.equal(found.values.length, symbols ? 0 : steps * output.size);
  assert(finite(found.values));
  const weights = found.lengths.map((length, at) => {
    let sentence = 0;
    for (let left = at; left >= found.counts[sentence]; sentence += 1) left -= found.counts[sentence];
    return length * lengths[sentence];
  });
  assert.equal(found.attention.length, decoder !== undefined && attention === true ? sum(weights) : 0);
  checkLoss(found, (given.classes ?? (symbols ? null : given.values) ?? null) !== null);
}

function checkGenerated({ output }, sequences, steps, found) {
  assert.deepEqual([found.lengths.length, found.ended.length], [sequences, sequences]);
  assert(below(found.lengths, steps + 1));
  const total = sum(found.lengths);
  if (output.kind === 'values') {
    assert.equal(found.values.length, total * output.size);
    assert(finite(found.values));
    return;
  }
  assert.equal(found.probabilities.length, total);
  assert(found.probabilities.every((share) => share >= 0 && share <= 1));
  assert(below(found.symbols ?? found.active, output.size));
  assert.equal(
    found.symbols?.length ?? sum(found.activeCounts),
    found.symbols === undefined ? found.active.length : total,
  );
}

/** What the fields hold before a getter among them is asked. */
function snapshot(fields) {
  const copy = {};
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(fields))) {
    // One that has fallen out of its buffer has no elements, and cannot even be asked for their sum.
    copy[name] =
      ArrayBuffer.isView(value) && 'length' in value
        ? Array.from({ length: value.length }, (_, at) => value[at])
        : value;
  }
  return copy;
}

/** Of the arguments now and then one that is spoiled. */
const perhaps = (random, share, right, wrong) => (chance(random, share) ? wrong(right) : right);

/** The steps of a search are no border: so many would be right. */
function withoutEndlessLimits(options) {
  const limits = options?.limits;
  if (!(limits instanceof Int32Array) || limits.buffer instanceof SharedArrayBuffer) return options;
  try {
    return { ...options, limits: limits.map((limit) => Math.min(limit, 9)) };
  } catch {
    return options; // detached
  }
}

async function useNetwork(random, network, options) {
  for (let call = 0; call < 3; call += 1) {
    const searches = options.decoder !== undefined || options.ctc === true;
    const use = one(random, ['evaluate', 'decode', ...Array(3).fill(searches ? 'decode' : 'evaluate')]);
    const right = batch(random, options, use);
    const given = perhaps(random, 0.7, right, () => spoiledBatch(random, right, options));
    if (use === 'evaluate') {
      const copy = snapshot(given);
      const found = await attempt('evaluate', () => network.evaluate(given));
      if (found) checkEvaluation(options, copy, found);
    } else {
      const search = withoutEndlessLimits(
        perhaps(random, 0.4, decodingOptions(random, options, right.lengths.length), (search) =>
          spoiled(random, search),
        ),
      );
      const copy = snapshot(given);
      const found = await attempt('decode', () => network.decode(given, search));
      if (found) checkDecoding(options, copy, search, found);
    }
  }
}

async function train(random, network, options) {
  let settings = trainerOptions(random);
  if (options.input.kind === 'tokens' && chance(random, 0.3))
    settings.rareTokens = new Uint8Array(options.input.vocabulary).fill(1);
  settings = perhaps(random, 0.2, settings, () => spoiled(random, settings));
  let trainer = await attempt('new Trainer', () => new Trainer(network, settings));
  if (trainer === undefined) return;
  const sequences = random.below(4);
  for (let call = 0; call < 6; call += 1) {
    switch (random.below(8)) {
      case 0: {
        const right = batch(random, options, 'evaluate');
        const given = perhaps(random, 0.6, right, () => spoiledBatch(random, right, options));
        const copy = snapshot(given);
        const found = await attempt('trainer.evaluate', () => trainer.evaluate(given));
        if (found) checkEvaluation(options, copy, found);
        break;
      }
      case 1: {
        await attempt('trainer.keep', () => trainer.keep());
        break;
      }
      case 2: {
        const state = await attempt('trainer.state', () => trainer.state());
        if (state === undefined) break;
        const right = await givenState(options, state);
        const from = perhaps(random, 0.6, right, () => spoiled(random, right));
        const resumed = await attempt('resume', () => new Trainer(network, settings, from));
        if (resumed === undefined) break;
        trainer.dispose();
        trainer = resumed;
        break;
      }
      default: {
        const right = batch(random, options, 'step', chance(random, 0.8) ? sequences : undefined);
        if (chance(random, 0.3)) right.continues = true;
        const given = perhaps(random, 0.5, right, () => spoiledBatch(random, right, options));
        const rate = one(random, [0.01, 0.01, 0.01, 0, -1, NaN, 1e30, '1']);
        const found = await attempt('step', () => trainer.step(given, rate));
        if (found) assert(Number.isFinite(found.loss) && Number.isFinite(found.gradientNorm));
      }
    }
  }
  if (chance(random, 0.5)) await attempt('finish', () => trainer.finish());
  trainer.dispose();
}

async function stream(random, network, options) {
  const context = options.context && new Float32Array(options.context).fill(0.5);
  const given = perhaps(random, 0.3, { context }, (right) => spoiled(random, right)).context;
  const made = await attempt('new Stream', () => new Stream(network, given));
  if (made === undefined) return;
  for (let call = 0; call < 5; call += 1) {
    const right = { x: streamStep(random, options), out: new Float32Array(options.output.size) };
    const { x, out } = perhaps(random, 0.4, right, () => spoiled(random, right));
    if (await attempt('stream.step', () => made.step(x, out))) assert(finite(out));
    if (chance(random, 0.3)) {
      const state = perhaps(random, 0.5, states(random, options, 1), (state) => spoiled(random, state));
      await attempt('setState', () => made.setState(state.h, state.c));
      made.state();
    }
    if (chance(random, 0.2)) made.reset();
  }
}

async function generate(random, network, options) {
  const right = batch(random, options, 'prompts');
  const prompts = perhaps(random, 0.5, right, () => spoiledBatch(random, right, options));
  const sequences = right.lengths.length;
  const sampling = perhaps(random, 0.3, samplingOptions(random, options, sequences), (sampling) =>
    spoiled(random, sampling),
  );
  const made = await attempt('new Generator', () => new Generator(network, prompts, sampling));
  if (made === undefined) return;
  for (let call = 0; call < 2; call += 1) {
    const steps = one(random, [1, 3, 7, 0, -1, NaN, 2 ** 31, '3']);
    const found = await attempt('next', () => made.next(steps));
    if (found) checkGenerated(options, found.lengths.length, steps, found);
  }
  made.dispose();
  await attempt('next after dispose', () => made.next(1));
}

async function bareLayer(random) {
  const { cell, activation, resetAfter, forgetBias, peepholes, projection, layerNorm, hidden, layers } =
    networkOptions(random);
  const sizes = {
    input: 1 + random.below(4),
    threads: 1 + random.below(2),
    bidirectional: chance(random, 0.5),
    seed: 1,
    precision: one(random, ['float32', 'bfloat16']),
  };
  const options = {
    cell,
    activation,
    resetAfter,
    forgetBias,
    peepholes,
    projection,
    layerNorm,
    hidden,
    layers,
    ...sizes,
  };
  const layer = await attempt(
    'new RecurrentLayer',
    () => new RecurrentLayer(perhaps(random, 0.2, options, () => spoiled(random, options))),
  );
  // Spoiled options may be those of another layer.
  if (layer === undefined) return;
  for (let call = 0; call < 4; call += 1) {
    const [steps, sequences, directions] = [random.below(4), random.below(4), options.bidirectional ? 2 : 1];
    const array = (size) => new Float32Array(size).fill(0.25);
    const width = projection || hidden;
    const state = () => array(layers * directions * sequences * width);
    const memory = () => (cell === 'lstm' ? array(layers * directions * sequences * hidden) : undefined);
    const forward = {
      x: array(steps * sequences * options.input),
      steps,
      batch: sequences,
      lengths: one(random, [undefined, new Int32Array(sequences).fill(Math.min(steps, 1))]),
      h0: one(random, [undefined, state()]),
      c0: one(random, [undefined, memory()]),
      training: chance(random, 0.7),
      output: array(steps * sequences * directions * width),
      h: state(),
      c: memory(),
    };
    const backward = {
      dOutput: array(forward.output.length),
      dh: undefined,
      dc: memory(),
      dInput: array(forward.x.length),
      dh0: state(),
      dc0: memory(),
    };
    const wrong = (right) => spoiled(random, right);
    await attempt('forward', () =>
      layer.forward(...Object.values({ ...forward, ...perhaps(random, 0.4, forward, wrong) })),
    );
    await attempt('backward', () =>
      layer.backward(...Object.values({ ...backward, ...perhaps(random, 0.3, backward, wrong) })),
    );
  }
  layer.dispose();
  await attempt('forward after dispose', () => layer.forward());
}

/** The state of a trainer as another one takes it. */
async function givenState(options, state) {
  const given = { ...state };
  for (const group of ['parameters', 'first', 'second', 'kept']) {
    if (state[group] === undefined) continue;
    given[group] = new Parameters(options);
    for (const [name, numbers] of Object.entries(state[group])) {
      const half = numbers.length >> 1;
      await attempt('add', () => given[group].add(name, numbers.subarray(0, half)));
      await attempt('add', () => given[group].add(name, numbers.subarray(half)));
    }
  }
  return given;
}

async function setParameters(random, network) {
  const name = one(random, network.parameterNames());
  const right = { name, data: network.parameter(name) };
  const given = spoiled(random, right);
  await attempt('setParameter', () => network.setParameter(given.name, given.data));
  await attempt('parameter', () => network.parameter(given.name));
  // As good as new, but for what may now be infinite.
  await attempt('setParameter', () => network.setParameter(name, right.data));
}

/** Methods of one object called on another. */
function mixUp(random, objects) {
  const from = one(random, objects);
  const on = one(random, [...objects, {}, null, Object.create(Object.getPrototypeOf(from))]);
  if (on !== null && Object.getPrototypeOf(on) === Object.getPrototypeOf(from) && objects.includes(on))
    return;
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(from)).filter(
    (name) => name !== 'constructor',
  );
  const name = one(random, names);
  assert.throws(
    () => from[name].call(on, new Float32Array(1), 1),
    (error) => error instanceof Error,
    name,
  );
  count(counted.refused, 'on another');
}

async function run(index) {
  const random = new Random(index);
  const options = networkOptions(random);
  if (chance(random, 0.3)) {
    const other = await attempt('new Network', () => new Network(spoiled(random, options)));
    other?.dispose();
  }
  const network = new Network(options);
  const use = options.decoder === undefined && options.ctc !== true ? 'evaluate' : 'decode';
  const good = batch(random, options, use, 2);
  const search = decodingOptions(random, options, 2);
  const judged = () => (use === 'evaluate' ? network.evaluate(good) : network.decode(good, search));
  const before = await judged();
  await useNetwork(random, network, options);
  await stream(random, network, options);
  await generate(random, network, options);
  await bareLayer(random);
  await setParameters(random, network);
  assert.deepEqual(await judged(), before);
  await train(random, network, options);
  const objects = [network, new Network(options), new Trainer(network, trainerOptions(random))];
  mixUp(random, objects);
  objects[2].dispose();
  network.dispose();
  await attempt('evaluate after dispose', () => network.evaluate(good));
}

const first = Number(wanted.first ?? 0);
for (let index = first; index < first + Number(wanted.count ?? 1); index += 1) {
  try {
    const used = process.cpuUsage();
    await run(index);
    const { user, system } = process.cpuUsage(used);
    const seconds = (user + system) / 1e6;
    assert(seconds < longest, `it took ${seconds} seconds`);
  } catch (error) {
    console.error(`--first ${index}:`, error);
    process.exit(1);
  }
}
console.log(JSON.stringify(counted));
