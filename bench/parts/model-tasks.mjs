// What is timed of whole models beside PyTorch: the same sizes, the same data and the same numbers of symbols on both sides.
// Parameters are random at the start, and no output ends before it has as many steps as its limit.
import { labelledSentences, taggedSentences, text } from './synthetic.mjs';

const spread = (count, from, to) => Array.from({ length: count }, (_, i) => from + ((i * 7) % (to - from + 1)));
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

const translator = {
  source: 4000,
  target: 3000,
  embedding: 256,
  hidden: 256,
  lengths: spread(32, 10, 20),
  targetLengths: spread(32, 10, 19),
};

const wordsOf = (sentences) => sentences.reduce((sum, { x }) => sum + x.length, 0);

/** An epoch of `fit` on data that both sides read from a file, whose path is in `sizes.file`. */
const epoch = (model, make, count, more) => ({ model, data: make, count, least: 1, ...more });

/**
 * `model` is what each side makes (default: the task's name). `units`: how many of `unit` a run computes; where there is `data`,
 * as many as `count` finds in it.
 */
export const tasks = {
  tagger: epoch('tagger', taggedSentences, wordsOf, {
    what: 'an epoch of 4,978 sentences of 1 … 46 words: words embedded in 100, bi-LSTM 100, 120 labels, dropout 0.3, B 16, Adam, clipping',
    unit: 'words',
    sizes: { embedding: 100, hidden: 100, batch: 16 },
  }),
  'tagger-128': epoch('tagger', taggedSentences, wordsOf, {
    what: 'the epoch of tagger with a bi-LSTM 128 and B 32',
    unit: 'words',
    sizes: { embedding: 100, hidden: 128, batch: 32 },
  }),
  classifier: epoch('classifier', () => labelledSentences({ count: 4000, mean: 19, longest: 50, words: 5000 }), wordsOf, {
    what: 'an epoch of 4,000 sentences of 1 … 50 words, 19 on average: words embedded in 100, bi-LSTM 128, last states, 2 labels, dropout 0.3, B 32, Adam, clipping',
    unit: 'words',
    sizes: { embedding: 100, hidden: 128, batch: 32 },
  }),
  characters: epoch('characters', () => text(200_000), (all) => all.length, {
    what: 'an epoch of a text of 200,000 characters, 65 different ones embedded in 64, LSTM 128, B 32, windows of 100 whose states go on, Adam, clipping',
    unit: 'characters',
    sizes: { embedding: 64, hidden: 128, batch: 32, window: 100 },
  }),
  generate: {
    what: 'LSTM 256, 65 symbols, 64 sequences of 200 symbols, temperature 1',
    unit: 'symbols',
    units: 64 * 200,
    sizes: { sequences: 64, steps: 200, vocabulary: 65, embedding: 64, hidden: 256 },
  },
  'generate-words': {
    model: 'generate',
    what: 'LSTM 256, 10,000 symbols, 64 sequences of 200 symbols, temperature 1, the 40 most probable to choose from',
    unit: 'symbols',
    units: 64 * 200,
    sizes: { sequences: 64, steps: 200, vocabulary: 10_000, embedding: 64, hidden: 256, topK: 40 },
  },
  beam: {
    what: 'beam 5: bi-LSTM 256 → LSTM 256, Luong attention, 3000 symbols, 2 batches of 32 sentences, outputs of 16 symbols',
    unit: 'sentences',
    units: 64,
    sizes: { ...translator, batches: 2, beam: 5, limit: 16 },
  },
  'beam-small': {
    model: 'beam',
    what: 'beam 5: bi-LSTM 128 → LSTM 128, Luong attention, 45 symbols, 2 batches of 32 words of 6 … 12 letters, outputs of 12 symbols',
    unit: 'words',
    units: 64,
    sizes: { source: 45, target: 45, embedding: 64, hidden: 128, lengths: spread(32, 6, 12), batches: 2, beam: 5, limit: 12 },
  },
  'beam-one': {
    model: 'beam',
    what: 'beam 5: bi-LSTM 128 → LSTM 128, Luong attention, 45 symbols, one word of 9 letters alone, as a server is asked, 12 symbols',
    unit: 'words',
    units: 1,
    sizes: { source: 45, target: 45, embedding: 64, hidden: 128, lengths: [9], batches: 1, beam: 5, limit: 12 },
  },
  ctc: {
    what: 'training step of a bi-LSTM 128 with CTC, 26 features, B 32, T 60 … 120, 11 classes',
    unit: 'steps of time',
    units: sum(spread(32, 60, 120)),
    sizes: { features: 26, hidden: 128, classes: 11, lengths: spread(32, 60, 120), targetLengths: spread(32, 3, 7) },
  },
  attention: {
    what: 'training step of bi-LSTM 256 → LSTM 256, Luong attention, 4000 and 3000 symbols, B 32, Tx 10 … 20, Ty 10 … 19',
    unit: 'symbols',
    units: sum(translator.targetLengths) + 32,
    sizes: translator,
  },
};
