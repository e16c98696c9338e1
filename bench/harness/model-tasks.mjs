// What is timed of whole models beside PyTorch: the same sizes and the same numbers of symbols on both sides. Parameters are
// random, so no model of these ever ends by itself: every output has as many steps as its limit.

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

/** `units`: how many of `unit` a run computes. `bar`: how many times as fast bptt is to be. */
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
