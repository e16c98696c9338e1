// One small trained model for each way of using the package, as the bytes of its file, with sequences to try on it; and
// checkpoints of trainings that were broken off.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';

import { close, open } from './mutations.mjs';

const { EncoderDecoder, ManyToMany, ManyToOne, OneToMany } = createRequire(import.meta.url)('../../dist');

const words = [
  { x: 'ant bee', y: 'yes' },
  { x: 'bee cat ant', y: 'no' },
  { x: 'ant', y: 'yes' },
];
const tagged = [
  { x: ['ant', 'bee', 'cat'], y: ['B-a', 'I-a', 'O'] },
  { x: ['cat', 'ant'], y: ['O', 'B-a'] },
];
const curves = [
  {
    x: [
      [1, 5],
      [2, 6],
      [3, 9],
    ],
    y: [[1], [2], [4]],
  },
  {
    x: [
      [2, 4],
      [0, 1],
    ],
    y: [[3], [1]],
  },
];
const keys = [
  { x: [[0, 2], [], [1]], y: [0, 3] },
  { x: [[3]], y: [] },
];
const sounds = [
  {
    x: [
      [1, 0],
      [0, 1],
      [0, 1],
      [1, 1],
    ],
    y: ['do', 're'],
  },
  {
    x: [
      [0, 1],
      [1, 0],
    ],
    y: ['re'],
  },
];
const reversed = [
  { x: 'abc', y: 'cba' },
  { x: 'ba', y: 'ab' },
];
const tides = [
  { x: [[1], [2], [3]], y: [[4], [5]] },
  { x: [[2], [3], [4]], y: [[5], [6]] },
];
const names = [
  { x: 'short', y: 'anna' },
  { x: 'long', y: 'hannah' },
];
const chords = [{ y: [[0, 2], [1], [0, 1, 2]] }, { y: [[2], [2, 0]] }];

const tokens = { kind: 'tokens', embedding: 3 };
const letters = { kind: 'tokens', tokenizer: 'characters', embedding: 3 };
const features = { kind: 'features' };
const classes = { kind: 'classes' };
const small = { cell: 'gru', hidden: 3 };

/** name → what makes a model, what it learns from. */
const models = {
  judge: [
    () => new ManyToOne({ cell: 'lstm', hidden: 4, input: tokens, output: classes, pooling: 'attention' }),
    words,
  ],
  tagger: [
    () =>
      new ManyToMany({
        cell: { kind: 'gru', reset: 'before' },
        hidden: 3,
        layers: 2,
        bidirectional: true,
        input: { ...tokens, window: 1, characters: { embedding: 2, hidden: 2 } },
        output: classes,
        crf: true,
      }),
    tagged,
  ],
  curve: [
    () => new ManyToMany({ ...small, input: features, output: { kind: 'values', normalize: true } }),
    curves,
  ],
  keys: [
    () =>
      new ManyToOne({
        cell: { kind: 'rnn', activation: 'relu' },
        hidden: 3,
        input: { kind: 'multihot', size: 4, embedding: 2 },
        output: { kind: 'multihot', size: 4 },
      }),
    keys,
  ],
  listener: [() => new ManyToMany({ ...small, input: features, output: classes, alignment: 'ctc' }), sounds],
  translator: [
    () =>
      new EncoderDecoder({
        cell: 'lstm',
        hidden: 3,
        bidirectional: true,
        input: letters,
        output: classes,
        decoder: { input: letters },
        attention: 'bahdanau',
      }),
    reversed,
  ],
  forecaster: [
    () => new EncoderDecoder({ ...small, input: features, output: { kind: 'values', normalize: true } }),
    tides,
  ],
  namer: [() => new OneToMany({ ...small, sequence: letters, context: 'class' }), names],
  composer: [
    () => new OneToMany({ ...small, sequence: { kind: 'multihot', size: 3, embedding: 0 } }),
    chords,
  ],
  writer: [() => new OneToMany({ ...small, sequence: letters }), 'row, row, row your boat'],
};

/** name → how it is trained, and behind how many batches it is broken off. */
const trainings = {
  judge: [{ batchSize: 1, validation: words }, 4],
  tagger: [{ batchSize: 1, optimizer: { kind: 'rmsprop', momentum: 0.9 }, schedule: 'plateau' }, 2],
  writer: [{ batchSize: 2, tbptt: 4 }, 2],
};

async function makeModel(name, path) {
  const [make, data] = models[name];
  const model = make();
  await model.fit(data, { epochs: 1 });
  await model.save(path);
  model.dispose();
  return { name, data, bytes: readFileSync(path) };
}

async function makeCheckpoint(name, path) {
  const [make, data] = models[name];
  const [options, batches] = trainings[name];
  let bytes;
  let left = batches;
  const onProgress = ({ kind }) => {
    if (kind === 'step' && (left -= 1) === 0) bytes = readFileSync(path);
  };
  const model = make();
  await model.fit(data, { ...options, epochs: 2, checkpoint: { path, everySteps: 1 }, onProgress });
  model.dispose();
  /** A new model, trained to the end. */
  const resume = async (file) => {
    const resumed = make();
    try {
      await resumed.fit(data, { ...options, epochs: 2, resume: file });
    } catch (error) {
      resumed.dispose();
      throw error;
    }
    return resumed;
  };
  return { name: `checkpoint of ${name}`, data, bytes: withoutTimes(bytes), resume };
}

/** How long a training took is all that is not the same each time. */
function withoutTimes(bytes) {
  const file = open(bytes);
  const { __metadata__: metadata } = file.header;
  const text = JSON.stringify(metadata.checkpoint);
  metadata.checkpoint = JSON.parse(text.replaceAll(/("\w*seconds"):[^,}]+/gi, '$1:1'));
  return close(file);
}

/** Trains and saves each of them in `folder`. */
export async function makeCorpus(folder) {
  const corpus = [];
  const path = join(folder, 'made.safetensors');
  for (const name of Object.keys(models)) corpus.push(await makeModel(name, path));
  for (const name of Object.keys(trainings)) corpus.push(await makeCheckpoint(name, path));
  return corpus;
}
