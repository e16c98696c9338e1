// One process that times whole models on the native core, as the classes use it; asked by harness/process-runner.mjs.
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { serve } from '../harness/process-runner.mjs';

const require = createRequire(import.meta.url);
const { native } = require('../../dist/native.js');
const { version } = require('../../package.json');
const { Generator, Network, Trainer, system } = native();

const lstm = (hidden, bidirectional) => ({
  cell: 'lstm',
  activation: 'tanh',
  resetAfter: true,
  forgetBias: 1,
  hidden,
  layers: 1,
  bidirectional,
  seed: 1,
});
const dropout = { input: 0, between: 0, recurrent: 0, output: 0 };
const adam = {
  kind: 'adam',
  momentum: 0,
  nesterov: false,
  decay: 0,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
};

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
/** Ids from `first` on, all different from their neighbours. */
const ids = (count, size, first) => Int32Array.from({ length: count }, (_, i) => first + ((i * 13) % (size - first)));

const translator = ({ source, target, embedding, hidden }) =>
  new Network({
    ...lstm(hidden, true),
    dropout,
    input: { kind: 'tokens', vocabulary: source, embedding, window: 0 },
    pooling: 'none',
    output: { kind: 'classes', size: target },
    decoder: { ...lstm(hidden, false), embedding, attention: 'luong' },
  });

function trainingStep(network, batch, threads) {
  const trainer = new Trainer(network, { optimizer: adam, clipNorm: 5, threads, seed: 1 });
  return () => trainer.step(batch, 0.001);
}

const makers = {
  generate({ sequences, steps, vocabulary, embedding, hidden }) {
    const network = new Network({
      ...lstm(hidden, false),
      dropout,
      input: { kind: 'tokens', vocabulary, embedding, window: 0 },
      pooling: 'none',
      output: { kind: 'classes', size: vocabulary },
    });
    const prompts = { lengths: new Int32Array(sequences).fill(1), tokens: new Int32Array(sequences) };
    const seeds = Float64Array.from({ length: sequences }, (_, b) => b);
    const options = { temperature: 1, topK: 0, topP: 1, seeds, banned: Int32Array.of(1), endless: true };
    return async () => {
      const generator = new Generator(network, prompts, options);
      await generator.next(steps);
      generator.dispose();
    };
  },
  beam({ lengths, batches, beam, limit, ...sizes }) {
    const network = translator(sizes);
    // No hypothesis ends before the limit.
    network.setParameter('output.bias', new Float32Array(sizes.target).fill(-50, 0, 1));
    const batch = { lengths: Int32Array.from(lengths), tokens: ids(sum(lengths), sizes.source, 2) };
    const options = { beam, nBest: 1, lengthPenalty: 1, limits: new Int32Array(lengths.length).fill(limit) };
    return () => Promise.all(Array.from({ length: batches }, () => network.decode(batch, options)));
  },
  ctc({ features, hidden, classes, lengths, targetLengths }, threads) {
    const network = new Network({
      ...lstm(hidden, true),
      dropout,
      input: { kind: 'features', size: features },
      pooling: 'none',
      output: { kind: 'classes', size: classes },
      ctc: true,
    });
    const batch = {
      lengths: Int32Array.from(lengths),
      features: Float32Array.from({ length: sum(lengths) * features }, (_, i) => Math.sin(i * 1.7)),
      targetLengths: Int32Array.from(targetLengths),
      classes: ids(sum(targetLengths), classes, 1),
    };
    return trainingStep(network, batch, threads);
  },
  attention({ lengths, targetLengths, ...sizes }, threads) {
    const batch = {
      lengths: Int32Array.from(lengths),
      tokens: ids(sum(lengths), sizes.source, 2),
      targetLengths: Int32Array.from(targetLengths),
      classes: ids(sum(targetLengths), sizes.target, 2),
    };
    return trainingStep(translator(sizes), batch, threads);
  },
};

let step;

function prepare({ model, sizes, threads }) {
  step = makers[model](sizes, threads);
  return {};
}

async function run({ seconds, least }) {
  await step();
  const milliseconds = [];
  const end = performance.now() + 1000 * seconds;
  while (milliseconds.length < least || performance.now() < end) {
    const begin = performance.now();
    await step();
    milliseconds.push(performance.now() - begin);
  }
  return { milliseconds };
}

await serve({ describe: () => ({ name: `bptt ${version}`, detail: system().isa }), prepare, run });
