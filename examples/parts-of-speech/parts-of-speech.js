// The part of speech of each word. Many-to-many with Tx = Ty, words and their characters → tags.
//
//     npm run example -- parts-of-speech
'use strict';

const { ManyToMany } = require('../..');
const { readExamples } = require('../common/data');
const { aligned, percent, title } = require('../common/terminal');
const { fit } = require('../common/training');

async function main() {
  title('Parts of speech: many-to-many, words → tags');
  const { train, valid, test } = readExamples('ud_english_ewt');
  console.log(`${train.length} English sentences from the web to learn from.`);
  const tagger = new ManyToMany({
    cell: 'lstm',
    hidden: 100,
    bidirectional: true,
    dropout: 0.5,
    // What a word is made of tells much about words never seen before.
    input: { kind: 'tokens', embedding: 100, characters: { embedding: 24, hidden: 32 } },
    output: { kind: 'classes' },
  });
  await fit(
    tagger,
    train,
    { epochs: 6, validation: valid, optimizer: { kind: 'adam', learningRate: 0.003 }, schedule: 'cosine' },
    ({ accuracy }) => `validation accuracy ${percent(accuracy)}`,
  );

  const { accuracy, steps } = await tagger.evaluate(test);
  const simple = mostFrequentTags(train, test);
  console.log(`Test: ${percent(accuracy)} of ${steps} words right;`);
  console.log(`      ${percent(simple)} if each word always had its most frequent tag.`);
  console.log(
    `      ${percent(await accuracyOnNewWords(tagger, train, test))} of the words that are not in the training part.\n`,
  );

  const sentences = [
    'They fish where the old boats rest .',
    'The fish they sold us was cheap .',
    'Will you book a table , or is your book too good ?',
    // Words that do not exist.
    'The glorpy snibbles were frobbing Zarnovians quite unsplendidly .',
  ].map((sentence) => sentence.split(' '));
  const tagged = await tagger.predictMany(sentences);
  sentences.forEach((words, index) => {
    console.log(`${aligned([words, tagged[index].labels])}\n`);
  });
}

/** How many words of the test part are right without any model of the sentence: what the tagger has to beat. */
function mostFrequentTags(train, test) {
  const counts = new Map();
  const all = new Map();
  const count = (tags, tag) => tags.set(tag, (tags.get(tag) ?? 0) + 1);
  for (const { x, y } of train) {
    x.forEach((word, step) => {
      if (!counts.has(word)) counts.set(word, new Map());
      count(counts.get(word), y[step]);
      count(all, y[step]);
    });
  }
  const top = (tags) => [...tags].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
  const pairs = test.flatMap(({ x, y }) => x.map((word, step) => [word, y[step]]));
  return pairs.filter(([word, tag]) => top(counts.get(word) ?? all) === tag).length / pairs.length;
}

async function accuracyOnNewWords(tagger, train, test) {
  const known = new Set(train.flatMap(({ x }) => x));
  const tagged = await tagger.predictMany(test.map(({ x }) => x));
  const right = test.flatMap(({ x, y }, index) =>
    y.map((tag, step) => [x[step], tag === tagged[index].labels[step]]),
  );
  const fresh = right.filter(([word]) => !known.has(word));
  return fresh.filter(([, correct]) => correct).length / fresh.length;
}

main();
