// First names, invented. One-to-many, nothing → letters.
//
//     npm run example -- names [PROMPT]
'use strict';

const { OneToMany } = require('../..');
const { readExamples } = require('../common/data');
const { aligned, percent, title } = require('../common/terminal');
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

  console.log(
    'Names it writes, from the careful to the bold; (names) in brackets stand in the training part:\n',
  );
  const known = new Set(train.map(({ y }) => y));
  const rows = [];
  for (const temperature of [0.5, 0.75, 1, 1.5]) {
    const written = await namer.generateMany(new Array(200).fill({}), { temperature, maxSteps: 20 });
    const names = written.map(({ y }) => y.join(''));
    const some = names.slice(0, 8).map((name) => (known.has(name) ? `(${name})` : name));
    const share = names.filter((name) => known.has(name)).length / names.length;
    rows.push([`temperature ${temperature}`, `${percent(share)} known`, some.join(' ')]);
  }
  console.log(aligned(rows));

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
