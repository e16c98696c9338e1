import { EncoderDecoder, ManyToMany, ManyToOne, OneToMany } from '../../lib/index';
import { Random } from '../../lib/support/random';
import { Baseline } from '../../lib/training/baseline';

const small = { cell: 'gru', hidden: 4 } as const;
const one = { epochs: 1 };
const rows = [[1], [2], [3]];

describe('what a constant answer scores', () => {
  test('the most frequent class', async () => {
    using model = new ManyToOne({ ...small, input: { kind: 'features' }, output: { kind: 'classes' } });
    const labelled = (...ys: string[]) => ys.map((y) => ({ x: rows, y }));
    const training = labelled('a', 'a', 'a', 'b');
    const { baseline } = await model.fit(training, { ...one, validation: labelled('a', 'b', 'b', 'c') });
    expect(baseline).toMatchObject({ metric: 'accuracy', score: 0.5 });
    const byLoss = await model.fit(training, { ...one, validation: labelled('a', 'c'), metric: 'loss' });
    // Of the label that is known, with a fifth example that has half of each class.
    expect(byLoss.baseline!.score).toBeCloseTo(-Math.log(3.5 / 5), 6);
    const alone = await model.fit(training, one);
    expect(alone.baseline!.metric).toBe('loss');
    expect(alone.baseline!.score).toBeCloseTo(-(3 * Math.log(3.5 / 5) + Math.log(1.5 / 5)) / 4, 6);
  });

  test('the tag that is everywhere finds no chunk', async () => {
    using model = new ManyToMany({ ...small, input: { kind: 'tokens' }, output: { kind: 'classes' } });
    const data = [{ x: ['to', 'the', 'far', 'Rome'], y: ['O', 'O', 'O', 'B-city'] }];
    const { baseline } = await model.fit(data, { ...one, validation: data });
    expect(baseline).toMatchObject({ metric: 'f1', score: 0 });
    const byAccuracy = await model.fit(data, { ...one, validation: data, metric: 'accuracy' });
    expect(byAccuracy.baseline).toMatchObject({ metric: 'accuracy', score: 0.75 });
  });

  test('the mean of the values, in the units of the data', async () => {
    const valued = (...ys: number[]) => ys.map((y) => ({ x: rows, y: [y] }));
    using model = new ManyToOne({ ...small, input: { kind: 'features' }, output: { kind: 'values' } });
    const { baseline } = await model.fit(valued(10, 30), {
      ...one,
      validation: valued(20, 26),
      metric: 'mse',
    });
    expect(baseline!.score).toBeCloseTo(18, 4);
    const forecaster = new EncoderDecoder({
      ...small,
      input: { kind: 'features' },
      output: { kind: 'values' },
    });
    const forecast = (...ys: number[]) => ys.map((y) => ({ x: rows, y: [[y], [y]] }));
    const history = await forecaster.fit(forecast(10, 30), { ...one, validation: forecast(20, 26) });
    expect(history.baseline).toMatchObject({ metric: 'loss', beaten: false });
    expect(history.baseline!.score).toBeCloseTo(18 / 2 / 10 ** 2, 6);
    forecaster.dispose();
  });

  test('the shares of active outputs', async () => {
    using model = new ManyToOne({
      ...small,
      input: { kind: 'features' },
      output: { kind: 'multihot', size: 2 },
    });
    const active = (...ys: number[][]) => ys.map((y) => ({ x: rows, y }));
    const { baseline } = await model.fit(active([0], [0], [0, 1]), one);
    // Shares (3 + ½)/4 and (1 + ½)/4.
    const nats = [3.5 / 4, 3.5 / 4, 3.5 / 4, 2.5 / 4, 2.5 / 4, 1.5 / 4].map(Math.log);
    expect(baseline!.score).toBeCloseTo(-nats.reduce((sum, nat) => sum + nat) / 3, 5);
  });

  test('nothing, the usual symbol or the usual word', async () => {
    using model = new EncoderDecoder({ ...small, input: { kind: 'tokens' }, output: { kind: 'classes' } });
    const written = (...ys: string[]) => ys.map((y) => ({ x: ['in'], y: [...y] }));
    const { baseline } = await model.fit(written('abc', 'abc', 'd'), {
      ...one,
      validation: written('abc', 'abd'),
    });
    expect(baseline).toMatchObject({ metric: 'symbolErrorRate', beaten: false });
    expect(baseline!.score).toBeCloseTo(1 / 6, 12);
    const alone = await model.fit(written('a'), one);
    expect(alone.baseline!.metric).toBe('loss');
    using speller = new ManyToMany<'classes', 'ctc'>({
      ...small,
      alignment: 'ctc',
      input: { kind: 'features' },
      output: { kind: 'classes' },
    });
    const spoken = (...ys: string[]) => ys.map((y) => ({ x: rows, y: [...y] }));
    const history = await speller.fit(spoken('a', 'a', 'c'), { ...one, validation: spoken('ab', 'b') });
    expect(history.baseline!.score).toBeCloseTo(2 / 3, 12);
  });

  test('labels with the blank between them as often as makes the training data likely', async () => {
    using model = new ManyToMany<'classes', 'ctc'>({
      ...small,
      alignment: 'ctc',
      input: { kind: 'features' },
      output: { kind: 'classes' },
    });
    const spoken = (steps: number, ...ys: string[]) =>
      ys.map((y) => ({ x: Array.from({ length: steps }, () => [0]), y: [...y] }));
    // One more is a quarter each label and the blank.
    const data = [...spoken(4, 'a', 'b', 'c'), ...spoken(4, 'a', 'b')];
    const { baseline } = await model.fit(data, one);
    // A run of k labels has 5 − k places; the best odds of a label against the blank are looked for closely enough.
    const [a, b, c] = [2.25, 2.25, 1.25].map((count) => count / 5.75);
    const nats = (odds: number, share: number): number => {
      const [label, blank] = [(share * odds) / (1 + odds), 1 / (1 + odds)];
      return -Math.log([1, 2, 3, 4].reduce((sum, k) => sum + (5 - k) * label ** k * blank ** (4 - k), 0));
    };
    const mean = (odds: number): number => (2 * nats(odds, a!) + 2 * nats(odds, b!) + nats(odds, c!)) / 5;
    const best = Math.min(...Array.from({ length: 4000 }, (_, i) => mean(2 ** (i / 250 - 8))));
    expect(baseline!.metric).toBe('loss');
    expect(baseline!.score).toBeGreaterThanOrEqual(best - 1e-6);
    expect(baseline!.score).toBeLessThan(best * 1.001);
    // Labels that are not known, and those that the steps are too few for, have no part in it.
    const validation = [...spoken(4, 'a', 'z'), ...spoken(1, 'ab')];
    const measured = await model.fit(data, { ...one, validation, metric: 'loss' });
    expect(measured.baseline!.score).toBeGreaterThan(best / 2);
    expect(measured.baseline!.score).toBeLessThan(2 * best);
  });

  test('a training with ctc that learns nothing is said to end at the level of a constant answer', async () => {
    const architecture = {
      ...small,
      alignment: 'ctc',
      input: { kind: 'features' },
      output: { kind: 'classes' },
    } as const;
    const random = new Random(7);
    const spoken = Array.from({ length: 200 }, () => {
      const label = random.below(2);
      return { x: [[label], [label], [random.below(2)]], y: [label === 1 ? 'one' : 'none'] };
    });
    const noise = spoken.map(({ x }) => ({ x, y: [random.below(2) === 1 ? 'one' : 'none'] }));
    const fast = { epochs: 8, optimizer: { kind: 'adam', learningRate: 0.02 } } as const;
    using deaf = new ManyToMany(architecture);
    expect((await deaf.fit(noise, fast)).baseline).toMatchObject({ metric: 'loss', beaten: false });
    using speller = new ManyToMany(architecture);
    expect((await speller.fit(spoken, fast)).baseline).toMatchObject({ metric: 'loss', beaten: true });
  });

  test('the symbols of a text, as often as they come', async () => {
    using model = new OneToMany({ ...small, sequence: { kind: 'tokens' } });
    const text = 'ab'.repeat(20_000);
    const { baseline } = await model.fit(text, { minutes: 1e-9, validation: 'abab' });
    expect(baseline).toMatchObject({ metric: 'loss' });
    expect(baseline!.score).toBeCloseTo(Math.LN2, 3);
  });
});

describe('a level has been left', () => {
  const left = (score: number, metrics: Record<string, number>, metric: string, count = 200): boolean =>
    new Baseline(metric, { loss: 0.69, [metric]: score }, count).isLeftBy({ loss: 0.69, ...metrics });

  test('by more than chance gives', () => {
    expect(left(0.5, { accuracy: 0.585 }, 'accuracy')).toBe(false);
    expect(left(0.5, { accuracy: 0.66 }, 'accuracy')).toBe(true);
    expect(left(0.5, { accuracy: 0.585 }, 'accuracy', 10_000)).toBe(true);
    expect(left(0.5, { accuracy: 0.585, loss: 0.6 }, 'accuracy')).toBe(true);
    expect(left(0.5, { accuracy: 0.4, loss: 0.1 }, 'accuracy')).toBe(false);
    expect(left(1, { symbolErrorRate: 0.99 }, 'symbolErrorRate')).toBe(false);
    expect(left(1, { symbolErrorRate: 0.9 }, 'symbolErrorRate')).toBe(true);
    expect(left(2030, { mse: 2000 }, 'mse')).toBe(false);
    expect(left(2030, { mse: 1500 }, 'mse')).toBe(true);
  });

  test('by half of what can be gained, where there is little to measure', () => {
    expect(left(0.5, { accuracy: 0.7 }, 'accuracy', 4)).toBe(false);
    expect(left(0.5, { accuracy: 0.75 }, 'accuracy', 4)).toBe(true);
  });

  test('where there is nothing to gain', () => {
    expect(left(1, { accuracy: 1 }, 'accuracy')).toBe(true);
    expect(left(NaN, { accuracy: 0 }, 'accuracy')).toBe(true);
    expect(left(0.5, { accuracy: NaN }, 'accuracy')).toBe(false);
  });
});

test('the parity of a whole sequence is learned with validation data and patience as without', async () => {
  const random = new Random(5);
  const sequences = (count: number): { x: number[][]; y: string }[] =>
    Array.from({ length: count }, () => {
      const x = Array.from({ length: 8 }, () => [random.below(2)]);
      return { x, y: x.reduce((sum, [bit]) => sum + bit!, 0) % 2 === 0 ? 'even' : 'odd' };
    });
  const [training, validation] = [sequences(600), sequences(200)];
  using model = new ManyToOne({
    cell: 'lstm',
    hidden: 16,
    // With this one the second epoch, which has learned nothing, is better by chance than each of the next five.
    seed: 3,
    input: { kind: 'features' },
    output: { kind: 'classes' },
  });
  const history = await model.fit(training, {
    epochs: 150,
    validation,
    patience: 5,
    optimizer: { kind: 'adam', learningRate: 0.01 },
  });
  const { accuracy } = await model.evaluate(validation);
  expect(accuracy).toBeGreaterThan(0.95);
  expect(history.baseline).toMatchObject({ metric: 'accuracy', beaten: true });
  expect(history.bestEpoch).toBeGreaterThan(6);
}, 60_000);
