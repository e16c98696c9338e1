import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  loadModel,
  OneToMany,
  Vocabulary,
  type SequenceExample,
  type SequenceKind,
  type WrittenStep,
} from '../../lib/index';
import { Random } from '../../lib/support/random';
import { failure, rejection } from '../data/failure';
import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();

const fast = { kind: 'adam', learningRate: 0.01 } as const;

/** Words of the letters a and b, which stand in pairs: aa, bb, of 1…4 pairs. */
function pairs(count: number, seed: number): { y: string }[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => ({
    y: Array.from({ length: 1 + random.below(4) }, () => (random.below(2) === 0 ? 'aa' : 'bb')).join(''),
  }));
}

async function collected<Y>(steps: AsyncIterable<WrittenStep<Y>>): Promise<WrittenStep<Y>[]> {
  const all: WrittenStep<Y>[] = [];
  for await (const step of steps) all.push(step);
  return all;
}

async function text(steps: AsyncIterable<WrittenStep<string>>): Promise<string> {
  return (await collected(steps)).map(({ y }) => y).join('');
}

const letters = { cell: 'gru', hidden: 16, sequence: { kind: 'tokens', embedding: 8 } } as const;

describe('a model that has learned words', () => {
  const model = new OneToMany(letters);

  beforeAll(async () => {
    const { epochs } = await model.fit(pairs(400, 1), {
      epochs: 12,
      optimizer: fast,
      validation: pairs(50, 2),
      metric: 'nllPerStep',
    });
    expect(epochs.at(-1)!.metrics).toHaveProperty('perplexity');
  });

  afterAll(() => {
    model.dispose();
  });

  test('knows how probable words are, the end of each being a step', async () => {
    const metrics = await model.evaluate(pairs(200, 3));
    const steps = pairs(200, 3).reduce((sum, { y }) => sum + y.length + 1, 0);
    expect(metrics).toMatchObject({ examples: 200, steps });
    // A coin for each pair and one in four for its number: what can be known.
    const nats = pairs(200, 3).reduce((sum, { y }) => sum + (y.length / 2) * Math.log(2) + Math.log(4), 0);
    expect(metrics.nllPerStep).toBeGreaterThan(0.95 * (nats / steps));
    expect(metrics.nllPerStep).toBeLessThan(1.1 * (nats / steps));
    expect(metrics.loss).toBe(metrics.nllPerStep);
    expect(metrics.perplexity).toBeCloseTo(Math.exp(metrics.nllPerStep!), 9);
    expect(metrics.bitsPerStep).toBeCloseTo(metrics.nllPerStep! / Math.LN2, 9);
  });

  test('writes words of pairs, which end by themselves', async () => {
    const words = await model.generateMany(new Array(100).fill({}), { maxSteps: 20 });
    const good = words.filter(({ y }) => /^(aa|bb){1,4}$/.test(y.join('')));
    expect(good.length).toBeGreaterThan(70);
    expect(words.filter(({ finishReason }) => finishReason === 'end').length).toBeGreaterThan(90);
    expect(new Set(words.map(({ y }) => y.join(''))).size).toBeGreaterThan(10);
  });

  test('gives the steps one by one, the last one with the reason', async () => {
    const steps = await collected(model.generate({ seed: 3 }));
    const { y, score, finishReason } = (await model.generateMany([{}], { seed: 3 }))[0]!;
    expect(steps.map((step) => step.y)).toEqual(y);
    expect(steps.map((step) => step.finishReason)).toEqual([
      ...y.slice(1).map(() => undefined),
      finishReason,
    ]);
    const inner = steps.reduce((sum, { probability }) => sum + Math.log(probability), 0);
    expect(score).toBeLessThan(inner);
    const { loss } = await model.evaluate([{ y: y.join('') }]);
    expect(score).toBeCloseTo(-loss * (y.length + 1), 4);
  });

  test('stops at the most steps allowed', async () => {
    const steps = await collected(model.generate({ maxSteps: 1 }));
    expect(steps).toHaveLength(1);
    expect(steps[0]!.finishReason).toBe('length');
    expect((await model.generateMany([{}], { maxSteps: 1 }))[0]!.finishReason).toBe('length');
  });

  test('the same seed gives the same word, alone and among others', async () => {
    const many = await model.generateMany(new Array(60).fill({}), { seed: 100 });
    for (const index of [0, 17, 59]) {
      expect(await text(model.generate({ seed: 100 + index }))).toBe(many[index]!.y.join(''));
    }
    expect(await model.generateMany(new Array(60).fill({}), { seed: 100 })).toEqual(many);
    expect(await model.generateMany([])).toEqual([]);
  });

  test('goes on from a prompt exactly as a stream does', async () => {
    const stream = model.stream();
    let expected = stream.first!;
    for (const letter of 'aab') expected = stream.step(letter);
    for await (const { y, probability } of model.generate({ prompt: 'aab', temperature: 0.5, seed: 2 })) {
      expect(probability).toBe(expected[model.vocabulary!.id(y)]);
      expected = stream.step(y);
    }
    stream.reset();
    expect(stream.first).toEqual(model.stream().first);
    const [first] = await collected(model.generate({ maxSteps: 1 }));
    expect(first!.probability).toBe(stream.first![model.vocabulary!.id(first!.y)]);
  });

  test('reads unknown symbols as the unknown one and never writes it', async () => {
    const stream = model.stream();
    const expected = stream.step('?');
    const [first] = await collected(model.generate({ prompt: '?', maxSteps: 1, temperature: 0 }));
    expect(first!.probability).toBe(expected[model.vocabulary!.id(first!.y)]);
    const written = await model.generateMany(new Array(300).fill({ prompt: '??' }), {
      temperature: 5,
      maxSteps: 20,
    });
    expect(new Set(written.flatMap(({ y }) => y))).toEqual(new Set(['a', 'b']));
    const { loss, steps } = await model.evaluate([{ y: 'a?' }]);
    expect([loss > 0, steps]).toEqual([true, 3]);
  });

  test('is the same when saved and loaded', async () => {
    const path = join(folder, 'pairs.safetensors');
    await model.save(path);
    using loaded = await OneToMany.load<'tokens'>(path);
    expect(await loaded.generateMany([{}, {}], { seed: 5 })).toEqual(
      await model.generateMany([{}, {}], { seed: 5 }),
    );
    expect(loaded.architecture).toEqual(model.architecture);
    expect(loaded.architecture).toMatchObject({ sequence: { tokenizer: 'characters' }, context: 'none' });
    expect(loaded.endless).toBe(false);
    using again = await loadModel(path);
    expect(again.mode).toBe('one-to-many');
    const other = join(folder, 'again.safetensors');
    await again.save(other);
    expect(readFileSync(other)).toEqual(readFileSync(path));
  });

  test('ends with the reason of a signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const seen: string[] = [];
    const writing = (async () => {
      for await (const { y } of model.generate({
        prompt: 'a',
        temperature: 30,
        topK: 1,
        signal: controller.signal,
      })) {
        seen.push(y);
        controller.abort(reason);
      }
    })();
    expect(await rejection(writing)).toBe(reason);
    expect(seen).toHaveLength(1);
    expect(await rejection(model.generateMany([{}], { signal: controller.signal }))).toBe(reason);
    expect(await rejection(collected(model.generate({ signal: controller.signal })))).toBe(reason);
  });

  test('ends with it even where it comes while the last steps are computed', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const writing = model.generateMany([{}], { maxSteps: 1, signal: controller.signal });
    controller.abort(reason);
    expect(await rejection(writing)).toBe(reason);
  });

  test('has no prediction, and says so', async () => {
    expect(await rejection(model.predict('a'))).toEqual(failure('ERR_OPTION', 'use generate'));
    expect(await rejection(model.predictMany(['a']))).toEqual(failure('ERR_OPTION', 'use generate'));
  });

  test.each([
    ['maxSteps', 0],
    ['maxSteps', 1.5],
    ['temperature', -1],
    ['temperature', NaN],
    ['topK', -1],
    ['topP', 0],
    ['topP', 1.1],
    ['seed', -1],
    ['signal', 'now'],
    ['beam', 3],
  ])('refuses %s %p', async (option, value) => {
    expect(() => model.generate({ [option]: value })).toThrow(failure('ERR_OPTION', `"${option}"`));
    expect(await rejection(model.generateMany([{}], { [option]: value }))).toEqual(
      failure('ERR_OPTION', `"${option}"`),
    );
  });

  test('refuses prompts and contexts that do not fit', async () => {
    expect(() => model.generate({ prompt: [[1]] })).toThrow(failure('ERR_DATA', 'generate, prompt'));
    expect(() => model.generate({ prompt: Int32Array.of(0) })).toThrow(failure('ERR_DATA', 'step 0'));
    expect(() => model.generate({ context: 'jazz' })).toThrow(failure('ERR_DATA', 'no context'));
    expect(await rejection(model.generateMany([{}, { prompt: 7 } as never]))).toEqual(
      failure('ERR_DATA', 'sequence 1'),
    );
    expect(await rejection(model.generateMany(5 as never))).toEqual(failure('ERR_DATA', 'an iterable'));
  });

  test('refuses a text', async () => {
    expect(await rejection(model.evaluate('aabb'))).toEqual(failure('ERR_DATA', 'trained on sequences'));
    expect(await rejection(model.fit('aabb'))).toEqual(failure('ERR_DATA', 'trained on sequences'));
  });
});

test('what has begun is written to its end after dispose', async () => {
  const model = new OneToMany({
    ...letters,
    sequence: { kind: 'tokens', vocabulary: Vocabulary.of(['a', 'b']) },
  });
  const expected = await text(model.generate({ maxSteps: 500, topK: 2 }));
  const steps = model.generate({ maxSteps: 500, topK: 2 });
  await steps.next();
  model.dispose();
  expect(expected.startsWith(await text(steps).then((rest) => expected.slice(0, 1) + rest))).toBe(true);
  expect(() => model.generate()).toThrow(failure('ERR_DISPOSED'));
});

test('threads and the order of a batch change no bit of what is learned', async () => {
  const bytes: Buffer[] = [];
  for (const threads of [1, 2, 3]) {
    using model = new OneToMany(letters);
    await model.fit(pairs(60, 1), { epochs: 2, threads });
    const path = join(folder, `${threads}.safetensors`);
    await model.save(path);
    bytes.push(readFileSync(path));
  }
  expect(bytes[1]).toEqual(bytes[0]);
  expect(bytes[2]).toEqual(bytes[0]);
});

describe('a model that has learned a text', () => {
  const song = 'the cat sat on the mat. the dog sat on the log. '.repeat(60);
  const model = new OneToMany({ cell: 'lstm', hidden: 32, sequence: { kind: 'tokens', embedding: 16 } });

  beforeAll(async () => {
    await model.fit(song, { epochs: 12, batchSize: 8, tbptt: 40, optimizer: fast, validation: song });
  });

  afterAll(() => {
    model.dispose();
  });

  test('is measured on a text as one stream, without an end', async () => {
    const metrics = await model.evaluate(song);
    expect(metrics).toMatchObject({ examples: 1, steps: song.length - 1 });
    expect(metrics.nllPerStep).toBeLessThan(0.2);
    expect(model.record).toMatchObject({ examples: 1, steps: song.length - 1, options: { tbptt: 40 } });
    // The same by a stream, step by step.
    const part = song.slice(0, 400);
    const stream = model.stream();
    expect(stream.first).toBeUndefined();
    let nats = 0;
    for (let at = 0; at + 1 < part.length; at += 1) {
      nats -= Math.log(stream.step(part[at]!)[model.vocabulary!.id(part[at + 1]!)]!);
    }
    expect((await model.evaluate(part)).nllPerStep).toBeCloseTo(nats / (part.length - 1), 5);
  });

  test('goes on and on', async () => {
    expect(model.endless).toBe(true);
    const written = await text(model.generate({ prompt: 'the cat ', temperature: 0.3, maxSteps: 300 }));
    expect(written).toHaveLength(300);
    expect(written).toMatch(/sat on the/);
    expect(await text(model.generate({ maxSteps: 5 }))).toHaveLength(5);
  });

  test('is the same when saved and loaded', async () => {
    const path = join(folder, 'song.safetensors');
    await model.save(path);
    using loaded = await OneToMany.load<'tokens'>(path);
    expect(loaded.endless).toBe(true);
    const options = { prompt: 'the ', seed: 9, maxSteps: 40 };
    expect(await text(loaded.generate(options))).toBe(await text(model.generate(options)));
    expect(loaded.record).toEqual(model.record);
  });

  test('refuses sequences, and texts with nothing to tell', async () => {
    expect(await rejection(model.evaluate([{ y: 'the cat' }]))).toEqual(
      failure('ERR_DATA', 'trained on a text'),
    );
    expect(await rejection(model.evaluate('a'))).toEqual(failure('ERR_DATA', 'at least two symbols'));
    expect(await rejection(model.evaluate(''))).toEqual(failure('ERR_DATA', 'at least two symbols'));
    expect(await rejection(model.evaluate('poems.txt'))).toEqual(failure('ERR_DATA', 'name of a file'));
  });
});

test.each([1, 7, 44, 1000])('in windows of %d steps a text is read as it is in one piece', async (tbptt) => {
  const song = 'abcabdabe'.repeat(5);
  using model = new OneToMany(letters);
  // So small a rate that the parameters stay as they are.
  const still = { kind: 'sgd', learningRate: 1e-30 } as const;
  const { epochs } = await model.fit(song, { epochs: 2, batchSize: 1, tbptt, optimizer: still });
  const { nllPerStep } = await model.evaluate(song);
  for (const { loss } of epochs) expect(loss).toBeCloseTo(nllPerStep!, 6);
});

test('a window is what a gradient flows back through', async () => {
  const song = 'abcabdabe'.repeat(5);
  const learned = async (tbptt: number | undefined): Promise<unknown> => {
    using model = new OneToMany(letters);
    await model.fit(song, { epochs: 1, batchSize: 1, ...(tbptt !== undefined && { tbptt }) });
    return model.parameters();
  };
  // All 44 steps in one window, which is also the default of 100.
  expect(await learned(44)).toEqual(await learned(undefined));
  expect(await learned(22)).not.toEqual(await learned(44));
});

test('words of a text, and ids of the caller’s own', async () => {
  using words = new OneToMany({ ...letters, sequence: { kind: 'tokens', tokenizer: 'words' } });
  await words.fit('the cat sat on the mat, the dog sat on the log. '.repeat(20), {
    epochs: 5,
    optimizer: fast,
  });
  const written = await collected(words.generate({ prompt: 'the cat', maxSteps: 6 }));
  expect(written.every(({ y }) => words.vocabulary!.has(y))).toBe(true);
  using ids = new OneToMany({ ...letters, sequence: { kind: 'tokens' } });
  await ids.fit(
    Int32Array.from({ length: 200 }, (_, i) => 2 + (i % 3)),
    { epochs: 20, optimizer: fast },
  );
  const numbers = await collected(ids.generate({ prompt: Int32Array.of(2, 3), maxSteps: 4, temperature: 0 }));
  expect(numbers.map(({ y }) => y)).toEqual(['4', '2', '3', '4']);
  expect(await rejection(ids.evaluate(Int32Array.of(2, 0)))).toEqual(failure('ERR_DATA', 'the text, step 1'));
});

describe('music', () => {
  const up = (from: number): number[][] => [0, 1, 2, 3].map((step) => [from + step, from + step + 4]);
  const songs: SequenceExample[] = Array.from({ length: 60 }, (_, i) => ({ y: up(i % 3) }));
  const model = new OneToMany({ cell: 'gru', hidden: 24, sequence: { kind: 'multihot' } });

  beforeAll(async () => {
    await model.fit(songs, { epochs: 40, optimizer: fast });
  });

  test('is measured at steps 2…T, without the end', async () => {
    const metrics = await model.evaluate([{ y: up(0) }, { y: up(2) }, { y: [[1]] }]);
    expect(metrics.nllPerStep).toBeLessThan(0.3);
    expect(Object.keys(metrics)).toContain('bitsPerStep');
    expect((await model.evaluate([{ y: [[1]] }])).nllPerStep).toBeNaN();
  });

  test('is written in sets of indexes that rise, and ends', async () => {
    const [song] = await model.generateMany([{ prompt: [[1, 5]] }], { temperature: 0, maxSteps: 9 });
    expect(song).toMatchObject({ y: up(1).slice(1), finishReason: 'end' });
    const step = model.stream().step([0, 4]);
    expect(step).toHaveLength(11);
    expect(() => model.generate({ topK: 2 })).toThrow(failure('ERR_OPTION', '"topK" has no meaning'));
  });
});

describe('values', () => {
  const waves: SequenceExample[] = Array.from({ length: 80 }, (_, phase) => ({
    y: Array.from({ length: 25 }, (_, step) => [10 + 5 * Math.sin(phase + step / 2)]),
  }));
  const model = new OneToMany({ cell: 'gru', hidden: 16, sequence: { kind: 'features' } });

  beforeAll(async () => {
    await model.fit(waves, { epochs: 30, optimizer: fast, batchSize: 8 });
  });

  test('are measured by the next step', async () => {
    const metrics = await model.evaluate(waves);
    expect(metrics.scaledMse).toBeLessThan(0.02);
    expect(metrics.scaledMae).toBeLessThan(0.15);
    expect(metrics.loss).toBeCloseTo(metrics.scaledMse! / 2, 6);
    const deviation = model.architecture.sequence.kind === 'features' && metrics.mae! / metrics.scaledMae!;
    expect(metrics.rmse).toBeCloseTo(Number(deviation) * Math.sqrt(metrics.scaledMse!), 6);
    expect(metrics.nllPerStep).toBeUndefined();
    expect(metrics.steps).toBe(80 * 24);
  });

  test('are written in the units of the data, going on from what is given', async () => {
    const { y } = waves[3]!;
    const rows = y as number[][];
    const steps = await collected(model.generate({ prompt: rows.slice(0, 20), maxSteps: 3 }));
    steps.forEach((step, i) => {
      expect(Math.abs(step.y[0]! - rows[20 + i]![0]!)).toBeLessThan(2.5);
      expect(step.probability).toBe(1);
    });
    const stream = model.stream();
    expect(stream.first).toBeUndefined();
    let last = new Float32Array();
    for (const row of rows.slice(0, 20)) last = stream.step(row) as Float32Array<ArrayBuffer>;
    expect(steps[0]!.y[0]).toBeCloseTo(last[0]!, 4);
    expect(steps.at(-1)!.finishReason).toBe('length');
  });

  test('need a beginning, and leave nothing to chance', () => {
    expect(() => model.generate()).toThrow(failure('ERR_OPTION', 'at least one row of 1 numbers'));
    expect(() => model.generate({ prompt: [[1]], temperature: 1 })).toThrow(
      failure('ERR_OPTION', '"temperature" has no meaning'),
    );
    expect(() => model.generate({ prompt: [[1]], seed: 1 })).toThrow(failure('ERR_OPTION', '"seed"'));
  });
});

describe('a context', () => {
  test('of a class says what is written', async () => {
    const data: SequenceExample[] = Array.from({ length: 60 }, (_, i) =>
      i % 2 === 0 ? { x: 'short', y: 'ab' } : { x: 'long', y: 'bbba' },
    );
    using model = new OneToMany({ ...letters, cell: 'lstm', context: 'class' });
    await model.fit(data, { epochs: 25, optimizer: fast });
    expect(model.contexts).toEqual(['long', 'short']);
    expect(await text(model.generate({ context: 'short', temperature: 0 }))).toBe('ab');
    const many = await model.generateMany([{ context: 'long' }, { context: 'short', prompt: 'a' }], {
      temperature: 0,
    });
    expect(many.map(({ y }) => y.join(''))).toEqual(['bbba', 'b']);
    const stream = model.stream({ context: 'long' });
    const [first] = await collected(model.generate({ context: 'long', maxSteps: 1 }));
    expect(first!.probability).toBe(stream.first![model.vocabulary!.id(first!.y)]);
    const path = join(folder, 'context.safetensors');
    await model.save(path);
    using loaded = await OneToMany.load<'tokens'>(path);
    expect(await text(loaded.generate({ context: 'long', temperature: 0 }))).toBe('bbba');
    expect(Object.keys(loaded.parameters())).toEqual(
      expect.arrayContaining(['context.weight', 'context.bias']),
    );
    expect(loaded.parameters()['context.weight']!.shape).toEqual([32, 2]);
    expect(() => model.generate({ context: 'jazz' })).toThrow(
      failure('ERR_DATA', 'unknown label "jazz"', '"long", "short"'),
    );
    expect(() => model.generate()).toThrow(failure('ERR_DATA', 'expected the context'));
    expect(() => model.stream()).toThrow(failure('ERR_DATA', 'expected the context'));
    expect(await rejection(model.evaluate([{ x: 'jazz', y: 'ab' }]))).toEqual(
      failure('ERR_DATA', 'example 0, context', 'jazz'),
    );
  });

  test('of numbers gives a curve from its beginning', async () => {
    const data: SequenceExample[] = Array.from({ length: 60 }, (_, i) => {
      const height = 1 + (i % 5);
      return { x: [height, 0], y: [0, 1, 2].map((step) => [height * step]) };
    });
    using model = new OneToMany({
      cell: 'gru',
      hidden: 16,
      context: 'values',
      sequence: { kind: 'features' },
    });
    await model.fit(data, { epochs: 60, optimizer: fast, batchSize: 10 });
    const steps = await collected(model.generate({ context: [3, 0], maxSteps: 3 }));
    [0, 3, 6].forEach((value, i) => {
      expect(Math.abs(steps[i]!.y[0]! - value)).toBeLessThan(0.8);
    });
    expect((await model.evaluate(data)).steps).toBe(180);
    expect(model.stream({ context: [3, 0] }).first![0]).toBeCloseTo(steps[0]!.y[0]!, 5);
    expect(() => model.generate({ context: [3], maxSteps: 3 })).toThrow(
      failure('ERR_SHAPE', 'a context of 2 numbers'),
    );
    expect(() => model.generate({ context: [3, NaN] })).toThrow(failure('ERR_DATA', 'finite'));
    expect(await rejection(model.fit([{ x: 'a', y: [[1]] }]))).toEqual(failure('ERR_DATA', 'example 0'));
  });
});

describe('data and options that cannot be', () => {
  test.each([
    ['two directions', { bidirectional: true }, '"bidirectional" must be false'],
    ['a window', { sequence: { kind: 'tokens', window: 1 } }, '"sequence.window" must be 0'],
    [
      'characters of words',
      { sequence: { kind: 'tokens', characters: true } },
      '"sequence.characters" must be false',
    ],
    ['an input', { input: { kind: 'tokens' } }, 'unknown option "input"'],
    ['a context of a strange kind', { context: 'image' }, '"context"'],
  ])('%s', (_name, change, message) => {
    expect(() => new OneToMany({ ...letters, ...change } as never)).toThrow(failure('ERR_OPTION', message));
  });

  test.each([
    ['an empty text', letters, '', {}, 'ERR_DATA', 'at least two symbols'],
    ['the name of a file', letters, 'poems.txt.gz', {}, 'ERR_DATA', 'the name of a file'],
    ['no sequences', letters, [], {}, 'ERR_DATA', 'no example'],
    ['bare strings', letters, ['emma'], {}, 'ERR_DATA', 'Example 0'],
    ['sequences in windows', letters, pairs(3, 1), { tbptt: 10 }, 'ERR_OPTION', '"tbptt" cuts a text'],
    ['a text and sequences', letters, 'aabb', { validation: pairs(3, 1) }, 'ERR_DATA', 'trained on a text'],
    [
      'a text of values',
      { ...letters, sequence: { kind: 'features' } },
      'aabb',
      {},
      'ERR_DATA',
      'made of tokens',
    ],
    ['a text with a context', { ...letters, context: 'class' }, 'aabb', {}, 'ERR_DATA', 'has no context'],
    ['an x without a context', letters, [{ x: 'a', y: 'b' }], {}, 'ERR_DATA', 'no context'],
    [
      'no x with a context',
      { ...letters, context: 'class' },
      [{ y: 'b' }],
      {},
      'ERR_DATA',
      'the context (x)',
    ],
    ['ids with the boundary', letters, [{ y: Int32Array.of(3, 0) }], {}, 'ERR_DATA', 'example 0, step 1'],
  ] as const)('%s', async (_name, architecture, data, options, code, message) => {
    using model = new OneToMany(architecture);
    expect(await rejection(model.fit(data as never, options as never))).toEqual(failure(code, message));
  });

  test('before the sizes are known', () => {
    using model = new OneToMany(letters);
    expect(() => model.generate()).toThrow(failure('ERR_STATE'));
    expect(() => model.stream()).toThrow(failure('ERR_STATE'));
    expect(() => model.contexts).toThrow(failure('ERR_STATE'));
  });
});

test('a transform stream gives what is expected next', async () => {
  using model = new OneToMany({
    ...letters,
    sequence: { kind: 'tokens', vocabulary: Vocabulary.of(['a', 'b']) },
  });
  const stream = model.stream();
  const transform = model.transform();
  const writer = transform.writable.getWriter();
  void writer.write('a');
  const { value } = await transform.readable.getReader().read();
  expect(value).toEqual(stream.step('a'));
});

// More than a call can have arguments.
const long = 200_000;

test.each<[string, SequenceKind, unknown, unknown]>([
  ['a text', 'tokens', [{ y: 'ab' }, { y: 'ba' }], 'ab'.repeat(long / 2)],
  ['a list', 'tokens', [{ y: 'ab' }], new Array<string>(long).fill('a')],
  ['sets', 'multihot', [{ y: [[0], [1, 2]] }], new Array(long).fill([0, 1])],
  ['rows', 'features', [{ y: [[1], [2], [3]] }], new Array(long).fill([1])],
])('a prompt may be long: %s', async (_, kind, data, prompt) => {
  using model = new OneToMany({ cell: 'gru', hidden: 2, sequence: { kind } });
  await model.fit(data as never, { epochs: 1 });
  const [written] = await model.generateMany([{ prompt: prompt as never }], { maxSteps: 2 });
  expect(written!.y.length).toBeLessThanOrEqual(2);
});
