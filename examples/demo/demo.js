// Trains two small models on real data, measures them on sentences they have not seen, saves one and loads it again:
//
//     npm run demo
//
// On two cores it takes less than a minute. The settings were chosen on the validation parts alone.
'use strict';

const { mkdtempSync, readFileSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { isDeepStrictEqual } = require('node:util');
const { gunzipSync } = require('node:zlib');

const { ManyToMany, ManyToOne, loadModel } = require('../..');

const data = join(__dirname, '..', 'data');

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'bptt-demo-'));
  try {
    await tagWords(join(folder, 'tagger.safetensors'));
    await judgeReviews(join(folder, 'reviews.safetensors'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Many-to-many: a part of speech for each word. */
async function tagWords(file) {
  title('Many-to-many: the part of speech of each word (UD English EWT)');
  const [train, valid, test] = read('ud_english_ewt', '.jsonl.gz');
  const tagger = new ManyToMany({
    cell: 'lstm',
    hidden: 100,
    bidirectional: true,
    dropout: 0.5,
    input: { kind: 'tokens', embedding: 100 },
    output: { kind: 'classes' },
  });
  await fit(tagger, train, {
    validation: valid,
    epochs: 6,
    // On a slow machine the demo shall end all the same.
    minutes: 1,
    optimizer: { kind: 'adam', learningRate: 0.003 },
  });

  const { accuracy, steps } = await tagger.evaluate(test);
  console.log(`\nTest: ${percent(accuracy)} of ${steps} words right.`);
  console.log(
    `      ${percent(mostFrequentTags(train, test))} if each word always had its most frequent tag.\n`,
  );

  const sentences = [
    'They fish where the old boats rest .',
    'The fish they sold us was cheap .',
    'Will you book a table , or is your book too good ?',
  ].map((sentence) => sentence.split(' '));
  const tagged = await tagger.predictMany(sentences);
  sentences.forEach((words, index) => {
    const { labels } = tagged[index];
    const widths = words.map((word, step) => Math.max(word.length, labels[step].length));
    console.log(`  ${words.map((word, step) => word.padEnd(widths[step])).join(' ')}`);
    console.log(`  ${labels.map((label, step) => label.padEnd(widths[step])).join(' ')}\n`);
  });
  await saveAndLoad(tagger, file, test);
}

/** Many-to-one: one answer for a sentence. */
async function judgeReviews(file) {
  title('Many-to-one: is a sentence of a review positive or negative?');
  const [train, valid, test] = read('sentiment_sentences', '.jsonl');
  const judge = new ManyToOne({
    cell: 'gru',
    hidden: 64,
    bidirectional: true,
    pooling: 'attention',
    dropout: 0.5,
    input: { kind: 'tokens' },
    output: { kind: 'classes' },
  });
  await fit(judge, train, { validation: valid, epochs: 12, minutes: 0.5 });

  const { accuracy, examples } = await judge.evaluate(test);
  console.log(`\nTest: ${percent(accuracy)} of ${examples} sentences right.\n`);

  const sentences = [
    'The food was delicious and the waiter could not have been nicer.',
    'The battery died after two days.',
    'A wonderful cast, and a story I will remember.',
    'I would not recommend this place to anyone.',
  ];
  for (const sentence of sentences) {
    const { label, probabilities } = await judge.predict(sentence);
    console.log(`  ${label} (${percent(probabilities[label])})  ${sentence}`);
  }
  console.log();
  await saveAndLoad(judge, file, test);
}

async function fit(model, train, options) {
  console.log(`${train.length} sentences to learn from.`);
  const { bestEpoch } = await model.fit(train, {
    ...options,
    onProgress({ kind, epoch, step, steps, loss, stepsPerSecond, secondsLeft, metrics }) {
      const speed = `${Math.round(stepsPerSecond / 1000)} thousand words a second, ${Math.ceil(secondsLeft)} s left`;
      if (kind === 'epoch') {
        const accuracy = `validation accuracy ${percent(metrics.accuracy)}`;
        overwrite(`  epoch ${epoch}  loss ${loss.toFixed(3)}  ${accuracy}  ${speed}\n`);
      } else if (process.stdout.isTTY) {
        overwrite(`  epoch ${epoch}  batch ${step}/${steps}  loss ${loss.toFixed(3)}  ${speed}`);
      }
    },
  });
  console.log(
    `  Epoch ${bestEpoch} was the best on the validation part; its ${model.parameterCount} parameters are kept.`,
  );
}

async function saveAndLoad(model, file, test) {
  const xs = test.map(({ x }) => x);
  const before = await model.predictMany(xs);
  await model.save(file);
  const after = await (await loadModel(file)).predictMany(xs);
  const same = isDeepStrictEqual(before, after);
  console.log(
    `Saved and loaded again: ${xs.length} predictions are ${same ? 'identical' : 'NOT identical'}.`,
  );
  if (!same) process.exitCode = 1;
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

function read(folder, ending) {
  return ['train', 'valid', 'test'].map((part) => {
    const bytes = readFileSync(join(data, folder, part + ending));
    const text = (ending.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  });
}

function overwrite(text) {
  process.stdout.write(process.stdout.isTTY ? `\r\x1b[K${text}` : text);
}

function title(text) {
  console.log(`\n${text}\n${'='.repeat(text.length)}`);
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
