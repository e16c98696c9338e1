// Trains a small model of each mode on real data, measures it on examples it has not seen, saves it and loads it again:
//
//     npm run demo
//
// On two cores it takes about a minute. The settings were chosen on the validation parts alone.
'use strict';

const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { isDeepStrictEqual } = require('node:util');

const { EncoderDecoder, ManyToMany, ManyToOne, OneToMany, loadModel } = require('../..');
const { readExamples } = require('../common/data');
const { aligned, pad, percent, title } = require('../common/terminal');
const { fit } = require('../common/training');

/** On a slow machine the demo shall end all the same. */
const minutes = 0.4;

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'bptt-demo-'));
  try {
    await judgeReviews(join(folder, 'reviews.safetensors'));
    await tagWords(join(folder, 'tagger.safetensors'));
    await inventNames(join(folder, 'names.safetensors'));
    await hearDigits(join(folder, 'digits.safetensors'));
    await pronounce(join(folder, 'speaker.safetensors'));
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log('\nexamples/README.md has more of each, one command an example.');
}

/** Many-to-one: one answer for a sentence. */
async function judgeReviews(file) {
  title('1. Many-to-one: is a sentence of a review positive or negative?');
  const { train, valid, test } = readExamples('sentiment_sentences', '.jsonl');
  console.log(`${train.length} sentences to learn from.`);
  const judge = new ManyToOne({
    cell: 'gru',
    hidden: 64,
    bidirectional: true,
    pooling: 'attention',
    dropout: 0.5,
    input: { kind: 'tokens' },
    output: { kind: 'classes' },
  });
  await fit(
    judge,
    train,
    { validation: valid, epochs: 12, minutes },
    ({ accuracy }) => `validation accuracy ${percent(accuracy)}`,
  );

  const { accuracy, examples } = await judge.evaluate(test);
  console.log(`Test: ${percent(accuracy)} of ${examples} sentences right.\n`);

  const sentences = [
    'The food was delicious and the waiter could not have been nicer.',
    'The battery died after two days.',
    'A wonderful cast, and a story I will remember.',
    'I would not recommend this place to anyone.',
  ];
  const judged = await judge.predictMany(sentences);
  judged.forEach(({ label, probabilities }, index) => {
    console.log(`  ${pad(label, 8)} ${percent(probabilities[label]).padStart(7)}  ${sentences[index]}`);
  });
  await saveAndLoad(judge, file, (model) => model.predictMany(inputs(test)));
}

/** Many-to-many, Tx = Ty: a part of speech for each word. */
async function tagWords(file) {
  title('2. Many-to-many, Tx = Ty: the part of speech of each word');
  const { train, valid, test } = readExamples('ud_english_ewt');
  console.log(`${train.length} sentences to learn from.`);
  const tagger = new ManyToMany({
    cell: 'lstm',
    hidden: 64,
    bidirectional: true,
    dropout: 0.4,
    input: { kind: 'tokens', embedding: 64 },
    output: { kind: 'classes' },
  });
  await fit(
    tagger,
    train,
    { validation: valid, epochs: 4, minutes, optimizer: { kind: 'adam', learningRate: 0.004 } },
    ({ accuracy }) => `validation accuracy ${percent(accuracy)}`,
  );

  const { accuracy, steps } = await tagger.evaluate(test);
  console.log(`Test: ${percent(accuracy)} of ${steps} words right.\n`);

  const sentences = [
    'They fish where the old boats rest .',
    'The fish they sold us was cheap .',
    'Will you book a table , or is your book too good ?',
  ].map((sentence) => sentence.split(' '));
  const tagged = await tagger.predictMany(sentences);
  console.log(sentences.map((words, index) => aligned([words, tagged[index].labels])).join('\n\n'));
  await saveAndLoad(tagger, file, (model) => model.predictMany(inputs(test)));
}

/** One-to-many: from nothing, or from a beginning, the letters of a name. */
async function inventNames(file) {
  title('3. One-to-many: first names, invented letter by letter');
  const { train, valid, test } = readExamples('names');
  console.log(`${train.length} names to learn from.`);
  const namer = new OneToMany({ cell: 'lstm', hidden: 64, sequence: { kind: 'tokens' } });
  await fit(
    namer,
    train,
    {
      validation: valid,
      epochs: 8,
      minutes,
      optimizer: { kind: 'adam', learningRate: 0.005 },
      schedule: 'cosine',
    },
    ({ perplexity }) => `validation perplexity ${perplexity.toFixed(2)}`,
  );

  const { perplexity } = await namer.evaluate(test);
  console.log(`Test: as if one of ${perplexity.toFixed(1)} letters were to be guessed at each step.\n`);
  console.log('From nothing and from beginnings; some of these names exist:\n');

  const starts = ['', 'al', 'sha', 'wi'].flatMap((prompt) => new Array(8).fill({ prompt }));
  const written = await namer.generateMany(starts, { temperature: 0.7, maxSteps: 20 });
  const names = written.map(({ y }, index) => starts[index].prompt + y.join(''));
  for (let row = 0; row < names.length; row += 8) {
    console.log(`  ${pad(`${starts[row].prompt} …`.trim(), 5)} ${names.slice(row, row + 8).join(' ')}`);
  }
  await saveAndLoad(namer, file, (model) => model.generateMany(starts, { maxSteps: 20 }));
}

/** Many-to-many, Tx ≠ Ty, where the output keeps to the order of the input: connectionist temporal classification. */
async function hearDigits(file) {
  title('4. Many-to-many, Tx ≠ Ty, by CTC: the digits that somebody speaks');
  const { train, valid, test } = readExamples('fsdd');
  console.log(`${train.length} strings of digits to learn from; when each digit is spoken is not told.`);
  const listener = new ManyToMany({
    cell: 'lstm',
    hidden: 64,
    bidirectional: true,
    dropout: 0.3,
    alignment: 'ctc',
    input: { kind: 'features' },
    output: { kind: 'classes' },
  });
  await fit(
    listener,
    train,
    {
      validation: valid,
      epochs: 12,
      minutes,
      batchSize: 16,
      optimizer: { kind: 'adam', learningRate: 0.006 },
      schedule: 'cosine',
    },
    ({ symbolErrorRate }) => `validation: ${percent(symbolErrorRate)} of the digits wrong`,
  );

  const { symbolErrorRate, sequenceErrorRate } = await listener.evaluate(test);
  console.log(
    `Test: ${percent(symbolErrorRate)} of the digits wrong, ${percent(1 - sequenceErrorRate)} of the strings wholly right.\n`,
  );

  const some = test.slice(0, 6);
  const heard = await listener.predictMany(inputs(some));
  const rows = some.map(({ x, y }, index) => [`${x.length} frames`, y.join(' '), heard[index].y.join(' ')]);
  console.log(aligned([['', 'spoken', 'heard'], ...rows]));
  await saveAndLoad(listener, file, (model) => model.predictMany(inputs(test)));
}

/** Many-to-many, Tx ≠ Ty: one network reads all of the input, another one writes the output. */
async function pronounce(file) {
  title('5. Many-to-many, Tx ≠ Ty, by encoder and decoder: how Hungarian words sound');
  const { train, valid, test } = readExamples('g2p_hun');
  console.log(`${train.length} words to learn from.`);
  const speaker = new EncoderDecoder({
    cell: 'gru',
    hidden: 96,
    bidirectional: true,
    dropout: 0.3,
    attention: 'luong',
    input: { kind: 'tokens', tokenizer: 'characters' },
    output: { kind: 'classes' },
  });
  await fit(
    speaker,
    train,
    {
      validation: valid,
      epochs: 12,
      minutes,
      optimizer: { kind: 'adam', learningRate: 0.005 },
      schedule: 'cosine',
    },
    ({ symbolErrorRate }) => `validation: ${percent(symbolErrorRate)} of the phones wrong`,
  );

  const { symbolErrorRate, sequenceErrorRate } = await speaker.evaluate(test);
  console.log(
    `Test: ${percent(symbolErrorRate)} of the phones wrong, ${percent(1 - sequenceErrorRate)} of the words wholly right.\n`,
  );

  const words = ['szabadság', 'gyöngyös', 'csillag', 'kukorica'];
  const spoken = await speaker.predictMany(words);
  console.log(aligned(words.map((word, index) => [word, spoken[index].y.join(' ')])));
  await saveAndLoad(speaker, file, (model) => model.predictMany(inputs(test)));
}

const inputs = (examples) => examples.map(({ x }) => x);

/** What every model can do: it is one file, and read again it says the same. */
async function saveAndLoad(model, file, ask) {
  const before = await ask(model);
  await model.save(file);
  const after = await ask(await loadModel(file));
  const same = isDeepStrictEqual(before, after);
  console.log(
    `\nSaved and loaded again: ${before.length} results are ${same ? 'identical' : 'NOT identical'}.`,
  );
  if (!same) process.exitCode = 1;
}

main();
