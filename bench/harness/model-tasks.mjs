// What is timed of whole models beside PyTorch: the same sizes and the same numbers of symbols on both sides. Parameters are
// random, and no output ends before it has as many steps as its limit.

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

/** `model` is what each side makes (default: the task's name). `units`: how many of `unit` a run computes. `bar`: how many times as fast bptt is to be. */
export const tasks = {
  generate: {
    what: 'LSTM 256, 65 symbols, 64 sequences of 200 symbols, temperature 1',
    unit: 'symbols',
    units: 64 * 200,
    bar: 3,
    sizes: { sequences: 64, steps: 200, vocabulary: 65, embedding: 64, hidden: 256 },
  },
  beam: {
    what: 'beam 5: bi-LSTM 256 → LSTM 256, Luong attention, 3000 symbols, 2 batches of 32 sentences, outputs of 16 symbols',
    unit: 'sentences',
    units: 64,
    bar: 3,
    sizes: { ...translator, batches: 2, beam: 5, limit: 16 },
  },
  'beam-small': {
    model: 'beam',
    what: 'beam 5: bi-LSTM 128 → LSTM 128, Luong attention, 45 symbols, 2 batches of 32 words of 6 … 12 letters, outputs of 12 symbols',
    unit: 'words',
    units: 64,
    bar: 3,
    sizes: { source: 45, target: 45, embedding: 64, hidden: 128, lengths: spread(32, 6, 12), batches: 2, beam: 5, limit: 12 },
  },
  'beam-one': {
    model: 'beam',
    what: 'the same, one word alone, as a server is asked',
    unit: 'words',
    units: 1,
    bar: 3,
    sizes: { source: 45, target: 45, embedding: 64, hidden: 128, lengths: [9], batches: 1, beam: 5, limit: 12 },
  },
  ctc: {
    what: 'training step of a bi-LSTM 128 with CTC, 26 features, B 32, T 60 … 120, 11 classes',
    unit: 'steps of time',
    units: sum(spread(32, 60, 120)),
    bar: 1.5,
    sizes: { features: 26, hidden: 128, classes: 11, lengths: spread(32, 60, 120), targetLengths: spread(32, 3, 7) },
  },
  attention: {
    what: 'training step of bi-LSTM 256 → LSTM 256, Luong attention, 4000 and 3000 symbols, B 32, Tx 10 … 20, Ty 10 … 19',
    unit: 'symbols',
    units: sum(translator.targetLengths) + 32,
    bar: 1.5,
    sizes: translator,
  },
};
