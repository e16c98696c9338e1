'use strict';
// How much memory the process holds at 16 places of a long work, in bytes, as JSON: node --expose-gc flat-memory.js WORK COUNT.
const { ManyToMany, OneToMany, Vocabulary } = require('../../dist');

const [, , work, text] = process.argv;
const count = Number(text);
const every = Math.max(1, Math.floor(count / 16));
const points = [];

function sample(done, collect) {
  if (done % every !== 0) return;
  if (collect) global.gc();
  points.push(process.memoryUsage.rss());
}

const data = Array.from({ length: 8 }, (_, i) => {
  const x = Array.from({ length: 3 + i }, (_, step) => `w${(i + step) % 5}`);
  return { x, y: x.map((word) => word.toUpperCase()) };
});

const model = (options) =>
  new ManyToMany({
    cell: 'lstm',
    hidden: 48,
    bidirectional: true,
    input: { kind: 'tokens', embedding: 16 },
    output: { kind: 'classes' },
    ...options,
  });

/** 4 MB of parameters from the beginning. */
const large = () =>
  model({
    hidden: 256,
    input: { kind: 'tokens', embedding: 256, vocabulary: Vocabulary.of(['a']) },
    output: { kind: 'classes', labels: ['A', 'B'] },
  });

const { setImmediate: nextTurn } = require('node:timers/promises');

const works = {
  async epochs() {
    await model().fit(data, {
      epochs: count,
      onProgress: ({ kind, epoch }) => {
        if (kind === 'epoch') sample(epoch, true);
      },
    });
  },
  async models() {
    for (let done = 1; done <= count; done += 1) {
      const one = model();
      await one.fit(data, { epochs: 1 });
      await one.predict(['w1', 'w2']);
      one.dispose();
      sample(done, true);
    }
  },
  /** Nobody disposes of them, and nobody asks for garbage to be collected. */
  async forgotten() {
    for (let done = 1; done <= count; done += 1) {
      large();
      await nextTurn();
      sample(done, false);
    }
  },
  /** Each keeps the parameters it was made with, and is forgotten as the models above. */
  async streams() {
    const one = new ManyToMany({
      cell: 'lstm',
      hidden: 512,
      input: { kind: 'features', size: 8 },
      output: { kind: 'values', size: 1 },
    });
    const x = new Float32Array(8);
    for (let done = 1; done <= count; done += 1) {
      one.setParameter('output.bias', Float32Array.of(done));
      one.stream().step(x);
      await nextTurn();
      sample(done, false);
    }
  },
  /** Sequences that nobody reads. */
  async generators() {
    const one = new OneToMany({
      cell: 'lstm',
      hidden: 512,
      sequence: { kind: 'features', size: 8, normalize: false },
    });
    const prompt = new Float32Array(8);
    for (let done = 1; done <= count; done += 1) {
      one.setParameter('output.bias', new Float32Array(8).fill(done));
      one.generate({ prompt });
      await nextTurn();
      sample(done, false);
    }
  },
};

works[work]().then(() => {
  console.log(JSON.stringify(points));
});
