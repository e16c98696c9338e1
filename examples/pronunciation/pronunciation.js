// How French words sound. Encoder-decoder with attention, letters → phones.
//
//     npm run example -- pronunciation [WORD …]
'use strict';

const { EncoderDecoder } = require('../..');
const { readExamples } = require('../common/data');
const { aligned, pad, percent, title } = require('../common/terminal');
const { fit } = require('../common/training');

async function main() {
  title('Pronunciation: encoder-decoder, letters → phones');
  const { train, valid, test } = readExamples('g2p_fre');
  console.log(
    `${train.length} French words to learn from, such as ${spelling(train[0])}: ${sound(train[0])}.`,
  );
  const speaker = new EncoderDecoder({
    cell: 'lstm',
    hidden: 192,
    bidirectional: true,
    dropout: 0.5,
    attention: 'luong',
    input: { kind: 'tokens', tokenizer: 'characters' },
    output: { kind: 'classes' },
  });
  await fit(
    speaker,
    train,
    {
      epochs: 40,
      patience: 40,
      batchSize: 16,
      metric: 'sequenceErrorRate',
      validation: valid,
      schedule: 'cosine',
    },
    ({ sequenceErrorRate }) => `validation: ${percent(sequenceErrorRate)} of the words wrong`,
  );

  const { sequenceErrorRate, symbolErrorRate } = await speaker.evaluate(test, { beam: 5 });
  console.log(
    `Test: ${percent(1 - sequenceErrorRate)} of ${test.length} words wholly right, ${percent(symbolErrorRate)} of the phones wrong.\n`,
  );

  const spoken = await speaker.predictMany(
    test.map(({ x }) => x),
    { beam: 5 },
  );
  const rows = test.map((example, index) => {
    const right = sound(example) === sound(spoken[index]);
    return { right, row: [spelling(example), sound(example), right ? '✓' : `said ${sound(spoken[index])}`] };
  });
  console.log('Some test words, among them those it gets wrong:\n');
  const some = [
    ...rows.filter(({ right }) => right).slice(0, 6),
    ...rows.filter(({ right }) => !right).slice(0, 8),
  ];
  console.log(aligned(some.map(({ row }) => row)));

  const given = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  const words =
    given.length > 0 ? given : ['rossignol', 'grenouille', 'chuchoter', 'schtroumpf', 'blibouquer'];
  console.log('\nWords of our own, the three most probable pronunciations of each:\n');
  const heard = await speaker.predictMany(words, { beam: 5, nBest: 3 });
  words.forEach((word, index) => {
    const { alternatives, ...best } = heard[index];
    [best, ...alternatives].forEach((one, place) => {
      // A score is the logarithm of a probability.
      const probability = percent(Math.exp(one.score)).padStart(7);
      console.log(`  ${pad(place === 0 ? word : '', 12)} ${probability}  ${sound(one)}`);
    });
  });
}

const spelling = ({ x }) => x.join('');
const sound = ({ y }) => y.join(' ');

main();
