import { join } from 'node:path';

import { reversals, tides } from '../tasks';
import { temporaryFolder } from '../temporary-folder';
import { lastLine, lines, run, writeLines, writeText } from './run';

// Each command is a process of its own.
jest.setTimeout(60_000);

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const letters = (count: number, seed: number): unknown[] =>
  reversals(count, seed).map(({ x, y }) => ({ x: [...x], y: [...y] }));
const data = writeLines(at('train.jsonl'), letters(600, 1));
const others = writeLines(at('valid.jsonl'), letters(40, 2));
const model = at('backwards.safetensors');

beforeAll(async () => {
  const { code, stdout, stderr } = await run([
    ...['train', 'encoder-decoder', '--data', data, '--valid', others, '--out', model, '--json'],
    ...['--cell', 'gru', '--hidden', '24', '--bidirectional', '--embedding', '8', '--epochs', '12'],
    ...['--learning-rate', '0.01', '--attention', 'bahdanau', '--teacher-forcing', 'from=1,to=0.8,epochs=4'],
    ...[
      '--decoder-cell',
      'lstm,forgetBias=0.5,peepholes=true,projection=12',
      '--decoder-hidden',
      '20',
      '--decoder-layers',
      '1',
    ],
    ...['--decoder-embedding', '6', '--decoder-min-count', '1'],
  ]);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/symbol error rate/)]);
  expect(lastLine(stdout)).toMatchObject({
    symbolErrorRate: expect.any(Number) as number,
    sequenceErrorRate: expect.any(Number) as number,
    bleu: expect.any(Number) as number,
    examples: 40,
  });
});

test('evaluate measures with a beam of 5, or as it is told', async () => {
  const evaluate = async (...options: string[]): Promise<Record<string, unknown>> => {
    const { code, stdout } = await run(['evaluate', model, '--data', others, '--json', ...options]);
    expect(code).toBe(0);
    return lastLine(stdout);
  };
  const metrics = await evaluate();
  expect(metrics['symbolErrorRate']).toBeLessThan(0.1);
  const { seconds: _, ...expected } = metrics;
  expect(await evaluate('--beam', '5', '--length-penalty', '0')).toMatchObject(expected);
  expect((await evaluate('--max-steps', '1'))['symbolErrorRate']).toBeGreaterThan(0.5);
});

test('predict writes what it found, and the next best ones and the weights where they are asked for', async () => {
  const input = '["a","b","c"]\n{"x":["d"]}\n';
  const plain = lines((await run(['predict', model], input)).stdout) as { y: string[] }[];
  expect(plain.map((prediction) => Object.keys(prediction))).toEqual([
    ['y', 'score', 'finishReason'],
    ['y', 'score', 'finishReason'],
  ]);
  const options = ['--n-best', '2', '--attention', '--length-penalty', '0'];
  const more = lines((await run(['predict', model, ...options], input)).stdout) as {
    y: string[];
    attention: number[][];
    alternatives: { y: string[]; attention: number[][] }[];
  }[];
  more.forEach((prediction, i) => {
    expect(prediction).toMatchObject(plain[i]!);
    expect(prediction.alternatives).toHaveLength(1);
    for (const { y, attention } of [prediction, ...prediction.alternatives]) {
      expect(attention).toHaveLength(y.length);
      for (const weights of attention) expect(weights).toHaveLength([3, 1][i]!);
    }
  });
});

test('info tells of both networks', async () => {
  const { code, stdout } = await run(['info', model]);
  expect(code).toBe(0);
  for (const part of [
    'encoder-decoder',
    'lstm (forget bias 0.5, peepholes true, projection 12)',
    'bahdanau',
    'from 1, to 0.8, epochs 4',
  ]) {
    expect(stdout).toContain(part);
  }
  const description = lastLine((await run(['info', model, '--json'])).stdout);
  expect(description).toMatchObject({
    mode: 'encoder-decoder',
    inputSize: 6,
    outputSize: 6,
    formatVersion: 2,
    architecture: { decoder: { hidden: 20, input: { kind: 'tokens', embedding: 6 } } },
  });
});

test('a series is forecast row by row', async () => {
  const table = at('tides.csv');
  const rows = Array.from({ length: 300 }, (_, hour) => [20 + 5 * Math.sin(hour / 2), Math.cos(hour / 2)]);
  writeText(table, ['level,flow', ...rows.map((row) => row.join(','))].join('\n'));
  const out = at('tides.safetensors');
  const series = ['--data', table, '--columns', 'level,flow', '--lookback', '12'];
  const trained = await run([
    ...[
      'train',
      'encoder-decoder',
      ...series,
      '--horizon',
      '4',
      '--rows',
      '0:240',
      '--valid-rows',
      '240:300',
    ],
    ...[
      '--out',
      out,
      '--cell',
      'gru',
      '--hidden',
      '16',
      '--epochs',
      '12',
      '--learning-rate',
      '0.01',
      '--json',
    ],
  ]);
  expect([trained.code, trained.stderr]).toEqual([0, expect.stringMatching(/mse/)]);
  expect(lastLine(trained.stdout)['scaledMse']).toBeLessThan(0.1);
  const measured = await run(['evaluate', out, ...series, '--horizon', '4', '--rows', '240:300', '--json']);
  expect(lastLine(measured.stdout)['mse']).toBe(lastLine(trained.stdout)['mse']);
  const { stdout } = await run(['predict', out, ...series, '--rows', '288:300']);
  const [{ y }] = lines(stdout) as [{ y: number[][] }];
  expect(y).toHaveLength(4);
  y.forEach(([level], step) => {
    expect(Math.abs(level! - (20 + 5 * Math.sin((300 + step) / 2)))).toBeLessThan(2);
  });
});

test('rows of values are learned from lines too, for as many steps as there were', async () => {
  const file = writeLines(at('rows.jsonl'), tides(40, 1));
  const out = at('rows.safetensors');
  const { code } = await run([
    ...[
      'train',
      'encoder-decoder',
      '--data',
      file,
      '--out',
      out,
      '--hidden',
      '4',
      '--epochs',
      '1',
      '--quiet',
    ],
  ]);
  expect(code).toBe(0);
  const [{ y }] = lines((await run(['predict', out], '[[20],[21]]\n')).stdout) as [{ y: number[][] }];
  expect(y).toHaveLength(6);
  const { code: wrong, stderr } = await run(['predict', out, '--beam', '3'], '[[20]]\n');
  expect([wrong, stderr]).toEqual([
    2,
    expect.stringContaining('"beam" must be 1 where the output are values'),
  ]);
});

test.each([
  [
    'the decoder of another mode',
    ['many-to-many', '--attention', 'luong'],
    '--attention belongs to encoder-decoder',
  ],
  ['its units', ['many-to-one', '--decoder-hidden', '3'], '--decoder-hidden belongs to encoder-decoder'],
  ['pooling', ['encoder-decoder', '--pooling', 'max'], '--pooling belongs to many-to-one'],
  ['ctc', ['encoder-decoder', '--ctc'], '--ctc belongs to many-to-many'],
  ['sets of outputs', ['encoder-decoder', '--output', 'multihot'], '--output must be classes or values'],
  [
    'symbols of values',
    ['encoder-decoder', '--output', 'values', '--decoder-embedding', '3'],
    '--decoder-embedding does not apply: the output is values',
  ],
  ['half a schedule', ['encoder-decoder', '--teacher-forcing', 'from=1,to=0'], 'from=1,to=0.5,epochs=10'],
  ['too much forcing', ['encoder-decoder', '--teacher-forcing', '1.5'], 'a number from 0 to 1'],
  ['another cell', ['encoder-decoder', '--decoder-cell', 'lstn'], 'Expected one of rnn, gru, lstm, mingru'],
  [
    'an option of another cell',
    ['encoder-decoder', '--decoder-cell', 'gru,forgetBias=1'],
    'decoder.cell.forgetBias',
  ],
])('%s is wrong usage', async (_name, args, message) => {
  const { code, stderr } = await run(['train', ...args, '--data', data, '--out', at('none.safetensors')]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});

test('what the model has no use for is wrong usage', async () => {
  for (const [args, message] of [
    [['--beam', '2', '--n-best', '3'], 'at most as large as beam'],
    [['--max-steps', '0'], '--max-steps'],
    [['--length-penalty', '-1'], '--length-penalty'],
  ] as const) {
    const { code, stderr } = await run(['predict', model, ...args], '["a"]\n');
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  }
  const tagger = at('tagger.safetensors');
  const tagged = writeLines(at('tagged.jsonl'), [{ x: ['a'], y: ['A'] }]);
  await run(['train', 'many-to-many', '--data', tagged, '--out', tagger, '--hidden', '2', '--epochs', '1']);
  for (const option of [['--attention'], ['--max-steps', '3'], ['--length-penalty', '1']]) {
    const { code, stderr } = await run(['predict', tagger, ...option], '["a"]\n');
    expect([code, stderr]).toEqual([2, expect.stringContaining('belongs to encoder-decoder')]);
  }
});
