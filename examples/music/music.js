// A chorale in the manner of Bach. One-to-many, nothing → sets of keys of a piano; it is played from the MIDI file that is written.
//
//     npm run example -- music [FILE.mid]
'use strict';

const { writeFileSync } = require('node:fs');
const { resolve } = require('node:path');
const { writeMidi } = require('midi-file');

const { OneToMany } = require('../..');
const { randomNumbers, readExamples } = require('../common/data');
const { pad, title } = require('../common/terminal');
const { fit } = require('../common/training');

/** Quarter notes (the steps of the data) a minute, and ticks of the MIDI file a step. */
const tempo = 76;
const ticks = 480;
/** What MIDI calls key 0. A piano's lowest A is 21, but these chorales are written an octave above where they are sung. */
const lowest = 21 - 12;

async function main() {
  title('Music: one-to-many, chord after chord');
  const { train, valid, test } = readExamples('jsb_chorales');
  console.log(`${train.length} chorales of Bach to learn from, a chord for each quarter note.`);
  const composer = new OneToMany({
    cell: 'gru',
    hidden: 128,
    dropout: 0.3,
    sequence: { kind: 'multihot', size: 88, embedding: 128 },
  });
  await fit(
    composer,
    train,
    { epochs: 80, patience: 20, batchSize: 8, validation: valid, metric: 'nllPerStep', schedule: 'cosine' },
    ({ nllPerStep }) => `validation ${nllPerStep.toFixed(2)} nats a chord`,
  );

  const { nllPerStep } = await composer.evaluate(test);
  console.log(`Test: ${nllPerStep.toFixed(2)} nats a chord (of 88 keys, each of which sounds or not);`);
  console.log(
    `      ${likelihoodOfFrequencies(train, test).toFixed(2)} if each key only had its frequency.\n`,
  );

  const chords = chordsOf(train);
  const bach = test[0].y.slice(0, 16);
  const own = compose(composer, chords, [], 64);
  const continued = compose(composer, chords, bach, 64);
  console.log(
    'Four bars of a chorale of the test part, then four bars as the model goes on (two columns a quarter):\n',
  );
  console.log(pianoRoll(continued.slice(0, 32), bach.length));

  const file = resolve(
    process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? 'chorales.mid',
  );
  const steps = [...continued, [], [], [], [], ...own];
  writeFileSync(file, Buffer.from(writeMidi(midi(steps))));
  const seconds = Math.round((steps.length * 60) / tempo);
  console.log(`\nSixteen bars of this and sixteen from nothing, ${seconds} seconds of music: ${file}`);
}

/** The different chords of some chorales. */
function chordsOf(chorales) {
  const chords = chorales.flatMap(({ y }) => y).filter((chord) => chord.length >= 3);
  return [...new Map(chords.map((chord) => [chord.join(), chord])).values()];
}

/**
 * Goes on from an opening, step by step. The model tells how probable each key is after the chords before, but not which keys
 * go together: so a chord of those that Bach used is drawn, by the odds of its keys.
 */
function compose(composer, chords, opening, length, temperature = 0.7) {
  const random = randomNumbers(1);
  const stream = composer.stream();
  const steps = [];
  let expected = stream.first;
  while (steps.length < length) {
    const odds = expected.map((p) => Math.log(p / (1 - p)) / temperature);
    const weights = chords.map((chord) => Math.exp(chord.reduce((sum, key) => sum + odds[key], 0)));
    const chord = opening[steps.length] ?? chords[drawn(weights, random)];
    steps.push(chord);
    expected = stream.step(chord);
  }
  return steps;
}

/** An index, each as probable as its weight says. */
function drawn(weights, random) {
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  return Math.max(
    0,
    weights.findIndex((weight) => (left -= weight) < 0),
  );
}

/** Nats a chord if keys sounded independently of each other and of what was before. */
function likelihoodOfFrequencies(train, test) {
  const counts = new Array(88).fill(1);
  let steps = 2;
  for (const { y } of train) {
    steps += y.length;
    for (const key of y.flat()) counts[key] += 1;
  }
  // As evaluation does: chords 2 … T.
  const chords = test.flatMap(({ y }) => y.slice(1));
  let nats = 0;
  for (const chord of chords) {
    const sounding = new Set(chord);
    counts.forEach((count, key) => {
      const share = count / steps;
      nats -= Math.log(sounding.has(key) ? share : 1 - share);
    });
  }
  return nats / chords.length;
}

/** Keys from high to low as lines, steps from left to right, a bar of four between two lines; a thick one ends the prompt. */
function pianoRoll(steps, prompt) {
  const names = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'];
  const keys = steps.flat();
  const lines = [];
  for (let key = Math.max(...keys); key >= Math.min(...keys); key -= 1) {
    const cells = steps.map((chord, step) => {
      const bar = step % 4 > 0 ? '' : step === prompt ? '┃' : '│';
      return bar + (chord.includes(key) ? '██' : '··');
    });
    const note = key + lowest;
    const name = `${names[note % 12]}${Math.floor(note / 12) - 1}`;
    lines.push(`  ${pad(name, 3)} ${cells.join('')}│`);
  }
  return lines.join('\n');
}

/** A key that sounds in successive steps is held, as the data do not tell a long note from a repeated one. */
function midi(steps) {
  const events = [
    { deltaTime: 0, meta: true, type: 'setTempo', microsecondsPerBeat: Math.round(6e7 / tempo) },
  ];
  let last = 0;
  const event = (type, step, key, velocity) => {
    const deltaTime = step * ticks - last;
    last = step * ticks;
    events.push({ deltaTime, type, channel: 0, noteNumber: key + lowest, velocity });
  };
  [...steps, []].forEach((chord, step) => {
    const before = steps[step - 1] ?? [];
    for (const key of before) if (!chord.includes(key)) event('noteOff', step, key, 0);
    for (const key of chord) if (!before.includes(key)) event('noteOn', step, key, 72);
  });
  events.push({ deltaTime: ticks, meta: true, type: 'endOfTrack' });
  return { header: { format: 0, numTracks: 1, ticksPerBeat: ticks }, tracks: [events] };
}

main();
