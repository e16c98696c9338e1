import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';

import { loadModel, type Sequence } from '../../lib/index';
import { tags } from '../tasks';
import { temporaryFolder } from '../temporary-folder';
import { lines, main, outcome, run, start, writeLines, writeText } from './run';

// Each command is a process of its own.
jest.setTimeout(60_000);

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const model = at('tagger.safetensors');
const data = writeLines(at('tags.jsonl.gz'), tags(150, 1));
const inputs = tags(150, 1).map(({ x }) => x as string[]);

beforeAll(async () => {
  const train = [
    'train',
    'many-to-many',
    '--data',
    data,
    '--out',
    model,
    '--hidden',
    '8',
    '--embedding',
    '4',
  ];
  expect(await run([...train, '--epochs', '2', '--quiet'])).toMatchObject({ code: 0 });
});

async function expected(xs: readonly Sequence[]): Promise<unknown> {
  return JSON.parse(JSON.stringify(await (await loadModel(model)).predictMany(xs))) as unknown;
}

test('a line with a prediction for each line of a file, in their order', async () => {
  const { code, stdout, stderr } = await run(['predict', model, '--data', data]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(lines(stdout)).toEqual(await expected(inputs));
  // Many chunks, each of a few batches.
  const chunks = await run([
    'predict',
    model,
    '--data',
    data,
    '--batch-size',
    '1',
    '--threads',
    '1',
    '--json',
  ]);
  expect(chunks.stdout).toBe(stdout);
});

test('standard input: objects, bare arrays and bare strings', async () => {
  const { code, stdout } = await run(
    ['predict', model],
    '{"x":["ant","ant","bee"]}\n\n["ant","ant","bee"]\n"ant ant bee"\n[]\n',
  );
  expect(code).toBe(0);
  const [first, second, third, empty] = lines(stdout);
  expect(first).toEqual({ labels: [expect.any(String), expect.any(String), expect.any(String)] });
  expect([second, third, empty]).toEqual([first, first, { labels: [] }]);
});

test('tables', async () => {
  const csv = writeText(at('inputs.csv'), 'id,words\n1,"ant, bee"\n2,"[""ant"",""bee""]"\n');
  const { code, stdout } = await run(['predict', model, '--data', csv, '--x', 'words']);
  expect(code).toBe(0);
  expect(lines(stdout)).toEqual(await expected(['ant, bee', ['ant', 'bee']]));
});

test('an answer comes while the input goes on', async () => {
  const child = start(['predict', model]);
  const answers = outcome(child);
  const first = new Promise((resolve) => child.stdout!.once('data', resolve));
  child.stdin!.write('["ant"]\n');
  await first;
  child.stdin!.end('["bee"]\n');
  const { code, stdout } = await answers;
  expect(code).toBe(0);
  expect(lines(stdout)).toEqual(await expected([['ant'], ['bee']]));
});

test('what comes before a wrong line is answered; the message names the line', async () => {
  const answered = await expected([['ant'], ['bee']]);
  const notJson = await run(['predict', model], '["ant"]\n["bee"]\n["cat"\n["dog"]\n');
  expect(notJson).toMatchObject({ code: 1, stderr: expect.stringMatching(/^bptt: standard input:3:/) });
  expect(lines(notJson.stdout)).toEqual(answered);
  const wrongKind = await run(['predict', model], '["ant"]\n["bee"]\n[[1,2]]\n["dog"]\n');
  expect(wrongKind).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^bptt: standard input:3, step 0: expected [^:]*\n$/),
  });
  expect(lines(wrongKind.stdout)).toEqual(answered);
});

test('a reader that has seen enough is no failure', async () => {
  const child = start(['predict', model]);
  const ended = new Promise((resolve) => child.once('close', resolve));
  let errors = '';
  child.stderr!.on('data', (text: Buffer) => (errors += text.toString()));
  child.stdin!.on('error', () => undefined);
  child.stdout!.once('data', () => child.stdout!.destroy());
  const more = setInterval(() => child.stdin!.write('["ant"]\n'.repeat(100)), 5);
  const code = await ended;
  clearInterval(more);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
});

test('no model, a damaged model, and a table without the column', async () => {
  const nothing = await run(['predict', at('nothing.safetensors')], '["ant"]\n');
  expect(nothing).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing.safetensors') });
  const text = writeText(at('text.safetensors'), 'no model at all');
  expect(await run(['info', text])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^bptt: .+\n$/) });
  const csv = writeText(at('other.csv'), 'a,b\n1,2\n');
  expect(await run(['predict', model, '--data', csv])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('"x"'),
  });
});

const onUnix = process.platform === 'win32' ? test.skip : test;

onUnix('a folder as standard input is no empty input', () => {
  const input = openSync(folder, 'r');
  const { status, stderr, stdout } = spawnSync(process.execPath, [main, 'predict', model], {
    encoding: 'utf8',
    stdio: [input, 'pipe', 'pipe'],
  });
  closeSync(input);
  expect({ status, stderr, stdout }).toEqual({
    status: 1,
    stderr: 'bptt: Could not read "standard input": it is a folder; expected a file.\n',
    stdout: '',
  });
});

test('a folder in place of a file', async () => {
  mkdirSync(at('folder.jsonl'));
  const { code, stderr } = await run(['predict', model, '--data', at('folder.jsonl')]);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/folder\.jsonl": it is a folder/) as string,
  });
});

test('an empty input is none where it is a terminal, and else nothing to predict', async () => {
  const command = `exec "${process.execPath}" "${main}" predict "${model}"`;
  const { status, stdout } = spawnSync('script', ['-qec', command, at('typescript')], {
    encoding: 'utf8',
    input: '',
  });
  // Where there is no such program, there is no terminal to be had.
  if (stdout?.includes('reading inputs') === true) {
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: expect.stringContaining('There was no input on the terminal') as string,
    });
  }
  expect(await run(['predict', model])).toEqual({ code: 0, stdout: '', stderr: '' });
});
