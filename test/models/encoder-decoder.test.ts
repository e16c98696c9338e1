import { join } from 'node:path';

import {
  EncoderDecoder,
  loadModel,
  ManyToMany,
  type EncoderDecoderArchitecture,
  type EncoderDecoderPredictions,
} from '../../lib/index';
import { failure, rejection } from '../data/failure';
import { reversals, reversalsModel, spoken, tides, tidesModel } from '../tasks';
import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();

const fast = { kind: 'adam', learningRate: 0.01 } as const;

/** All bits of a model. */
function bits(model: EncoderDecoder): Record<string, number[]> {
  const parameters = Object.entries(model.parameters());
  return Object.fromEntries(parameters.map(([name, { data }]) => [name, [...new Uint32Array(data.buffer)]]));
}

describe('a model that has learned to read backwards', () => {
  const model = new EncoderDecoder<'classes'>(reversalsModel);
  const test1 = reversals(100, 3);

  beforeAll(async () => {
    const { epochs, bestEpoch } = await model.fit(reversals(600, 1), {
      epochs: 12,
      optimizer: fast,
      validation: reversals(60, 2),
      patience: 12,
    });
    const rates = epochs.map(({ metrics }) => metrics!['symbolErrorRate']!);
    expect(bestEpoch).toBe(rates.indexOf(Math.min(...rates)) + 1);
  }, 60_000);

  afterAll(() => {
    model.dispose();
  });

  test('makes no errors', async () => {
    const metrics = await model.evaluate(test1);
    expect(metrics).toMatchObject({ symbolErrorRate: 0, sequenceErrorRate: 0, examples: 100 });
    expect(metrics.loss).toBeLessThan(0.1);
    expect(metrics.steps).toBe(test1.reduce((sum, { x }) => sum + x.length, 0));
    expect(Object.keys(metrics)).not.toContain('bleu');
    expect(Object.keys(metrics)).not.toContain('accuracy');
  });

  test('predicts symbols with the logarithm of their probability', async () => {
    const prediction = await model.predict('abcd');
    expect(prediction).toEqual({
      y: ['d', 'c', 'b', 'a'],
      score: expect.any(Number) as number,
      finishReason: 'end',
    });
    expect(prediction.score).toBeLessThanOrEqual(0);
    // The loss is a mean over the symbols and the end.
    const { loss } = await model.evaluate([{ x: 'abcd', y: 'dcba' }]);
    expect(prediction.score).toBeCloseTo(-5 * loss, 4);
    const { score } = await model.predict('abcd', { lengthPenalty: 1 });
    expect(score).toBeCloseTo(prediction.score / ((5 + prediction.y.length + 1) / 6), 4);
  });

  test('gives the n best, best first, all different', async () => {
    const { y, score, alternatives } = await model.predict('abca', { beam: 8, nBest: 5 });
    expect(alternatives).toHaveLength(4);
    const all = [{ y, score }, ...alternatives!];
    all.reduce((better, worse) => {
      expect(worse.score).toBeLessThanOrEqual(better.score);
      return worse;
    });
    expect(new Set(all.map((one) => one.y.join(' '))).size).toBe(5);
    expect(all.reduce((sum, one) => sum + Math.exp(one.score), 0)).toBeLessThanOrEqual(1.000001);
  });

  test('looks back at what it writes, by weights that add up to 1', async () => {
    const { y, attention, alternatives } = await model.predict('abcd', { attention: true, nBest: 2 });
    expect(attention).toHaveLength(4 * y.length);
    expect(alternatives![0]!.attention).toHaveLength(4 * alternatives![0]!.y.length);
    for (let step = 0; step < y.length; step++) {
      const weights = attention!.subarray(4 * step, 4 * step + 4);
      expect(weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 5);
    }
    expect(await model.predict('abcd', { attention: true, beam: 1 })).toHaveProperty('attention');
    expect(await model.predict('abcd')).not.toHaveProperty('attention');
  });

  test('what else is in a batch, and where, changes no bit', async () => {
    const xs = reversals(40, 6).map(({ x }) => x);
    for (const options of [{}, { beam: 1 }, { beam: 7, nBest: 3, lengthPenalty: 0.7 }]) {
      const alone = [];
      for (const x of xs) alone.push(await model.predict(x, options));
      expect(await model.predictMany(xs, { ...options, batchSize: 7 })).toEqual(alone);
      expect(await model.predictMany(xs.toReversed(), options)).toEqual(alone.toReversed());
    }
  });

  test('a beam of 1 is greedy: the most probable symbol after each other', async () => {
    const xs = reversals(30, 8).map(({ x }) => x);
    const greedy = await model.predictMany(xs, { beam: 1 });
    const wide = await model.predictMany(xs, { beam: 6 });
    greedy.forEach((one, i) => {
      expect(one.score).toBeLessThanOrEqual(wide[i]!.score + 1e-6);
    });
    const first = greedy.map(({ y }) => y.slice(0, 1));
    const short = await model.predictMany(xs, { beam: 1, maxSteps: 1 });
    expect(short.map(({ y }) => y)).toEqual(first);
  });

  test('ends at the most steps', async () => {
    const { y, finishReason } = await model.predict('abcd', { maxSteps: 2, beam: 1 });
    expect([y, finishReason]).toEqual([['d', 'c'], 'length']);
    // What has ended comes before what was broken off, however improbable.
    const both = await model.predict('abcd', { maxSteps: 2, nBest: 5 });
    expect([both.y.length, both.finishReason]).toEqual([expect.any(Number), 'end']);
    expect(both.alternatives!.some((other) => other.y.join('') === 'dc')).toBe(true);
    const metrics = await model.evaluate([{ x: 'abcd', y: 'dcba' }], { maxSteps: 2, beam: 1 });
    expect(metrics).toMatchObject({ symbolErrorRate: 0.5, sequenceErrorRate: 1 });
  });

  test('alternatives are further right answers', async () => {
    const wrong = { x: 'abc', y: 'dddd' };
    expect((await model.evaluate([wrong])).sequenceErrorRate).toBe(1);
    const metrics = await model.evaluate([{ ...wrong, alternatives: ['d', ['c', 'b', 'a']] }]);
    expect([metrics.sequenceErrorRate, metrics.symbolErrorRate]).toEqual([0, 0]);
  });

  test('symbols never seen in training count as wrong, and as unknown in the loss', async () => {
    const metrics = await model.evaluate([{ x: 'ab', y: 'bz' }]);
    expect(metrics.symbolErrorRate).toBe(0.5);
    expect(metrics.loss).toBeGreaterThan(1);
    expect(Number.isFinite(metrics.loss)).toBe(true);
    expect((await model.predict('zzz')).y).toEqual(expect.any(Array));
  });

  test('an empty source is a source, and an empty target a target', async () => {
    for (const options of [{}, { beam: 1 }, { attention: true }]) {
      const { y, score, finishReason, attention } = await model.predict('', options);
      expect(y.length).toBeLessThanOrEqual(10);
      expect(Number.isFinite(score)).toBe(true);
      expect(['end', 'length']).toContain(finishReason);
      if ('attention' in options) expect(attention).toEqual(new Float32Array());
    }
    const [empty] = await model.predictMany(['', 'abc']);
    expect(empty).toEqual(await model.predict(''));
    expect((await model.evaluate([{ x: '', y: '' }])).loss).toBeGreaterThan(0);
  });

  test('is the same when saved and loaded', async () => {
    const path = join(folder, 'reversed.safetensors');
    await model.save(path);
    using loaded = await EncoderDecoder.load<'classes'>(path);
    expect(bits(loaded)).toEqual(bits(model));
    const xs = reversals(20, 9).map(({ x }) => x);
    const options = { beam: 7, nBest: 2, attention: true };
    expect(await loaded.predictMany(xs, options)).toEqual(await model.predictMany(xs, options));
    expect(loaded.architecture).toEqual(model.architecture);
    expect(loaded.labels).toEqual(model.labels);
    expect(loaded.record).toEqual(model.record);
    using again = await loadModel(path);
    expect(again.mode).toBe('encoder-decoder');
    expect(await rejection(ManyToMany.load(path))).toEqual(
      failure('ERR_FORMAT', 'holds a model of mode encoder-decoder; expected many-to-many'),
    );
    const history = await loaded.fit(reversals(50, 1), { epochs: 1 });
    expect(history.epochs[0]!.loss).toBeLessThan(0.2);
  });

  test('cannot be fed step by step', () => {
    const refused = failure('ERR_OPTION', 'has to read its whole input before it writes');
    expect(() => model.stream()).toThrow(refused);
    expect(() => model.transform()).toThrow(refused);
  });

  test.each([
    ['a beam of nothing', { beam: 0 }],
    ['more than the beam has', { nBest: 6 }],
    ['no steps', { maxSteps: 0 }],
    ['a negative penalty', { lengthPenalty: -0.5 }],
    ['probabilities', { probabilities: true }],
  ])('%s is an error', async (_name, options) => {
    expect(await rejection(model.predict('a', options as object))).toEqual(
      failure('ERR_OPTION', 'predict: '),
    );
  });
});

describe('attention and cells', () => {
  const encoders = [
    { cell: 'lstm', bidirectional: true },
    { cell: 'gru', layers: 2 },
    { cell: 'rnn', bidirectional: true, layers: 2 },
  ] as const;
  const cases = encoders.flatMap((encoder) =>
    (['none', 'bahdanau', 'luong'] as const).map((attention) => ({ ...encoder, attention })),
  );

  test.each(cases)(
    '$cell, $attention: learns, with the same bits at any number of threads',
    async (change) => {
      const results = [];
      for (const threads of [1, 2, 3]) {
        using model = new EncoderDecoder({
          ...reversalsModel,
          ...change,
          hidden: 12,
          decoder: { ...reversalsModel.decoder, cell: 'gru', hidden: 10, layers: 2 },
          dropout: 0.1,
          teacherForcing: { from: 1, to: 0.5, epochs: 2 },
        });
        const { epochs } = await model.fit(reversals(120, 1), {
          epochs: 3,
          batchSize: 16,
          optimizer: fast,
          threads,
          validation: reversals(20, 2),
        });
        expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss);
        results.push({ epochs: epochs.map(({ loss, metrics }) => ({ loss, metrics })), bits: bits(model) });
      }
      for (const result of results) expect(result).toEqual(results[0]);
    },
    60_000,
  );
});

test('the share of teacher forcing matters, and its schedule is that of the epochs', async () => {
  const after = async (
    teacherForcing: EncoderDecoderArchitecture['teacherForcing'],
    epochs: number,
  ): Promise<Record<string, number[]>> => {
    using model = new EncoderDecoder({ ...reversalsModel, hidden: 8, teacherForcing });
    await model.fit(reversals(64, 1), { epochs });
    return bits(model);
  };
  const shown = await after(1, 1);
  expect(await after({ from: 1, to: 0, epochs: 1 }, 1)).toEqual(shown);
  expect(await after(0, 1)).not.toEqual(shown);
  expect(await after({ from: 1, to: 0, epochs: 1 }, 2)).not.toEqual(await after(1, 2));
});

test('words are translated into words, with BLEU', async () => {
  const numbers = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven'];
  const numerals = ['null', 'eins', 'zwei', 'drei', 'vier', 'fünf', 'sechs', 'sieben'];
  const data = Array.from({ length: 400 }, (_, i) => {
    const digits = [i % 8, Math.floor(i / 8) % 8, (i * 5) % 8, (i * 3 + 1) % 8];
    const write = (words: readonly string[]): string => digits.map((digit) => words[digit]).join(' ');
    return { x: write(numbers), y: write(numerals) };
  });
  using model = new EncoderDecoder({
    cell: 'gru',
    hidden: 24,
    bidirectional: true,
    input: { kind: 'tokens', embedding: 8, characters: { embedding: 4, hidden: 4 }, window: 1 },
    output: { kind: 'classes' },
    decoder: { input: { kind: 'tokens', embedding: 8, minCount: 2 } },
    attention: 'bahdanau',
  });
  await model.fit(data, { epochs: 8, optimizer: fast });
  const metrics = await model.evaluate(data);
  expect(metrics.sequenceErrorRate).toBeLessThan(0.05);
  expect(metrics.bleu).toBeGreaterThan(0.95);
  expect((await model.predict('one two three four')).y).toEqual(['eins', 'zwei', 'drei', 'vier']);
}, 60_000);

test('numbers are heard as symbols', async () => {
  using model = new EncoderDecoder({
    cell: 'lstm',
    hidden: 24,
    bidirectional: true,
    input: { kind: 'features' },
    output: { kind: 'classes', labels: ['do', 're', 'mi'] },
    decoder: { input: { kind: 'tokens', embedding: 8 } },
  });
  await model.fit(spoken(400, 1), { epochs: 12, optimizer: fast });
  const metrics = await model.evaluate(spoken(100, 3));
  expect(metrics.symbolErrorRate).toBeLessThan(0.1);
  expect(model.labels).toEqual(['do', 're', 'mi']);
  expect(model.parameters()['decoder.embedding.weight']!.shape).toEqual([5, 8]);
}, 60_000);

test('sets of indexes are read too', async () => {
  const data = reversals(100, 1).map(({ x, y }) => ({
    x: [...x].map((letter) => ['abcd'.indexOf(letter)]),
    y: [...y],
  }));
  using model = new EncoderDecoder({
    cell: 'gru',
    hidden: 8,
    input: { kind: 'multihot', size: 4, embedding: 0 },
    output: { kind: 'classes' },
  });
  const { epochs } = await model.fit(data, { epochs: 4, optimizer: fast });
  expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss);
  expect(Object.keys(model.parameters())).not.toContain('embedding.weight');
});

describe('forecasts', () => {
  const model = new EncoderDecoder<'values'>(tidesModel);

  beforeAll(async () => {
    const { epochs } = await model.fit(tides(300, 1), {
      epochs: 20,
      optimizer: fast,
      validation: tides(40, 2),
      patience: 20,
    });
    expect(Object.keys(epochs[0]!.metrics!)).toEqual([
      'loss',
      'mse',
      'mae',
      'rmse',
      'scaledMse',
      'scaledMae',
    ]);
  }, 60_000);

  afterAll(() => {
    model.dispose();
  });

  test('come near the truth, in the units of the data', async () => {
    const [example] = tides(1, 5);
    const { y, score, finishReason } = await model.predict(example!.x);
    expect([y.length, score, finishReason]).toEqual([6, 0, 'end']);
    y.forEach(([value], step) => {
      expect(Math.abs(value! - example!.y[step]![0]!)).toBeLessThan(1);
    });
  });

  test('are measured in the units of the data, each row made after those that were forecast', async () => {
    const data = tides(50, 6);
    const { loss, mse, scaledMse, scaledMae, symbolErrorRate, examples } = await model.evaluate(data);
    expect([examples, symbolErrorRate]).toEqual([50, undefined]);
    expect(scaledMse).toBeLessThan(0.02);
    expect(loss).toBeCloseTo(scaledMse! / 2, 10);
    expect(scaledMae).toBeLessThan(0.12);
    const predictions = await model.predictMany(data.map(({ x }) => x));
    let squares = 0;
    predictions.forEach(({ y }, i) => {
      y.forEach(([value], step) => (squares += (value! - data[i]!.y[step]![0]!) ** 2));
    });
    expect(mse).toBeCloseTo(squares / (50 * 6), 5);
    // The sine has a deviation of 5/√2.
    expect(scaledMse).toBeCloseTo(mse! / 12.5, 2);
  });

  test('may be shorter or longer, and begin in the same way', async () => {
    const { x } = tides(1, 7)[0]!;
    const { y } = await model.predict(x);
    expect((await model.predict(x, { maxSteps: 2 })).y).toEqual(y.slice(0, 2));
    const longer = await model.predict(x, { maxSteps: 9, attention: true });
    expect(longer.y.slice(0, 6)).toEqual(y);
    expect(longer.attention).toHaveLength(9 * 12);
  });

  test('are the same alone and in any batch, saved and loaded', async () => {
    const xs = tides(30, 8).map(({ x }, i) => x.slice(0, 3 + (i % 9)));
    const alone: EncoderDecoderPredictions['values'][] = [];
    for (const x of xs) alone.push(await model.predict(x));
    expect(await model.predictMany(xs.toReversed(), { batchSize: 4 })).toEqual(alone.toReversed());
    const path = join(folder, 'tides.safetensors');
    await model.save(path);
    using loaded = await EncoderDecoder.load<'values'>(path);
    expect(await loaded.predictMany(xs)).toEqual(alone);
    expect(await loaded.evaluate(tides(10, 9))).toMatchObject({
      mse: (await model.evaluate(tides(10, 9))).mse,
    });
  });

  test('of an empty source are numbers', async () => {
    const { y } = await model.predict([]);
    expect(y).toHaveLength(6);
    expect(y.flat().every(Number.isFinite)).toBe(true);
    expect((await model.evaluate([{ x: [[20]], y: [] }])).loss).toBeNaN();
  });

  test('targets of another number of rows are measured as far as they go', async () => {
    const { x, y } = tides(1, 10)[0]!;
    const short = await model.evaluate([{ x, y: y.slice(0, 2) }]);
    const cut = await model.evaluate([{ x, y }], { maxSteps: 2 });
    expect(cut.mse).toBe(short.mse);
    expect((await model.evaluate([{ x, y: [...y, ...y] }])).mse).toBeGreaterThan(0);
  });

  test.each([{ beam: 2 }, { nBest: 2 }, { lengthPenalty: 1 }])(
    'are not searched for: %p',
    async (options) => {
      expect(await rejection(model.predict([[20]], options))).toEqual(
        failure('ERR_OPTION', 'where the output are values'),
      );
    },
  );
});

describe('what is known beforehand', () => {
  const model = new EncoderDecoder({
    cell: 'gru',
    hidden: 4,
    input: { kind: 'features', size: 2, normalize: false },
    output: { kind: 'values', size: 1 },
    attention: 'none',
  });

  test('can be used untrained, if it is said how many rows are wanted', async () => {
    expect(await rejection(model.predict([[1, 2]]))).toEqual(failure('ERR_STATE', '"maxSteps"'));
    expect((await model.predict([[1, 2]], { maxSteps: 4 })).y).toHaveLength(4);
  });

  test('has no weights without attention', async () => {
    expect(await rejection(model.predict([[1, 2]], { attention: true, maxSteps: 1 }))).toEqual(
      failure('ERR_OPTION', '"attention" must be false in a model without attention'),
    );
  });

  test('is kept with its vocabularies, to be fitted later', async () => {
    using taught = new EncoderDecoder(reversalsModel);
    await taught.fit(reversals(20, 1), { epochs: 1 });
    const vocabulary = taught.vocabulary!;
    using fresh = new EncoderDecoder({
      ...reversalsModel,
      input: { ...reversalsModel.input, vocabulary },
      decoder: { input: { ...reversalsModel.decoder.input, vocabulary } },
    });
    const path = join(folder, 'fresh.safetensors');
    await fresh.save(path);
    using loaded = await EncoderDecoder.load(path);
    expect(bits(loaded)).toEqual(bits(fresh));
    await loaded.fit([{ x: 'a', y: 'az' }], { epochs: 1 });
    expect(loaded.labels).toEqual(vocabulary.toJSON().tokens);
  });
});

describe('training data that cannot be', () => {
  test.each([
    ['numbers for symbols', [{ x: 'a', y: [1] }], 'ERR_DATA', 'example 0, symbol 0: expected a string'],
    ['a number', [{ x: 'a', y: 3 }], 'ERR_DATA', 'example 0: expected y to be symbols'],
    ['nothing to write', [{ x: 'a', y: '' }], 'ERR_DATA', 'No example has a symbol in y'],
    ['nothing at all', [], 'ERR_DATA', 'There is no example'],
  ] as const)('%s', async (_name, data, code, message) => {
    using model = new EncoderDecoder(reversalsModel);
    expect(await rejection(model.fit(data as never))).toEqual(failure(code, message));
  });

  test('an output that is none', () => {
    expect(
      () => new EncoderDecoder({ ...reversalsModel, output: { kind: 'multihot', size: 2 } } as never),
    ).toThrow(failure('ERR_OPTION', 'EncoderDecoder: option "output.kind" must be "classes" or "values"'));
  });
});
