// What is somebody doing? Many-to-one, features of the frames of a clip → action.
// The clips are synthetic: the example draws them itself (clips.js).
//
//     npm run example -- actions
'use strict';

const { ManyToOne } = require('../..');
const { randomNumbers, short } = require('../common/data');
const { aligned, percent, title } = require('../common/terminal');
const { fit } = require('../common/training');
const { actions, film, show } = require('./clips');
const { motionFeatures } = require('./features');

async function main() {
  title('Actions: many-to-one, frames of a clip → action');
  const random = randomNumbers(1);
  const clips = (count) =>
    Array.from({ length: short ? Math.min(count, 40) : count }, (_, index) => {
      const action = actions[index % actions.length];
      const frames = film(action, random);
      return { frames, x: motionFeatures(frames), y: action };
    });
  const [train, valid, test] = [clips(1500), clips(500), clips(500)];
  console.log(
    `${train.length} synthetic clips to learn from, of 1.5 to 3 seconds; some frames of ${actions.length} of them:\n`,
  );
  for (const { y, frames } of train.slice(0, actions.length)) {
    console.log(`${y}\n${show([2, 5, 8].map((frame) => frames[frame]))}\n`);
  }

  const recogniser = new ManyToOne({
    cell: 'gru',
    hidden: 48,
    pooling: 'mean',
    dropout: 0.2,
    input: { kind: 'features' },
    output: { kind: 'classes' },
  });
  await fit(
    recogniser,
    train.map(({ x, y }) => ({ x, y })),
    { epochs: 15, patience: 15, validation: valid.map(({ x, y }) => ({ x, y })) },
    ({ accuracy }) => `validation accuracy ${percent(accuracy)}`,
  );

  const { accuracy, confusion } = await recogniser.evaluate(test.map(({ x, y }) => ({ x, y })));
  console.log(
    `Test: ${percent(accuracy)} of ${test.length} clips right (guessing: ${percent(1 / actions.length)}).\n`,
  );
  console.log(
    aligned([
      ['', ...confusion.labels.map((label) => `→ ${label}`)],
      ...confusion.labels.map((label, row) => [label, ...confusion.counts[row].map(String)]),
    ]),
  );

  console.log('\nA stream, frame by frame: the probability of each action as the clip goes on.\n');
  watch(
    recogniser,
    test.find(({ y }) => y === 'wave'),
  );
}

/** Recognises a clip while it is shown, as a camera would deliver it. */
function watch(recogniser, { x, y }) {
  const stream = recogniser.stream();
  const rows = [['frame', ...recogniser.labels]];
  x.forEach((features, index) => {
    const probabilities = stream.step(features);
    if (index % 3 === 0 || index === x.length - 1) {
      rows.push([String(index + 2), ...Array.from(probabilities, bar)]);
    }
  });
  console.log(`${aligned(rows)}\n\n  It is: ${y}\n`);
}

function bar(probability) {
  return '█'.repeat(Math.round(8 * probability)).padEnd(8, '·');
}

main();
