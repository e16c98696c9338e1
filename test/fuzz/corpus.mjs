// One small trained model for each way of using the package, as the bytes of its file, with sequences to try on it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';

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

/** Trains and saves each of them in `folder`. */
export async function makeCorpus(folder) {
  const corpus = [];
  for (const [name, [make, data]] of Object.entries(models)) {
    const path = join(folder, `${name}.safetensors`);
    const model = make();
    await model.fit(data, { epochs: 1 });
    await model.save(path);
    model.dispose();
    corpus.push({ name, data, bytes: readFileSync(path) });
  }
  return corpus;
}
