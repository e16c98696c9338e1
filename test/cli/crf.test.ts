import { join } from 'node:path';

import { tags } from '../tasks';
import { temporaryFolder } from '../temporary-folder';
import { lastLine, lines, run, writeLines } from './run';

// Each command is a process of its own.
jest.setTimeout(60_000);

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const data = writeLines(at('tags.jsonl'), tags(200, 1));
const others = writeLines(at('others.jsonl'), tags(40, 2));
const model = at('tagger.safetensors');
const train = ['train', 'many-to-many', '--data', data, '--out', model];

test('train, evaluate, predict and info with --crf', async () => {
  const trained = await run([
    ...[...train, '--valid', others, '--crf', '--json'],
    ...['--hidden', '12', '--bidirectional', '--epochs', '8', '--learning-rate', '0.02', '--threads', '1'],
  ]);
  expect(trained.code).toBe(0);
  expect(lastLine(trained.stdout)['f1']).toBeGreaterThan(0.9);

  const { stdout } = await run(['evaluate', model, '--data', others, '--json']);
  expect(lastLine(stdout)).toMatchObject({ disallowed: 0, examples: 40 });
  expect(lastLine(stdout)['f1']).toBe(lastLine(trained.stdout)['f1']);

  const predicted = await run(['predict', model], '["ant","ant","bee"]\n["bee","ant"]\n');
  expect(lines(predicted.stdout)).toEqual([{ labels: ['B-ant', 'I-ant', 'O'] }, { labels: ['O', 'B-ant'] }]);

  const info = await run(['info', model]);
  expect(info.stdout).toMatch(/crf[ │]+transitions scheme/);
  expect(info.stdout).toMatch(/crf\.transitions[ │]+4 × 4[ │]+16/);
});

test('data that break the scheme are named by file and line, and taken with --crf all', async () => {
  const broken = writeLines(at('broken.jsonl'), [...tags(3, 4), { x: ['ant'], y: ['I-ant'] }]);
  const options = ['--hidden', '4', '--epochs', '1', '--quiet'];
  const command = ['train', 'many-to-many', '--data', broken, '--out', at('none'), ...options];
  const refused = await run([...command, '--crf']);
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining(`${broken}:4, step 0: "I-ant" may not be the first tag in the scheme IOB2`),
  ]);
  expect((await run([...command, '--crf', 'all'])).code).toBe(0);
});

test.each([
  [['--ctc'], 'option --crf does not go with --ctc'],
  [['--output', 'values'], 'option --crf needs classes; --output is values'],
])('%s does not go with it', async (options, message) => {
  const { code, stderr } = await run([...train, '--crf', ...options]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});

test('it belongs to many-to-many, and takes scheme or all', async () => {
  const other = await run(['train', 'many-to-one', '--data', data, '--out', model, '--crf']);
  expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('belongs to many-to-many')]);
  const some = await run([...train, '--crf', 'some']);
  expect([some.code, some.stderr]).toEqual([2, expect.stringContaining('scheme, all')]);
});
