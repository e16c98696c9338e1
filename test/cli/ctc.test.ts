import { join } from 'node:path';

import { firstWord, spoken } from '../tasks';
import { temporaryFolder } from '../temporary-folder';
import { lastLine, lines, run, writeLines } from './run';

// Each command is a process of its own.
jest.setTimeout(60_000);

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const data = writeLines(at('spoken.jsonl'), spoken(200, 1));
const others = writeLines(at('others.jsonl'), spoken(30, 2));
const model = at('listener.safetensors');

beforeAll(async () => {
  const { code, stderr } = await run([
    ...['train', 'many-to-many', '--ctc', '--data', data, '--valid', others, '--out', model],
    ...['--hidden', '16', '--bidirectional', '--epochs', '12', '--learning-rate', '0.02', '--threads', '1'],
  ]);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/symbol error rate/)]);
});

test('evaluate measures with a beam of 5, or as wide as it is told', async () => {
  const { code, stdout } = await run(['evaluate', model, '--data', others, '--json']);
  expect(code).toBe(0);
  const metrics = lastLine(stdout);
  expect(metrics['symbolErrorRate']).toBeLessThan(0.1);
  expect(metrics).toMatchObject({ examples: 30, unalignable: 0 });
  const five = lastLine((await run(['evaluate', model, '--data', others, '--json', '--beam', '5'])).stdout);
  const { seconds: _, ...expected } = metrics;
  expect(five).toMatchObject(expected);
});

test('predict writes labels, and the next best ones where they are asked for', async () => {
  const input = spoken(5, 3).map(({ x }) => JSON.stringify(x));
  const plain = await run(['predict', model], input.join('\n'));
  expect(plain.code).toBe(0);
  const predictions = lines(plain.stdout) as { y: string[] }[];
  expect(predictions).toHaveLength(5);
  for (const prediction of predictions) {
    expect(Object.keys(prediction)).toEqual(['y', 'score', 'finishReason']);
  }
  const more = lines((await run(['predict', model, '--n-best', '3'], input.join('\n'))).stdout);
  more.forEach((prediction, i) => {
    expect(prediction).toMatchObject(predictions[i]!);
    expect((prediction as { alternatives: unknown[] }).alternatives).toHaveLength(2);
  });
});

test('data with too few steps are named by file and line', async () => {
  const short = writeLines(at('short.jsonl'), [...spoken(3, 4), { x: [[0, 0, 1]], y: ['do', 'do'] }]);
  const { code, stderr } = await run([
    'train',
    'many-to-many',
    '--ctc',
    '--data',
    short,
    '--out',
    at('none'),
  ]);
  expect(code).toBe(1);
  expect(stderr).toContain(`${short}:4: y has 2 labels, which need at least 3 steps`);
});

test('models that do not search take no beam', async () => {
  const plain = at('plain.safetensors');
  const words = writeLines(at('words.jsonl'), firstWord(20, 1));
  await run(['train', 'many-to-one', '--data', words, '--out', plain, '--hidden', '4', '--epochs', '1']);
  for (const command of [
    ['evaluate', plain, '--data', words, '--beam', '2'],
    ['predict', plain, '--data', words, '--beam', '2'],
    ['predict', plain, '--data', words, '--n-best', '2'],
  ]) {
    const { code, stderr } = await run(command);
    expect([code, stderr]).toEqual([2, expect.stringContaining('belongs to models whose output has steps')]);
  }
  expect((await run(['predict', model, '--beam', '2', '--n-best', '3'], '[[0,0,1]]\n')).code).toBe(2);
});
