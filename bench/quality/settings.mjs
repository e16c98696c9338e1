// What was trained on which set, and the figure that counts. Everything here was chosen on the validation part alone.
// `train` are the options of `bptt train` behind the files; the seed is added for each run. Of a `series`, `windows` are the
// options that cut examples out of the table, and `rows` those of each part.

export const settings = {
  'atis-elman': {
    set: 'atis',
    mode: 'many-to-many',
    metric: 'f1',
    bar: 0.92,
    train: '--cell rnn --hidden 100 --embedding 100 --dropout 0.3 --batch-size 16 --epochs 20 --patience 10',
  },
  'atis-elman-window': {
    set: 'atis',
    mode: 'many-to-many',
    metric: 'f1',
    bar: 0.935,
    train:
      '--cell rnn --hidden 100 --embedding 100 --window 3 --dropout 0.3 --batch-size 16 --epochs 20 --patience 10',
  },
  'atis-bilstm': {
    set: 'atis',
    mode: 'many-to-many',
    metric: 'f1',
    bar: 0.945,
    train:
      '--cell lstm --hidden 150 --bidirectional --embedding 100 --dropout 0.5 --batch-size 16 --epochs 20 --patience 8',
  },
  ud_english_ewt: {
    set: 'ud_english_ewt',
    mode: 'many-to-many',
    metric: 'accuracy',
    bar: 0.915,
    train: '--cell lstm --hidden 128 --bidirectional --embedding 100 --dropout 0.5 --epochs 12 --patience 5',
  },
  'ud_english_ewt-characters': {
    set: 'ud_english_ewt',
    mode: 'many-to-many',
    metric: 'accuracy',
    bar: 0.945,
    train:
      '--cell lstm --hidden 128 --layers 2 --bidirectional --embedding 100 --characters embedding=30,hidden=50 --dropout 0.5 --learning-rate 0.003 --schedule cosine --epochs 12 --patience 5',
  },
  trec: {
    set: 'trec',
    mode: 'many-to-one',
    metric: 'accuracy',
    bar: 0.845,
    train: '--cell lstm --hidden 100 --bidirectional --pooling max --embedding 100 --dropout 0.5 --epochs 20 --patience 5',
  },
  'trec-peepholes': {
    set: 'trec',
    mode: 'many-to-one',
    metric: 'accuracy',
    bar: 0.845,
    train:
      '--cell lstm --peepholes --hidden 100 --bidirectional --pooling max --embedding 100 --dropout 0.5 --epochs 20 --patience 5',
  },
  'trec-projection': {
    set: 'trec',
    mode: 'many-to-one',
    metric: 'accuracy',
    bar: 0.845,
    train:
      '--cell lstm --projection 50 --hidden 100 --bidirectional --pooling max --embedding 100 --dropout 0.5 --epochs 20 --patience 5',
  },
  japanese_vowels: {
    set: 'japanese_vowels',
    mode: 'many-to-one',
    metric: 'accuracy',
    bar: 0.965,
    train: '--cell gru --hidden 64 --bidirectional --pooling mean --dropout 0.3 --epochs 60 --patience 20',
  },
  'trec-layer-norm': {
    set: 'trec',
    mode: 'many-to-one',
    metric: 'accuracy',
    bar: 0.845,
    train:
      '--cell lstm --layer-norm --hidden 100 --bidirectional --pooling max --embedding 100 --dropout 0.5 --epochs 20 --patience 5',
  },
  'japanese_vowels-layer-norm': {
    set: 'japanese_vowels',
    mode: 'many-to-one',
    metric: 'accuracy',
    bar: 0.965,
    train: '--cell gru --layer-norm --hidden 64 --bidirectional --pooling mean --dropout 0.3 --epochs 60 --patience 20',
  },
  'japanese_vowels-mingru': {
    set: 'japanese_vowels',
    mode: 'many-to-one',
    metric: 'accuracy',
    bar: 0.965,
    train: '--cell mingru --hidden 64 --bidirectional --pooling mean --dropout 0.3 --epochs 60 --patience 20',
  },
  sentiment_sentences: {
    set: 'sentiment_sentences',
    mode: 'many-to-one',
    metric: 'accuracy',
    bar: 0.78,
    train:
      '--cell gru --hidden 64 --bidirectional --pooling attention --embedding 64 --dropout 0.5 --epochs 20 --patience 5',
  },
  sst2: {
    set: 'sst2',
    mode: 'many-to-one',
    metric: 'accuracy',
    bar: 0.77,
    train: '--cell lstm --hidden 100 --bidirectional --pooling max --embedding 100 --dropout 0.5 --epochs 12 --patience 5',
  },
  fsdd: {
    set: 'fsdd',
    mode: 'many-to-many',
    metric: 'symbolErrorRate',
    bar: 0.02,
    train:
      '--ctc --cell lstm --hidden 128 --bidirectional --dropout 0.5 --epochs 60 --patience 15 --schedule cosine',
  },
  ner_chinese: {
    set: 'ner_chinese',
    mode: 'many-to-many',
    metric: 'f1',
    bar: 0.6393,
    train:
      '--crf --cell lstm --hidden 128 --bidirectional --embedding 100 --characters embedding=50,hidden=50 --dropout 0.5 --batch-size 16 --epochs 16 --patience 8 --schedule cosine',
  },
  names: {
    set: 'names',
    mode: 'one-to-many',
    metric: 'nllPerStep',
    bar: 2.05,
    train: '--cell lstm --hidden 64 --epochs 25 --learning-rate 0.005 --schedule cosine --patience 5',
  },
  'tinyshakespeare-one-layer': {
    set: 'tinyshakespeare',
    mode: 'one-to-many',
    metric: 'nllPerStep',
    bar: 1.6,
    train: '--cell lstm --hidden 128 --epochs 20 --learning-rate 0.005 --schedule cosine --patience 5',
  },
  'tinyshakespeare-two-layers': {
    set: 'tinyshakespeare',
    mode: 'one-to-many',
    metric: 'nllPerStep',
    bar: 1.6,
    train: '--cell lstm --hidden 128 --layers 2 --epochs 16 --learning-rate 0.005 --schedule cosine --patience 5',
  },
  'tinyshakespeare-more-dropout': {
    set: 'tinyshakespeare',
    mode: 'one-to-many',
    metric: 'nllPerStep',
    bar: 1.6,
    train:
      '--cell lstm --hidden 128 --layers 2 --dropout between=0.2,output=0.1 --tbptt 50 --epochs 24 --learning-rate 0.007 --schedule cosine --patience 5',
  },
  'tinyshakespeare-less-dropout': {
    set: 'tinyshakespeare',
    mode: 'one-to-many',
    metric: 'nllPerStep',
    bar: 1.6,
    train:
      '--cell lstm --hidden 128 --layers 2 --dropout between=0.1 --tbptt 50 --epochs 22 --learning-rate 0.005 --schedule cosine --patience 5',
  },
  'tinyshakespeare-larger-batches': {
    set: 'tinyshakespeare',
    mode: 'one-to-many',
    metric: 'nllPerStep',
    bar: 1.6,
    train:
      '--cell lstm --hidden 128 --layers 2 --dropout between=0.15 --tbptt 50 --epochs 36 --learning-rate 0.006 --schedule cosine --patience 5',
  },
  tinyshakespeare: {
    set: 'tinyshakespeare',
    mode: 'one-to-many',
    metric: 'nllPerStep',
    bar: 1.6,
    train:
      '--cell lstm --hidden 128 --layers 2 --dropout between=0.15 --tbptt 100 --batch-size 16 --epochs 36 --learning-rate 0.005 --schedule cosine --patience 5',
  },
  jsb_chorales: {
    set: 'jsb_chorales',
    mode: 'one-to-many',
    metric: 'nllPerStep',
    bar: 8.7,
    train:
      '--input multihot --metric nllPerStep --cell gru --hidden 128 --embedding 128 --dropout 0.3 --batch-size 8 --epochs 80 --patience 20 --schedule cosine',
  },
  tatoeba_eng_cmn: {
    set: 'tatoeba_eng_cmn',
    mode: 'encoder-decoder',
    metric: 'symbolErrorRate',
    bar: 0.6781,
    train:
      '--cell lstm --hidden 192 --bidirectional --embedding 128 --dropout 0.3 --batch-size 64 --epochs 10 --schedule linear --patience 5',
  },
  g2p_hun: {
    set: 'g2p_hun',
    mode: 'encoder-decoder',
    metric: 'sequenceErrorRate',
    bar: 0.08,
    train:
      '--cell lstm --hidden 128 --bidirectional --dropout 0.3 --epochs 30 --patience 10 --metric sequenceErrorRate --schedule cosine',
  },
  g2p_fre: {
    set: 'g2p_fre',
    mode: 'encoder-decoder',
    metric: 'sequenceErrorRate',
    bar: 0.1,
    train:
      '--cell lstm --hidden 192 --bidirectional --dropout 0.5 --batch-size 16 --epochs 40 --patience 15 --metric sequenceErrorRate --schedule cosine',
  },
  g2p_vie: {
    set: 'g2p_vie',
    mode: 'encoder-decoder',
    metric: 'sequenceErrorRate',
    bar: 0.08,
    train:
      '--cell lstm --hidden 128 --bidirectional --dropout 0.3 --epochs 30 --patience 10 --metric sequenceErrorRate --schedule cosine',
  },
};

/** The models that bptt is compared with: a program of ../peers and its options. */
export const peers = {
  ner_chinese: {
    set: 'ner_chinese',
    model: 'PyTorch: bi-LSTM 128 over words, a softmax a word',
    program: 'torch_tagger.py',
    train: '--hidden 128 --embedding 100 --dropout 0.5 --batch-size 16 --epochs 30 --threads 1',
  },
  tatoeba_eng_cmn: {
    set: 'tatoeba_eng_cmn',
    model: 'PyTorch: bi-LSTM encoder, LSTM decoder, Luong attention, beam 5',
    program: 'torch_translator.py',
    train: '--cell lstm --hidden 192 --embedding 128 --dropout 0.3 --batch-size 64 --epochs 10 --decay linear --threads 1',
  },
};
