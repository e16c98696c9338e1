// English sentences in Chinese. Encoder-decoder with attention, words → characters.
//
//     npm run example -- translation ["SENTENCE" …]
'use strict';

const { EncoderDecoder } = require('../..');
const { readExamples } = require('../common/data');
const { aligned, percent, title } = require('../common/terminal');
const { fit } = require('../common/training');

async function main() {
  title('Translation: encoder-decoder, English words → Chinese characters');
  const { train, valid, test } = readExamples('tatoeba_eng_cmn');
  console.log(`${train.length} short sentences and their translations to learn from.`);
  const translator = new EncoderDecoder({
    cell: 'lstm',
    hidden: 192,
    bidirectional: true,
    dropout: 0.3,
    attention: 'luong',
    input: { kind: 'tokens', embedding: 128 },
    // A character that occurs once is read as the unknown one, and never written.
    decoder: { input: { kind: 'tokens', tokenizer: 'characters', embedding: 128, minCount: 2 } },
    output: { kind: 'classes' },
  });
  await fit(
    translator,
    train,
    { epochs: 14, patience: 14, validation: valid, schedule: 'cosine' },
    ({ symbolErrorRate }) => `validation: ${percent(symbolErrorRate)} of the characters wrong`,
  );

  const { symbolErrorRate, sequenceErrorRate } = await translator.evaluate(test, { beam: 5 });
  console.log(
    `Test: ${percent(symbolErrorRate)} of the characters differ from the nearest of the translations given;`,
  );
  console.log(
    `      ${percent(1 - sequenceErrorRate)} of ${test.length} sentences are one of these to the letter.\n`,
  );

  console.log('The first sentences of the test part, what people wrote, and → what the model writes:\n');
  const some = test.slice(0, 10);
  for (const [index, { y }] of (
    await translator.predictMany(
      some.map(({ x }) => x),
      { beam: 5 },
    )
  ).entries()) {
    const { x, y: first, alternatives = [] } = some[index];
    const references = new Set([first, ...alternatives].map((characters) => characters.join('')));
    console.log(`  ${x.join(' ')}`);
    console.log(`    ${[...references].join(' / ')}`);
    console.log(`  → ${y.join('')}\n`);
  }

  const given = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  const own =
    given.length > 0
      ? given
      : ['I like tea.', 'Where is my book?', 'She is not a student.', 'Tom can swim very well.'];
  console.log('Sentences of our own; a score is the logarithm of the probability of a translation:\n');
  const sentences = own.map(words);
  const found = await translator.predictMany(sentences, { beam: 5, nBest: 3, attention: true });
  for (const [index, { y, score, alternatives }] of found.entries()) {
    console.log(`  ${own[index]}`);
    const rows = [{ y, score }, ...alternatives].map((one) => [one.score.toFixed(1), one.y.join('')]);
    console.log(`${aligned(rows, '    ')}\n`);
  }

  console.log(`Where “${own[0]}” was looked at for each character:\n`);
  console.log(attentionPicture(sentences[0], found[0]));
}

/** A sentence in the form of the data: small letters, cut into words and punctuation marks. */
function words(sentence) {
  return sentence.toLowerCase().match(/[\p{L}\p{N}'-]+|\S/gu) ?? [];
}

/** Rows: what was written; columns: what was read; the darker, the more of the attention. */
function attentionPicture(x, { y, attention }) {
  const shades = [' ', '░', '▒', '▓', '█'];
  const rows = y.map((character, step) => [
    character,
    ...x.map((_, word) => shades[Math.round(4 * attention[step * x.length + word])].repeat(4)),
  ]);
  return aligned([['', ...x], ...rows]);
}

main();
