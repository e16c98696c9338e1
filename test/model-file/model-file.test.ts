import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { encodeTensors, readTensors } from '../../lib/files/safetensors';
import {
  EncoderDecoder,
  loadModel,
  ManyToMany,
  ManyToOne,
  Vocabulary,
  type ManyToManyArchitecture,
  type Sequence,
} from '../../lib/index';
import {
  firstWord,
  firstWordModel,
  laterCells,
  oddKeys,
  oddKeysModel,
  reversals,
  reversalsModel,
  sine,
  sineModel,
  tags,
  tagsModel,
  tides,
  tidesModel,
} from '../tasks';
import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();
const path = join(folder, 'model.safetensors');

/** Leaves nothing open. */
const sized = {
  cell: 'rnn',
  hidden: 2,
  input: { kind: 'features', size: 1 },
  output: { kind: 'values', size: 1 },
} satisfies ManyToManyArchitecture;

interface Case {
  name: string;
  make: () => ManyToOne | ManyToMany | EncoderDecoder;
  data: { x: Sequence; y: never }[];
}

const cases: Case[] = [
  { name: 'first word', make: () => new ManyToOne(firstWordModel), data: firstWord(60, 1) as never },
  {
    name: 'tags',
    make: () => new ManyToMany({ ...tagsModel, layers: 2, dropout: 0.1 }),
    data: tags(60, 1) as never,
  },
  { name: 'sine', make: () => new ManyToMany(sineModel), data: sine(60, 1) as never },
  {
    name: 'odd keys',
    make: () => new ManyToOne({ ...oddKeysModel, pooling: 'attention' }),
    data: oddKeys(60, 1) as never,
  },
  {
    name: 'ids',
    make: () => new ManyToOne(firstWordModel),
    data: [
      { x: Int32Array.of(2, 5, 3), y: 'yes' },
      { x: Int32Array.of(4), y: 'no' },
    ] as never,
  },
  {
    name: 'reversals',
    make: () => new EncoderDecoder({ ...reversalsModel, attention: 'bahdanau' }),
    data: reversals(60, 1) as never,
  },
  { name: 'tides', make: () => new EncoderDecoder(tidesModel), data: tides(60, 1) as never },
];

test.each(cases)('$name: a saved model is the same model', async ({ make, data }) => {
  using model = make();
  await model.fit(data, { epochs: 2, validation: data, patience: 1 });
  await model.save(path);
  const bytes = readFileSync(path);

  using loaded = await loadModel(path);
  expect(loaded).toBeInstanceOf(model.constructor);
  expect(loaded.mode).toBe(model.mode);
  expect(loaded.parameters()).toEqual(model.parameters());
  expect(loaded.architecture).toEqual(model.architecture);
  expect(loaded.record).toEqual(model.record);
  expect(loaded.labels).toEqual(model.labels);
  expect(loaded.vocabulary?.toJSON()).toEqual(model.vocabulary?.toJSON());
  const xs = data.map(({ x }) => x);
  const options: object = model.mode === 'many-to-many' ? { probabilities: true } : {};
  expect(await loaded.predictMany(xs, options)).toEqual(await model.predictMany(xs, options));

  await loaded.save(path);
  expect(readFileSync(path).equals(bytes)).toBe(true);

  // What is learned on from a file is what would have been learned on without it.
  await model.fit(data, { epochs: 1 });
  await loaded.fit(data, { epochs: 1 });
  expect(loaded.parameters()).toEqual(model.parameters());
});

test('a file is in version 2 where a cell of it is later than version 1, that of the decoder too', async () => {
  const written = async (model: ManyToMany | EncoderDecoder): Promise<ReadonlyMap<string, string>> => {
    await model.save(path);
    model.dispose();
    return (await readTensors(path)).metadata;
  };
  const cells = ['rnn', 'gru', 'lstm', { kind: 'lstm', peepholes: false }] as const;
  for (const [cell, version] of [
    ...cells.map((plain) => [plain, '1'] as const),
    ...laterCells.map((later) => [later, '2'] as const),
  ]) {
    const tagger = await written(new ManyToMany({ ...sized, hidden: 6, cell }));
    expect([cell, tagger.get('version')]).toEqual([cell, version]);
    const forecast = { ...sized, hidden: 6, decoder: { cell } };
    expect((await written(new EncoderDecoder(forecast))).get('version')).toBe(version);
    // Earlier versions refuse options that they do not know.
    if (version === '1') expect(tagger.get('architecture')).not.toMatch(/peepholes|projection|layerNorm/);
  }
});

test('the same training leaves the same bytes', async () => {
  const files = [];
  for (const threads of [1, 2]) {
    using model = new ManyToMany(tagsModel);
    await model.fit(tags(80, 1), { epochs: 2, threads, validation: tags(20, 2) });
    await model.save(path);
    files.push(readFileSync(path));
  }
  expect(files[0]!.equals(files[1]!)).toBe(true);
});

test('nothing but the model is left in the folder', async () => {
  using model = new ManyToOne(firstWordModel);
  await model.fit(firstWord(40, 1), { epochs: 1 });
  await Promise.all(Array.from({ length: 4 }, () => model.save(path)));
  expect(readdirSync(folder)).toEqual(['model.safetensors']);
  await loadModel(path);
});

test('a model without training keeps its vocabulary and its openness', async () => {
  using known = new ManyToMany(sized);
  await known.save(path);
  using loaded = await ManyToMany.load(path);
  const data = [{ x: [[100], [200]], y: [[0], [1]] }];
  await known.fit(data, { epochs: 1 });
  await loaded.fit(data, { epochs: 1 });
  expect(await loaded.predict([[150]])).toEqual(await known.predict([[150]]));
});

test('the network of a file whose architecture leaves nothing open is not made before its tensors were seen', async () => {
  using known = new ManyToMany(sized);
  await known.save(path);
  const { tensors, metadata } = await readTensors(path);
  const architecture = metadata.get('architecture')!.replace('"hidden":2', `"hidden":${2 ** 20}`);
  const changed = new Map([...metadata, ['architecture', architecture]]);
  writeFileSync(path, Buffer.concat(encodeTensors({ tensors, metadata: changed })));
  await expect(loadModel(path)).rejects.toMatchObject({ code: 'ERR_FORMAT' });
});

test('training during save does not disturb it', async () => {
  using model = new ManyToOne(firstWordModel);
  await model.fit(firstWord(60, 1), { epochs: 1 });
  const before = model.parameters();
  const running = model.fit(firstWord(60, 1), { epochs: 3 });
  await model.save(path);
  await running;
  expect((await loadModel(path)).parameters()).toEqual(before);
});

test('what could not be loaded again is not saved, and not trained', async () => {
  // Together beyond the largest header that is read.
  const words = Array.from({ length: 11 }, (_, i) => String.fromCharCode(97 + i).repeat(10_000_000));
  const vocabulary = Vocabulary.of(words);
  using model = new ManyToOne({
    ...firstWordModel,
    input: { kind: 'tokens', embedding: 1, vocabulary },
    output: { kind: 'classes', labels: ['yes', 'no'] },
  });
  writeFileSync(path, 'old');
  const refused = {
    code: 'ERR_DATA',
    message: expect.stringMatching(/cannot be saved: .*100000000 bytes/) as string,
  };
  await expect(model.save(path)).rejects.toMatchObject(refused);
  expect(readFileSync(path, 'utf8')).toBe('old');
  const onProgress = jest.fn();
  await expect(model.fit(firstWord(20, 1), { epochs: 1, onProgress })).rejects.toMatchObject(refused);
  expect(onProgress).not.toHaveBeenCalledWith(expect.objectContaining({ kind: 'step' }));
});

test('a large vocabulary is written and read in pieces, to the same bytes and words', async () => {
  const words = Array.from({ length: 5000 }, (_, i) => `w"\\\u2028\ud800${i}é`);
  const vocabulary = Vocabulary.of(
    words,
    words.map((_, i) => i),
  );
  using model = new ManyToOne({
    ...firstWordModel,
    input: { kind: 'tokens', embedding: 1, vocabulary },
    output: { kind: 'classes', labels: ['yes', 'no'] },
  });
  await model.save(path);
  const { metadata } = await readTensors(path);
  const input = { kind: 'tokens', tokenizer: 'words', vocabulary: vocabulary.toJSON() };
  expect(metadata.get('input')).toBe(JSON.stringify(input));
  using loaded = await loadModel(path);
  expect(loaded.vocabulary!.toJSON()).toEqual(vocabulary.toJSON());
});

describe('a file that is not what it should be', () => {
  let metadata: Map<string, string>;
  let tensors: Awaited<ReturnType<typeof readTensors>>['tensors'];

  beforeAll(async () => {
    using model = new ManyToMany(tagsModel);
    await model.fit(tags(40, 1), { epochs: 1 });
    await model.save(path);
    const file = await readTensors(path);
    metadata = new Map(file.metadata);
    tensors = file.tensors;
  });

  const write = (
    changed: ReadonlyMap<string, string>,
    names: (name: string) => string = (name) => name,
  ): string => {
    const renamed = new Map([...tensors].map(([name, tensor]) => [names(name), tensor]));
    const other = join(folder, 'other.safetensors');
    writeFileSync(other, Buffer.concat(encodeTensors({ tensors: renamed, metadata: changed })));
    return other;
  };

  const edit = (key: string, change: (json: Record<string, never>) => unknown): string => {
    const json = JSON.parse(metadata.get(key)!) as Record<string, never>;
    return write(new Map([...metadata, [key, JSON.stringify(change(json))]]));
  };

  test('is named with both modes when it is of another one', async () => {
    await expect(ManyToOne.load(path)).rejects.toMatchObject({
      code: 'ERR_FORMAT',
      message: expect.stringMatching(/holds a model of mode many-to-many; expected many-to-one/) as string,
    });
  });

  test('is ERR_VERSION when it comes from the future', async () => {
    const newer = write(new Map([...metadata, ['version', '3']]));
    await expect(loadModel(newer)).rejects.toMatchObject({
      code: 'ERR_VERSION',
      message: expect.stringMatching(
        /is in version 3 of the model format.*bptt \d.* reads version 2\.$/,
      ) as string,
    });
  });

  test('is ERR_IO when it is not there', async () => {
    await expect(loadModel(join(folder, 'none'))).rejects.toMatchObject({ code: 'ERR_IO' });
  });

  test.each(['format', 'version', 'mode', 'architecture', 'input', 'output'])(
    'is refused without "%s"',
    async (key) => {
      const less = new Map(metadata);
      less.delete(key);
      await expect(loadModel(write(less))).rejects.toMatchObject({ code: 'ERR_FORMAT' });
      for (const wrong of ['', '0', '1.5', 'x', '{', 'null', '[]', '{}', '-7', '"x"', '['.repeat(100_000)]) {
        const changed = write(new Map([...metadata, [key, wrong]]));
        await expect(loadModel(changed)).rejects.toMatchObject({ code: 'ERR_FORMAT' });
      }
    },
  );

  test.each<[string, string, (json: Record<string, never>) => unknown]>([
    ['a hidden size of its own', 'architecture', (json) => ({ ...json, hidden: 13 })],
    ['a huge hidden size', 'architecture', (json) => ({ ...json, hidden: 2 ** 31 - 1 })],
    ['too many layers', 'architecture', (json) => ({ ...json, layers: 1024 })],
    ['another cell', 'architecture', (json) => ({ ...json, cell: 'rnn' })],
    ['another input', 'architecture', (json) => ({ ...json, input: { kind: 'features' } })],
    ['an unknown option', 'architecture', (json) => ({ ...json, crf: true })],
    [
      'a word too many',
      'input',
      () => ({ kind: 'tokens', tokenizer: 'words', vocabulary: { tokens: ['a'], counts: [1] } }),
    ],
    [
      'a word twice',
      'input',
      () => ({ kind: 'tokens', tokenizer: 'words', vocabulary: { tokens: ['a', 'a'], counts: [1, 1] } }),
    ],
    ['a huge number of ids', 'input', () => ({ kind: 'tokens', ids: 2 ** 31 - 1 })],
    ['features', 'input', () => ({ kind: 'features', size: 8 })],
    ['one result a sequence', 'output', (json) => ({ ...json, per: 'sequence' })],
    ['no labels', 'output', () => ({ kind: 'classes', per: 'step', labels: [] })],
    ['labels that are none', 'output', () => ({ kind: 'classes', per: 'step', labels: [1, 2, 3] })],
    ['a record of another kind', 'training', () => ({ fits: 'many' })],
    ['a record with a wrong seed', 'training', (json) => ({ ...json, seed: -1 })],
  ])('is refused with %s', async (_, key, change) => {
    await expect(loadModel(edit(key, change))).rejects.toMatchObject({ code: 'ERR_FORMAT' });
  });

  test('is refused with a tensor of another name', async () => {
    const renamed = write(metadata, (name) => (name === 'output.bias' ? 'output.bia' : name));
    await expect(loadModel(renamed)).rejects.toMatchObject({
      code: 'ERR_FORMAT',
      message: expect.stringContaining('"output.bias"') as string,
    });
  });

  test('is refused with a tensor too many', async () => {
    const other = join(folder, 'other.safetensors');
    const more = new Map([...tensors, ['more', { shape: [1], data: new Float32Array(1) }]]);
    writeFileSync(other, Buffer.concat(encodeTensors({ tensors: more, metadata })));
    await expect(loadModel(other)).rejects.toMatchObject({ code: 'ERR_FORMAT' });
  });

  test('is refused when it is some other safetensors file', async () => {
    await expect(loadModel(write(new Map()))).rejects.toMatchObject({
      code: 'ERR_FORMAT',
      message: expect.stringContaining('no model of bptt') as string,
    });
  });

  test('may say nothing about its training', async () => {
    const less = new Map(metadata);
    less.delete('training');
    using model = await loadModel(write(less));
    expect(model.record).toBeUndefined();
    await model.predict(['ant']);
  });
});
