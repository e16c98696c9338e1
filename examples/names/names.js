// Names that nobody bears yet. One-to-many, nothing → letters.
//
//     npm run example -- names [PROMPT]
'use strict';

const { OneToMany } = require('../..');
const { readExamples } = require('../common/data');
const { pad, title } = require('../common/terminal');
const { fit } = require('../common/training');

async function main() {
  title('Names: one-to-many, letter after letter');
  const { train, valid, test } = readExamples('names');
  console.log(`${train.length} first names to learn from, such as ${train[0].y} and ${train[1].y}.`);
  const namer = new OneToMany({ cell: 'lstm', hidden: 64, sequence: { kind: 'tokens' } });
  await fit(
    namer,
    train,
    {
      epochs: 12,
      optimizer: { kind: 'adam', learningRate: 0.005 },
      schedule: 'cosine',
      validation: valid,
    },
    ({ perplexity }) => `validation perplexity ${perplexity.toFixed(2)}`,
  );

  const { nllPerStep, perplexity } = await namer.evaluate(test);
  console.log(
    `Test: ${nllPerStep.toFixed(3)} nats a letter, as if one of ${perplexity.toFixed(1)} letters were to be guessed.\n`,
  );

  console.log('New names, from the careful to the bold:\n');
  const known = new Set(train.map(({ y }) => y));
  for (const temperature of [0.5, 1, 1.5]) {
    const written = await namer.generateMany(new Array(40).fill({}), { temperature, maxSteps: 20 });
    const names = written.map(({ y }) => y.join('')).filter((name) => !known.has(name));
    console.log(`  temperature ${pad(String(temperature), 4)} ${[...new Set(names)].slice(0, 8).join(' ')}`);
  }

  const prompt = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? 'ro';
  console.log(`\nHow ${prompt} … may go on, letter by letter:\n`);
  for (let seed = 1; seed <= 4; seed += 1) {
    process.stdout.write(`  ${prompt}`);
    for await (const { y, probability } of namer.generate({ prompt, seed, maxSteps: 20 })) {
      process.stdout.write(` ${y} ${(100 * probability).toFixed(0)} %`);
    }
    process.stdout.write('\n');
  }
}

main();
