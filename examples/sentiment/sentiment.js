// Is a sentence of a review positive or negative? Many-to-one, words → class.
//
//     npm run example -- sentiment
'use strict';

const { ManyToOne } = require('../..');
const { readExamples } = require('../common/data');
const { percent, pad, title } = require('../common/terminal');
const { fit } = require('../common/training');

async function main() {
  title('Sentiment: many-to-one, a sentence → positive or negative');
  const { train, valid, test } = readExamples('sentiment_sentences', '.jsonl');
  console.log(`${train.length} sentences from reviews of products, films and restaurants to learn from.`);
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
    { epochs: 12, patience: 12, validation: valid },
    ({ accuracy }) => `validation accuracy ${percent(accuracy)}`,
  );

  const { accuracy, confusion } = await judge.evaluate(test);
  console.log(`Test: ${percent(accuracy)} of ${test.length} sentences right.\n`);
  confusion.labels.forEach((label, row) => {
    const counts = confusion.labels.map(
      (taken, column) => `${confusion.counts[row][column]} taken for ${taken}`,
    );
    console.log(`  ${label}: ${counts.join(', ')}`);
  });

  console.log('\nSentences of our own:\n');
  await show(judge, [
    'The food was delicious and the waiter could not have been nicer.',
    'The battery died after two days.',
    'A wonderful cast, and a story I will remember.',
    'I would not recommend this place to anyone.',
    'Not bad at all!',
    'I expected a bad film and got a great one.',
  ]);

  console.log('\nTest sentences it is surest about and wrong:\n');
  const predictions = await judge.predictMany(test.map(({ x }) => x));
  const wrong = test
    .map(({ x, y }, index) => ({ x, y, ...predictions[index] }))
    .filter(({ y, label }) => y !== label)
    .sort((a, b) => b.probabilities[b.label] - a.probabilities[a.label]);
  await show(
    judge,
    wrong.slice(0, 4).map(({ x }) => x),
  );
}

async function show(judge, sentences) {
  const predictions = await judge.predictMany(sentences);
  predictions.forEach(({ label, probabilities }, index) => {
    console.log(`  ${pad(label, 8)} ${percent(probabilities[label]).padStart(7)}  ${sentences[index]}`);
  });
}

main();
