// Which digits were spoken? Many-to-many with Tx ≠ Ty: frames of sound → digits, where nobody tells when each is spoken (CTC).
//
//     npm run example -- spoken-digits
'use strict';

const { ManyToMany } = require('../..');
const { readExamples } = require('../common/data');
const { aligned, percent, title } = require('../common/terminal');
const { fit } = require('../common/training');

async function main() {
  title('Spoken digits: many-to-many, frames of sound → digits (CTC)');
  const { train, valid, test } = readExamples('fsdd');
  console.log(`${train.length} strings of digits, spoken by four persons, to learn from.`);
  const recogniser = new ManyToMany({
    cell: 'lstm',
    hidden: 96,
    bidirectional: true,
    dropout: 0.4,
    input: { kind: 'features' },
    output: { kind: 'classes' },
    alignment: 'ctc',
  });
  await fit(
    recogniser,
    train,
    {
      epochs: 25,
      patience: 25,
      batchSize: 16,
      validation: valid,
      optimizer: { kind: 'adam', learningRate: 0.004 },
      schedule: 'cosine',
    },
    ({ symbolErrorRate }) => `validation: ${percent(symbolErrorRate)} of the digits wrong`,
  );

  const { symbolErrorRate, sequenceErrorRate } = await recogniser.evaluate(test);
  console.log(
    `Test: ${percent(symbolErrorRate)} of the digits wrong, ${percent(1 - sequenceErrorRate)} of the strings wholly right.\n`,
  );
  const found = await recogniser.predictMany(test.map(({ x }) => x));
  const rows = test.map(({ x, y }, index) => {
    const digits = found[index].y.join(' ');
    const right = digits === y.join(' ');
    return {
      right,
      row: [`${(x.length * 0.02).toFixed(1)} s`, y.join(' '), right ? '✓' : `heard ${digits}`],
    };
  });
  console.log('Some test strings, among them those it gets wrong:\n');
  const some = [
    ...rows.filter(({ right }) => right).slice(0, 6),
    ...rows.filter(({ right }) => !right).slice(0, 6),
  ];
  console.log(aligned([['', 'spoken', ''], ...some.map(({ row }) => row)]));
}

main();
