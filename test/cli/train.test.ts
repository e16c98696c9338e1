import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadModel, ManyToOne, type CellSpec } from '../../lib/index';
import { firstWord, oddKeys, sine, tags } from '../tasks';
import { temporaryFolder } from '../temporary-folder';
import { lastLine, run, writeLines, writeText } from './run';

// Each command is a process of its own.
jest.setTimeout(60_000);

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

const words = writeLines(at('words.jsonl'), firstWord(300, 1));
const otherWords = writeLines(at('other-words.jsonl.gz'), firstWord(100, 2));
const tagged = writeLines(at('tagged.jsonl'), tags(200, 1));

const small = ['--hidden', '12', '--embedding', '8', '--batch-size', '16', '--threads', '1'];

interface TrainingJSON {
  loss: number;
  epochs: number;
  bestEpoch: number;
  stoppedBy: string;
  steps: number;
  seconds: number;
  stepsPerSecond: number;
}

test('trains, shows an epoch a line, saves the best epoch and ends with a table', async () => {
  const out = at('first.safetensors');
  const { code, stdout, stderr } = await run([
    ...['train', 'many-to-one', '--data', words, '--valid', otherWords, '--out', out, ...small],
    ...['--epochs', '3', '--learning-rate', '0.01', '--seed', '7'],
  ]);
  expect(code).toBe(0);
  const shown = stderr.trimEnd().split('\n');
  expect(shown).toHaveLength(3);
  shown.forEach((line, index) => {
    expect(line).toMatch(
      new RegExp(`^epoch ${index + 1}/3  loss [\\d.]+ .*accuracy [\\d.]+( best)?  [\\d.]+ s left$`),
    );
  });
  for (const row of ['train loss', 'validation accuracy', 'best epoch', 'steps a second', 'parameters']) {
    expect(stdout).toContain(`│ ${row} `);
  }
  const model = await loadModel(out);
  expect(model.mode).toBe('many-to-one');
  expect(model.architecture).toMatchObject({ hidden: 12, cell: { kind: 'lstm' }, seed: 7 });
  expect(model.record?.options.optimizer).toMatchObject({ kind: 'adam', learningRate: 0.01 });
});

test('makes the model the library makes with the same options', async () => {
  const out = at('same.safetensors');
  const { code } = await run([
    ...['train', 'many-to-one', '--data', words, '--valid', otherWords, '--out', out, ...small, '--quiet'],
    ...['--epochs', '2', '--cell', 'gru', '--reset', 'before', '--pooling', 'max', '--bidirectional'],
    ...['--layers', '2', '--dropout', 'input=0.1,recurrent=0.2', '--window', '1', '--min-count', '2'],
    ...['--characters', 'embedding=5,hidden=4'],
    ...['--optimizer', 'sgd,momentum=0.9,nesterov=true', '--schedule', 'cosine,warmup=5', '--clip-norm', '1'],
    ...['--metric', 'macroF1', '--patience', '3'],
  ]);
  expect(code).toBe(0);
  const model = new ManyToOne({
    cell: { kind: 'gru', reset: 'before' },
    hidden: 12,
    layers: 2,
    bidirectional: true,
    pooling: 'max',
    dropout: { input: 0.1, recurrent: 0.2 },
    input: {
      kind: 'tokens',
      embedding: 8,
      window: 1,
      minCount: 2,
      characters: { embedding: 5, hidden: 4 },
    },
    output: { kind: 'classes' },
  });
  await model.fit(firstWord(300, 1), {
    validation: firstWord(100, 2),
    epochs: 2,
    batchSize: 16,
    optimizer: { kind: 'sgd', momentum: 0.9, nesterov: true },
    schedule: { kind: 'cosine', warmup: 5 },
    clipNorm: 1,
    metric: 'macroF1',
    patience: 3,
  });
  await model.save(at('library.safetensors'));
  expect(readFileSync(out).equals(readFileSync(at('library.safetensors')))).toBe(true);
});

test.each<[CellSpec, string[]]>([
  [{ kind: 'lstm', peepholes: true, projection: 5 }, ['--peepholes', '--projection', '5']],
  [{ kind: 'gru', layerNorm: true }, ['--cell', 'gru', '--layer-norm']],
  [{ kind: 'mingru' }, ['--cell', 'mingru']],
])('the cell %j, which info names', async (cell, options) => {
  const out = at('cell.safetensors');
  const trained = await run([
    ...['train', 'many-to-one', '--data', words, '--out', out, ...small, '--quiet', '--epochs', '1'],
    ...options,
  ]);
  expect([trained.code, trained.stderr]).toEqual([0, '']);
  expect((await loadModel(out)).architecture.cell).toMatchObject(cell);
  const { stdout } = await run(['info', out, '--json']);
  expect(lastLine(stdout)).toMatchObject({ verified: true, formatVersion: 2, architecture: { cell } });
});

test('--json ends with the metrics of the validation data, as evaluate gives them', async () => {
  const out = at('json.safetensors');
  const { code, stdout, stderr } = await run([
    ...['train', 'many-to-many', '--data', tagged, '--valid', tagged, '--out', out, ...small],
    ...['--epochs', '2', '--json', '--quiet'],
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  const { training, seconds, ...metrics } = lastLine(stdout);
  const evaluated = await run(['evaluate', out, '--data', tagged, '--json']);
  expect(metrics).toEqual({ ...lastLine(evaluated.stdout), seconds: undefined });
  expect(metrics).toMatchObject({
    examples: 200,
    f1: expect.any(Number),
    perLabel: { O: { f1: expect.any(Number) } },
  });
  expect(seconds).toBeGreaterThan(0);
  const { loss, epochs, stoppedBy, stepsPerSecond } = training as TrainingJSON;
  expect({ epochs, stoppedBy }).toEqual({ epochs: 2, stoppedBy: 'epochs' });
  expect(loss).toBeGreaterThan(0);
  expect(stepsPerSecond).toBeGreaterThan(0);
});

test('without validation data --json tells about the training', async () => {
  const { code, stdout } = await run([
    ...['train', 'many-to-one', '--data', words, '--out', at('alone.safetensors'), ...small],
    ...['--epochs', '2', '--json'],
  ]);
  expect(code).toBe(0);
  const { training, ...metrics } = lastLine(stdout);
  const { loss, steps, seconds } = training as TrainingJSON;
  expect(metrics).toEqual({ loss, examples: 300, steps, seconds });
});

test('tables: columns by name, labels and values', async () => {
  const rows = firstWord(60, 3).map(({ x, y }) => [(x as string[]).join(' '), String(y)]);
  const csv = writeText(at('rows.csv'), `text,label\n${rows.map(([x, y]) => `"${x}",${y}\n`).join('')}`);
  const tsv = writeText(at('rows.tsv.gz'), `label\ttext\n${rows.map(([x, y]) => `${y}\t${x}\n`).join('')}`);
  const columns = ['--x', 'text', '--y', 'label'];
  const out = at('table.safetensors');
  const train = ['train', 'many-to-one', '--data', csv, '--valid', tsv, ...columns, '--out', out, ...small];
  expect(await run([...train, '--epochs', '1', '--quiet'])).toMatchObject({ code: 0 });
  expect((await loadModel(out)).labels).toEqual(['ant', 'bee', 'cat', 'dog', 'elk', 'fox']);
  const evaluated = await run(['evaluate', out, '--data', tsv, ...columns, '--json']);
  expect(lastLine(evaluated.stdout)).toMatchObject({ examples: 60, accuracy: expect.any(Number) });

  const lengths = writeText(
    at('lengths.csv'),
    `x,y\n${rows.map(([x]) => `"${x}",${x!.length / 10}\n`).join('')}`,
  );
  const values = ['train', 'many-to-one', '--data', lengths, '--output', 'values', '--out', out, ...small];
  expect(await run([...values, '--epochs', '1'])).toMatchObject({ code: 0 });
  const again = await run(['evaluate', out, '--data', lengths, '--json']);
  expect(lastLine(again.stdout)).toMatchObject({ examples: 60, mse: expect.any(Number) });
});

test('features, multihot and characters', async () => {
  const cases: [mode: string, examples: unknown[], options: string[], architecture: object][] = [
    ['many-to-many', sine(30, 1), [], { input: { kind: 'features', size: 2 }, output: { kind: 'values' } }],
    [
      'many-to-one',
      oddKeys(30, 1),
      ['--input', 'multihot', '--output', 'multihot', '--input-size', '5', '--embedding', '0'],
      { input: { kind: 'multihot', size: 5, embedding: 0 }, output: { kind: 'multihot', size: 4 } },
    ],
    [
      'many-to-one',
      [
        { x: 'aab', y: 'yes' },
        { x: 'ba', y: 'no' },
      ],
      ['--input', 'characters', '--cell', 'rnn', '--activation', 'relu'],
      { input: { kind: 'tokens', tokenizer: 'characters' }, cell: { kind: 'rnn', activation: 'relu' } },
    ],
  ];
  for (const [mode, examples, options, architecture] of cases) {
    const data = writeLines(at('kinds.jsonl'), examples);
    const out = at('kinds.safetensors');
    const train = ['train', mode, '--data', data, '--out', out, '--hidden', '6', '--epochs', '1', ...options];
    expect(await run([...train, '--quiet'])).toMatchObject({ code: 0, stderr: '' });
    expect((await loadModel(out)).architecture).toMatchObject(architecture);
  }
});

test('forecasts: windows of a series, with the scale of the training rows', async () => {
  const rows = Array.from({ length: 120 }, (_, row) => [Math.sin(row / 3) * 50 + 100, row % 7]);
  const csv = writeText(
    at('series.csv'),
    `date,A,B\n${rows.map(([a, b], i) => `d${i},${a},${b}\n`).join('')}`,
  );
  const out = at('series.safetensors');
  const series = ['--columns', 'A,B', '--lookback', '8', '--horizon', '2'];
  const trained = await run([
    ...['train', 'many-to-one', '--data', csv, ...series, '--rows', '0:80', '--valid-rows', '80:100'],
    ...['--out', out, '--hidden', '8', '--epochs', '3', '--json', '--quiet'],
  ]);
  expect(trained).toMatchObject({ code: 0, stderr: '' });
  const { training, mse } = lastLine(trained.stdout);
  expect(training).toMatchObject({ examples: 71, steps: 71 * 8 });
  const model = await loadModel(out);
  expect(model.architecture).toMatchObject({
    input: { kind: 'features', size: 2 },
    output: { kind: 'values', size: 4 },
  });
  // The scale is that of the rows trained with, and the model keeps it.
  const first = rows.slice(0, 80);
  const means = [0, 1].map((column) => first.reduce((sum, row) => sum + row[column]!, 0) / 80);
  const { input, output } = model.architecture as unknown as Record<
    string,
    { normalize: { mean: number[] } }
  >;
  input!.normalize.mean.forEach((mean, column) => expect(mean).toBeCloseTo(means[column]!, 9));
  expect(output!.normalize.mean).toEqual([...input!.normalize.mean, ...input!.normalize.mean]);
  const evaluated = await run(['evaluate', out, '--data', csv, ...series, '--rows', '80:100', '--json']);
  expect(lastLine(evaluated.stdout)).toMatchObject({ examples: 11, mse });
  // Forecasts are in the units of the table, one also of what lies behind its end.
  const predicted = await run([
    ...['predict', out, '--data', csv, '--columns', 'A,B', '--lookback', '8', '--rows', '111:'],
  ]);
  expect(predicted).toMatchObject({ code: 0, stderr: '' });
  const forecasts = predicted.stdout.trimEnd().split('\n');
  expect(forecasts).toHaveLength(2);
  expect(JSON.parse(forecasts[1]!)).toEqual(await model.predict(rows.slice(112)));
  const { values } = (await model.predict(rows.slice(112))) as { values: number[] };
  expect(values[0]).toBeGreaterThan(20);
  expect(values[0]).toBeLessThan(180);
});

test('the time is over before the first epoch: what was trained is measured and saved', async () => {
  const out = at('hasty.safetensors');
  const train = ['train', 'many-to-one', '--data', words, '--out', out, ...small, '--minutes', '1e-7'];
  const { code, stdout, stderr } = await run([...train, '--valid', otherWords]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^epoch 1 {2}loss .*accuracy [^\n]*\n$/);
  expect(stdout).toContain('1 of 1 (the time was over)');
  const { epochs, bestEpoch, stoppedBy } = (await loadModel(out)).record!;
  expect({ epochs: epochs.length, bestEpoch, stoppedBy }).toEqual({
    epochs: 1,
    bestEpoch: 1,
    stoppedBy: 'minutes',
  });
  const { training } = lastLine((await run([...train, '--json', '--quiet'])).stdout);
  expect(training).toMatchObject({ epochs: 1, bestEpoch: 1, stoppedBy: 'minutes' });
});

test('wrong data: the message names file and line, and nothing is saved', async () => {
  const out = at('never.safetensors');
  const train = ['train', 'many-to-many', '--out', out, '--data'];
  const broken = at('broken.jsonl');
  writeFileSync(broken, '{"x":["a"],"y":["O"]}\n{"x":["a"],"y":["O"}\n');
  expect(await run([...train, broken])).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^bptt: .*broken\.jsonl:2:\d+: .*\n$/),
  });
  const uneven = writeLines(at('uneven.jsonl'), [
    { x: ['a'], y: ['O'] },
    { x: ['a', 'b'], y: ['O'] },
  ]);
  const { code, stderr } = await run([...train, uneven]);
  expect(code).toBe(1);
  expect(stderr).toContain('uneven.jsonl:2');
  const missing = await run([...train, at('missing.jsonl')]);
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain('missing.jsonl');
  expect((await run([...train, writeText(at('empty.jsonl'), '')])).stderr).toContain('empty.jsonl');
  expect(existsSync(out)).toBe(false);
});

test('a folder that is not there is found before the training', async () => {
  const { code, stderr } = await run([
    ...['train', 'many-to-one', '--data', words, '--out', at('nowhere/model.safetensors')],
  ]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^bptt: Could not write ".*nowhere.*\n$/);
});
