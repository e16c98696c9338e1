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

const { ManyToMany, ManyToOne, loadModel } = require('../..');
const { readExamples } = require('../common/data');
const { aligned, pad, percent, title } = require('../common/terminal');
const { fit } = require('../common/training');

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'bptt-demo-'));
  try {
    await judgeReviews(join(folder, 'reviews.safetensors'));
    await tagWords(join(folder, 'tagger.safetensors'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Many-to-one: one answer for a sentence. */
async function judgeReviews(file) {
  title('Many-to-one: is a sentence of a review positive or negative?');
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
    // On a slow machine the demo shall end all the same.
    { validation: valid, epochs: 12, minutes: 0.4 },
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
  await saveAndLoad(judge, file, test);
}

/** Many-to-many: a part of speech for each word. */
async function tagWords(file) {
  title('Many-to-many: the part of speech of each word');
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
    { validation: valid, epochs: 4, minutes: 0.4, optimizer: { kind: 'adam', learningRate: 0.004 } },
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
  sentences.forEach((words, index) => {
    console.log(`${aligned([words, tagged[index].labels])}\n`);
  });
  await saveAndLoad(tagger, file, test);
}

/** What every model can do: it is one file, and read again it says the same. */
async function saveAndLoad(model, file, test) {
  const xs = test.map(({ x }) => x);
  const before = await model.predictMany(xs);
  await model.save(file);
  const after = await (await loadModel(file)).predictMany(xs);
  const same = isDeepStrictEqual(before, after);
  console.log(
    `\nSaved and loaded again: ${xs.length} predictions are ${same ? 'identical' : 'NOT identical'}.`,
  );
  if (!same) process.exitCode = 1;
}

main();
