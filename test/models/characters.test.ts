import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadModel, ManyToMany, ManyToOne, Vocabulary } from '../../lib/index';
import type { Example, ManyToManyArchitecture } from '../../lib/index';
import { Random } from '../../lib/support/random';
import { bpttError } from '../tasks';
import { temporaryFolder } from '../temporary-folder';

const syllables = ['ka', 'mo', 'lu', 'ze', 'pi', 'ra', 'su', 'té'];
const endings = { ing: 'VERB', ly: 'ADV', s: 'NOUN' };

/** Words made up on the spot, whose endings say what they are: hardly one comes twice. */
function endingTags(count: number, seed: number): Example[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const x: string[] = [];
    const y: string[] = [];
    for (let length = 1 + random.below(6); length > 0; length -= 1) {
      const [ending, tag] = Object.entries(endings)[random.below(3)]!;
      const stem = Array.from({ length: 2 + random.below(3) }, () => syllables[random.below(8)]);
      x.push(stem.join('') + ending);
      y.push(tag);
    }
    return { x, y };
  });
}

const architecture = {
  cell: 'gru',
  hidden: 16,
  input: { kind: 'tokens', embedding: 8, characters: { embedding: 8, hidden: 12 } },
  output: { kind: 'classes' },
} satisfies ManyToManyArchitecture;

const folder = temporaryFolder();

const optimizer = { kind: 'adam', learningRate: 0.01 } as const;

describe('a tagger that reads the characters of words', () => {
  const model = new ManyToMany(architecture);
  const unseen = endingTags(100, 2);

  beforeAll(async () => {
    await model.fit(endingTags(300, 1), { epochs: 15, optimizer });
  });

  afterAll(() => {
    model.dispose();
  });

  test('knows words it has never seen by their endings', async () => {
    expect((await model.evaluate(unseen)).accuracy).toBeGreaterThan(0.98);
    using blind = new ManyToMany({ ...architecture, input: { kind: 'tokens', embedding: 8 } });
    await blind.fit(endingTags(300, 1), { epochs: 15, optimizer });
    expect((await blind.evaluate(unseen)).accuracy).toBeLessThan(0.6);
  });

  test('gives a sequence the same result in any company', async () => {
    const xs = [['lukaly', '', 'kazes'], ['x😀ing', 'lukaly'], [], ['kazes']];
    const together = await model.predictMany(xs, { probabilities: true });
    const alone = await Promise.all(xs.map((x) => model.predict(x, { probabilities: true })));
    expect(together).toEqual(alone);
    expect(await model.predictMany([...xs].reverse(), { probabilities: true })).toEqual(alone.reverse());
  });

  test('steps as it predicts at once, new words and words without characters too', async () => {
    const x = ['lukaly', 'kamos', '', 'zezeing', `${'mo'.repeat(60)}s`, 'kamos', 'e\u0301😀s'];
    const { probabilities } = await model.predict(x, { probabilities: true });
    const stream = model.stream();
    const steps = x.map((word) => [...stream.step(word)]);
    expect(Float32Array.from(steps.flat())).toEqual(probabilities);
  });

  test('gives an id the characters of its token', async () => {
    const { vocabulary } = model;
    const [token, other] = [vocabulary!.token(2), vocabulary!.token(9)];
    const words = await model.predict([token, other], { probabilities: true });
    expect(await model.predict(Int32Array.of(2, 9), { probabilities: true })).toEqual(words);
    const [one, two, three] = [model.stream(), model.stream(), model.stream()];
    const expected = [...one.step(token)];
    expect([...two.step(2)]).toEqual(expected);
    expect([...three.step(Int32Array.of(2))]).toEqual(expected);
    expect(() => one.step(Int32Array.of(2, 3))).toThrow(bpttError('ERR_DATA'));
    expect(() => one.step(99_999)).toThrow(bpttError('ERR_DATA'));
  });

  test('is the same after it was saved and loaded', async () => {
    const path = join(folder, 'characters.safetensors');
    await model.save(path);
    using loaded = await loadModel(path);
    expect(loaded.architecture).toMatchObject({ input: { characters: { embedding: 8, hidden: 12 } } });
    expect(await loaded.predictMany(unseen.map(({ x }) => x))).toEqual(
      await model.predictMany(unseen.map(({ x }) => x)),
    );
    expect(Object.keys(loaded.parameters())).toContain('characters.recurrent.weight_hh_l0_reverse');
  });
});

test('characters go together with a window, minCount and dropout', async () => {
  const input = { ...architecture.input, window: 1, minCount: 2 };
  using model = new ManyToMany({ ...architecture, input, bidirectional: true, dropout: 0.2 });
  const { epochs } = await model.fit(endingTags(200, 1), { epochs: 8, optimizer });
  expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss / 2);
  expect(model.parameters()['recurrent.weight_ih_l0']!.shape).toEqual([48, 3 * (8 + 24)]);
});

test('the same seed gives the same parameters with any number of threads', async () => {
  const parameters = async (threads: number) => {
    using model = new ManyToMany({ ...architecture, dropout: 0.3 });
    await model.fit(endingTags(60, 1), { epochs: 2, threads });
    return model.parameters();
  };
  expect(await parameters(2)).toEqual(await parameters(1));
});

test('a whole sequence is classified by the characters of its words', async () => {
  using model = new ManyToOne({ ...architecture, pooling: 'max' });
  const data = (count: number, seed: number) =>
    endingTags(count, seed).map(({ x }) => ({
      x: x as string[],
      y: (x as string[]).some((word) => word.endsWith('ly')) ? 'yes' : 'no',
    }));
  await model.fit(data(300, 1), { epochs: 15, optimizer });
  expect((await model.evaluate(data(100, 2))).accuracy).toBeGreaterThan(0.95);
});

test('labels without a place among the steps are found by characters', async () => {
  using model = new ManyToMany({ ...architecture, alignment: 'ctc' });
  const data = endingTags(100, 1).map(({ x, y }) => ({ x, y: (y as string[]).slice(0, 1) }));
  await model.fit(data, { epochs: 1 });
  const [one, two] = endingTags(2, 3);
  expect(await model.predictMany([one!.x, two!.x])).toEqual([
    await model.predict(one!.x),
    await model.predict(two!.x),
  ]);
});

test('a vocabulary that was given says the characters too', async () => {
  const vocabulary = Vocabulary.of(['ab', 'c']);
  using model = new ManyToMany({
    ...architecture,
    input: { ...architecture.input, vocabulary },
    output: { kind: 'classes', labels: ['x', 'y'] },
  });
  expect(model.parameters()['characters.embedding.weight']!.shape).toEqual([5, 8]);
  expect((await model.predict(Int32Array.of(2, 3, 1, 0))).labels).toHaveLength(4);
});

test('ids without a vocabulary have no characters', async () => {
  using model = new ManyToMany(architecture);
  await expect(model.fit([{ x: Int32Array.of(2, 3), y: ['a', 'b'] }])).rejects.toThrow(
    /example 0, x is an Int32Array of ids, which have no characters; the option "input.characters" needs words/,
  );
});

test('a file whose characters do not fit its architecture is damaged', async () => {
  using model = new ManyToMany(architecture);
  await model.fit(endingTags(5, 1), { epochs: 1 });
  const path = join(folder, 'without.safetensors');
  await model.save(path);
  // The same number of bytes: the option is gone, the vocabulary of characters is not.
  const bytes = readFileSync(path).toString('latin1');
  const option = '\\"characters\\":{\\"embedding\\":8,\\"hidden\\":12}';
  expect(bytes).toContain(option);
  writeFileSync(path, bytes.replace(option, '\\"characters\\":false'.padEnd(option.length)), 'latin1');
  await expect(loadModel(path)).rejects.toThrow(bpttError('ERR_FORMAT'));
});
