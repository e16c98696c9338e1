import { join } from 'node:path';

import { OneToMany } from '../../lib/index';
import { temporaryFolder } from '../temporary-folder';
import { lastLine, lines, run, writeLines, writeText } from './run';

// Each command is a process of its own.
jest.setTimeout(60_000);

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const names = Array.from({ length: 60 }, (_, i) => ({ y: ['anna', 'otto', 'hannah'][i % 3]! }));
const data = writeLines(at('names.jsonl'), names);
const valid = writeLines(at('valid.jsonl.gz'), names.slice(0, 6));
const namer = at('namer.safetensors');
const song = 'the cat sat on the mat. the dog sat on the log. '.repeat(40);
const text = writeText(at('song.txt.gz'), song);
const poet = at('poet.safetensors');

const small = ['--cell', 'gru', '--hidden', '16', '--embedding', '8', '--learning-rate', '0.02'];

beforeAll(async () => {
  const [named, sung] = await Promise.all([
    run([
      ...['train', 'one-to-many', '--data', data, '--valid', valid, '--out', namer, '--json'],
      ...[...small, '--epochs', '15', '--metric', 'perplexity'],
    ]),
    run([
      ...['train', 'one-to-many', '--data', text, '--valid', text, '--out', poet, '--json'],
      ...[...small, '--epochs', '8', '--batch-size', '8', '--tbptt', '25'],
    ]),
  ]);
  expect([named.code, named.stderr]).toEqual([0, expect.stringMatching(/perplexity [\d.]+ best/)]);
  expect(lastLine(named.stdout)).toMatchObject({ examples: 6, steps: 3 * 10 + 2 * 2 });
  expect(sung.code).toBe(0);
  expect(lastLine(sung.stdout)).toMatchObject({
    examples: 1,
    steps: song.length - 1,
    bitsPerStep: expect.any(Number) as number,
  });
});

test('evaluate measures sequences, and a text as one stream', async () => {
  const { code, stdout } = await run(['evaluate', namer, '--data', data]);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/│ nll per step +│ 0\.\d+ +│/)]);
  const metrics = lastLine((await run(['evaluate', poet, '--data', text, '--json'])).stdout);
  using model = await OneToMany.load(poet);
  expect(metrics).toEqual({ ...(await model.evaluate(song)), seconds: expect.any(Number) as number });
  expect(metrics['nllPerStep']).toBeLessThan(1);
  const wrong = await run(['evaluate', poet, '--data', data]);
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('trained on a text')]);
});

test('generate writes a text as the library does, behind the prompt', async () => {
  const options = ['--prompt', 'the cat ', '--temperature', '0.5', '--max-steps', '40', '--seed', '3'];
  const { code, stdout, stderr } = await run(['generate', poet, ...options]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  using model = await OneToMany.load<'tokens'>(poet);
  let expected = '';
  for await (const { y } of model.generate({
    prompt: 'the cat ',
    temperature: 0.5,
    maxSteps: 40,
    seed: 3,
  })) {
    expected += y;
  }
  expect(stdout).toBe(`${expected}\n`);
});

test('generate writes many, a line each, which can be trained with', async () => {
  const plain = (await run(['generate', namer, '--count', '5', '--top-k', '3', '--top-p', '0.9'])).stdout;
  const json = (
    await run(['generate', namer, '--count', '5', '--top-k', '3', '--top-p', '0.9', '--json', '--seed', '1'])
  ).stdout;
  expect(plain.split('\n')).toHaveLength(6);
  expect(lines(json).map((line) => (line as { y: string }).y)).toEqual(plain.trimEnd().split('\n'));
  for (const line of lines(json)) expect(Object.keys(line as object)).toEqual(['y', 'score', 'finishReason']);
  const one = (await run(['generate', namer, '--seed', '2', '--top-k', '3', '--top-p', '0.9'])).stdout;
  expect(one.trimEnd()).toBe(plain.split('\n')[1]);
});

test('music with a class as context, and curves from numbers', async () => {
  const songs = Array.from({ length: 40 }, (_, i) =>
    i % 2 === 0 ? { x: 'up', y: [[0], [1], [2]] } : { x: 'down', y: [[2], [1], [0]] },
  );
  const music = at('music.safetensors');
  const trained = await run([
    ...['train', 'one-to-many', '--data', writeLines(at('songs.jsonl'), songs), '--out', music],
    ...[...small, '--embedding', '0', '--input', 'multihot', '--epochs', '40', '--quiet'],
  ]);
  expect(trained.code).toBe(0);
  const { stdout } = await run(['generate', music, '--context', 'down', '--temperature', '0']);
  expect(lastLine(stdout)).toMatchObject({ y: [[2], [1], [0]], finishReason: 'end' });
  const info = await run(['info', music]);
  for (const part of ['one-to-many', 'sequences', 'class', 'down up', 'context.weight']) {
    expect(info.stdout).toContain(part);
  }
  const unknown = await run(['generate', music, '--context', 'sideways']);
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('"down", "up"')]);
  const curves = Array.from({ length: 30 }, (_, i) => ({ x: [i % 3, 1], y: [[i % 3], [2 * (i % 3)]] }));
  const curve = at('curve.safetensors');
  await run([
    ...['train', 'one-to-many', '--data', writeLines(at('curves.jsonl'), curves), '--out', curve],
    ...['--hidden', '8', '--epochs', '1', '--quiet'],
  ]);
  for (const context of ['1,1', '[1,1]']) {
    const { stdout: line } = await run(['generate', curve, '--context', context, '--max-steps', '2']);
    expect(lastLine(line)).toMatchObject({ y: [[expect.any(Number)], [expect.any(Number)]], score: 0 });
  }
});

test('tables have a column with y, and one with the context where it is named or needed', async () => {
  const table = writeText(at('names.csv'), 'style,name\nold,anna\nnew,liam\nold,otto\nnew,noah\n');
  const styled = at('styled.safetensors');
  const train = ['train', 'one-to-many', '--data', table, '--y', 'name', '--hidden', '8', '--epochs', '1'];
  expect((await run([...train, '--x', 'style', '--out', styled, '--quiet'])).code).toBe(0);
  using model = await OneToMany.load(styled);
  expect(model.contexts).toEqual(['new', 'old']);
  const evaluated = ['evaluate', styled, '--data', table, '--y', 'name', '--json'];
  expect(lastLine((await run([...evaluated, '--x', 'style'])).stdout)).toMatchObject({
    examples: 4,
    steps: 20,
  });
  // The model knows which columns they were.
  expect(await run(evaluated)).toMatchObject({ code: 0, stderr: '' });
  const plain = at('plain.safetensors');
  expect((await run([...train, '--out', plain, '--quiet'])).code).toBe(0);
  const given = await run(['generate', plain, '--context', 'old']);
  expect([given.code, given.stderr]).toEqual([1, expect.stringContaining('no context')]);
});

test('words are joined by spaces', async () => {
  const words = at('words.safetensors');
  const { code } = await run([
    ...['train', 'one-to-many', '--data', text, '--out', words, '--input', 'words', '--quiet'],
    ...[...small, '--epochs', '5', '--batch-size', '4'],
  ]);
  expect(code).toBe(0);
  const { stdout } = await run(['generate', words, '--prompt', 'the dog', '--max-steps', '7']);
  expect(stdout.trimEnd().split(' ')).toHaveLength(7);
});

test.each([
  ['predict on such a model', ['predict', namer], 'bptt generate'],
  [
    'a window of sequences',
    ['train', 'one-to-many', '--data', data, '--out', 'x', '--tbptt', '5'],
    '--tbptt',
  ],
  [
    'a context of a text',
    ['train', 'one-to-many', '--data', text, '--out', 'x', '--context', 'class'],
    '--context',
  ],
  [
    'values of a text',
    ['train', 'one-to-many', '--data', text, '--out', 'x', '--input', 'features'],
    '--input',
  ],
  ['a text and examples', ['train', 'one-to-many', '--data', text, '--valid', data, '--out', 'x'], '--valid'],
  [
    'two directions',
    ['train', 'one-to-many', '--data', data, '--out', 'x', '--bidirectional'],
    '--bidirectional',
  ],
  ['an output', ['train', 'one-to-many', '--data', data, '--out', 'x', '--output', 'values'], '--output'],
  ['a window elsewhere', ['train', 'many-to-one', '--data', data, '--out', 'x', '--tbptt', '5'], '--tbptt'],
  ['no steps', ['generate', namer, '--max-steps', '0'], '--max-steps'],
  ['a temperature below 0', ['generate', namer, '--temperature', '-1'], '--temperature'],
  ['a share of 0', ['generate', namer, '--top-p', '0'], '--top-p'],
])('wrong usage: %s', async (_name, args, message) => {
  const { code, stderr } = await run(args, '');
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});

test('generate needs a model that writes', async () => {
  const judge = at('judge.safetensors');
  const examples = writeLines(at('judge.jsonl'), [
    { x: 'a', y: 'b' },
    { x: 'b', y: 'c' },
  ]);
  await run(['train', 'many-to-one', '--data', examples, '--out', judge, '--hidden', '4', '--epochs', '1']);
  const { code, stderr } = await run(['generate', judge]);
  expect([code, stderr]).toEqual([2, expect.stringContaining('needs a one-to-many model')]);
});
