// Shakespeare, letter after letter. One-to-many on one long text, by truncated backpropagation through time.
//
//     npm run example -- text [PROMPT]
'use strict';

const { OneToMany } = require('../..');
const { readText, short } = require('../common/data');
const { title } = require('../common/terminal');
const { fit } = require('../common/training');

async function main() {
  title('Text: one-to-many, character after character');
  const part = (name) => {
    const text = readText(`tinyshakespeare/${name}.txt.gz`);
    return short ? text.slice(0, 20_000) : text;
  };
  const [train, valid, test] = ['train', 'valid', 'test'].map(part);
  console.log(`${train.length.toLocaleString('en')} characters of plays by Shakespeare to learn from.`);
  const writer = new OneToMany({
    cell: 'lstm',
    hidden: 128,
    layers: 2,
    dropout: { between: 0.1 },
    sequence: { kind: 'tokens', tokenizer: 'characters' },
  });
  await fit(
    writer,
    train,
    {
      epochs: 8,
      // The text is read in windows of so many characters; the state goes on from one to the next, the gradient does not go back.
      tbptt: 50,
      optimizer: { kind: 'adam', learningRate: 0.005 },
      schedule: 'cosine',
      validation: valid,
    },
    ({ nllPerStep }) => `validation ${nllPerStep.toFixed(3)} nats a character`,
  );

  const { nllPerStep, perplexity, bitsPerStep } = await writer.evaluate(test);
  console.log(
    `Test: ${nllPerStep.toFixed(3)} nats (${bitsPerStep.toFixed(2)} bits) a character, as if one of ${perplexity.toFixed(1)} were to be guessed;`,
  );
  console.log(
    `      ${frequencies(train, test).toFixed(3)} nats if each character only had its frequency.\n`,
  );

  const prompt = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? 'ROMEO:\n';
  for (const temperature of [0.5, 1]) {
    console.log(`How “${prompt.trim()}” goes on at temperature ${temperature}:\n`);
    // The characters come one by one, as they are written.
    process.stdout.write(`  ${prompt.replaceAll('\n', '\n  ')}`);
    for await (const { y } of writer.generate({ prompt, temperature, maxSteps: 400, seed: 2 })) {
      process.stdout.write(y === '\n' ? '\n  ' : y);
    }
    process.stdout.write(' …\n\n');
  }
}

/** Nats a character of one text by the frequencies of another one. */
function frequencies(train, test) {
  const counts = new Map();
  for (const character of train) counts.set(character, (counts.get(character) ?? 0) + 1);
  let nats = 0;
  for (const character of test) nats -= Math.log((counts.get(character) ?? 1) / train.length);
  return nats / test.length;
}

main();
