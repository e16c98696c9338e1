// Whole models: their training through the classes, the rest by the calls of the addon that the classes make.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { wordReader } from './word-reader.mjs';

const require = createRequire(import.meta.url);
const { ManyToMany, ManyToOne, OneToMany } = require('../..');
const { native } = require('../../dist/addon/native.js');
const { Generator, Network, Trainer } = native();

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

const examplesOf = (file) => readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));

/** An epoch of `fit`; on a tenth of the data in place of a first one. */
function epoch(model, data, options) {
  const fit = (part) => model.fit(part, { epochs: 1, optimizer: { kind: 'adam', learningRate: 0.002 }, clipNorm: 5, ...options });
  return Object.assign(() => fit(data), { warm: () => fit(data.slice(0, data.length / 10)), close: () => model.dispose() });
}

/** By the name of the model: `{ sizes, threads }` → step. */
export const models = {
  tagger({ sizes, threads }) {
    return epoch(new ManyToMany(wordReader(sizes)), examplesOf(sizes.file), { batchSize: sizes.batch, threads });
  },
  classifier({ sizes, threads }) {
    return epoch(new ManyToOne(wordReader(sizes)), examplesOf(sizes.file), { batchSize: sizes.batch, threads });
  },
  characters({ sizes: { file, embedding, hidden, batch, window }, threads }) {
    const model = new OneToMany({ cell: 'lstm', hidden, sequence: { kind: 'tokens', tokenizer: 'characters', embedding } });
    return epoch(model, readFileSync(file, 'utf8'), { batchSize: batch, tbptt: window, threads });
  },
  generate({ sizes: { sequences, steps, vocabulary, embedding, hidden, topK = 0 } }) {
    const network = new Network({
      ...lstm(hidden, false),
      dropout,
      input: { kind: 'tokens', vocabulary, embedding, window: 0 },
      pooling: 'none',
      output: { kind: 'classes', size: vocabulary },
    });
    const prompts = { lengths: new Int32Array(sequences).fill(1), tokens: new Int32Array(sequences) };
    const seeds = Float64Array.from({ length: sequences }, (_, b) => b);
    const options = { temperature: 1, topK, topP: 1, seeds, banned: Int32Array.of(1), endless: true };
    return async () => {
      const generator = new Generator(network, prompts, options);
      await generator.next(steps);
      generator.dispose();
    };
  },
  beam({ sizes: { lengths, batches, beam, limit, ...sizes } }) {
    const network = translator(sizes);
    // No hypothesis ends before the limit.
    network.setParameter('output.bias', new Float32Array(sizes.target).fill(-50, 0, 1));
    const batch = { lengths: Int32Array.from(lengths), tokens: ids(sum(lengths), sizes.source, 2) };
    const options = { beam, nBest: 1, lengthPenalty: 1, limits: new Int32Array(lengths.length).fill(limit) };
    return () => Promise.all(Array.from({ length: batches }, () => network.decode(batch, options)));
  },
  ctc({ sizes: { features, hidden, classes, lengths, targetLengths }, threads }) {
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
  attention({ sizes: { lengths, targetLengths, ...sizes }, threads }) {
    const batch = {
      lengths: Int32Array.from(lengths),
      tokens: ids(sum(lengths), sizes.source, 2),
      targetLengths: Int32Array.from(targetLengths),
      classes: ids(sum(targetLengths), sizes.target, 2),
    };
    return trainingStep(translator(sizes), batch, threads);
  },
};
