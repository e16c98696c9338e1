import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadModel, ManyToOne } from '../../lib/index';
import { version } from '../../lib/support/version';
import { firstWord, firstWordModel } from '../tasks';
import { temporaryFolder } from '../temporary-folder';
import { lastLine, run, writeLines } from './run';

// Each command is a process of its own.
jest.setTimeout(60_000);

const folder = temporaryFolder();
const file = join(folder, 'model.safetensors');
const data = writeLines(join(folder, 'data.jsonl'), firstWord(80, 5));

beforeAll(async () => {
  const model = new ManyToOne(firstWordModel);
  await model.fit(firstWord(100, 4), { epochs: 2, validation: firstWord(20, 6) });
  await model.save(file);
});

test('evaluate --json gives what the library gives', async () => {
  const { code, stdout, stderr } = await run(['evaluate', file, '--data', data, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const metrics = await (await loadModel(file)).evaluate(firstWord(80, 5));
  expect(lastLine(stdout)).toEqual({ ...metrics, seconds: expect.any(Number) });
});

test('evaluate shows a table', async () => {
  const { code, stdout } = await run([
    'evaluate',
    file,
    '--data',
    data,
    '--batch-size',
    '7',
    '--threads',
    '1',
  ]);
  expect(code).toBe(0);
  for (const row of ['loss', 'accuracy', 'macro F1', 'examples']) {
    expect(stdout).toMatch(new RegExp(`│ ${row} +│ [\\d.]+ +│`));
  }
  expect(stdout).toMatch(/│ examples +│ 80 +│/);
});

test('evaluate names the line that does not fit the model', async () => {
  const wrong = writeLines(join(folder, 'wrong.jsonl'), [...firstWord(2, 1), { x: ['ant'], y: [1.5] }]);
  const { code, stderr } = await run(['evaluate', file, '--data', wrong]);
  expect(code).toBe(1);
  expect(stderr).toContain('wrong.jsonl:3');
});

test('info --json tells architecture, sizes, parameters and training', async () => {
  const { code, stdout } = await run(['info', file, '--json']);
  expect(code).toBe(0);
  const model = await loadModel(file);
  expect(lastLine(stdout)).toEqual({
    verified: true,
    formatVersion: 1,
    bptt: version(),
    mode: 'many-to-one',
    architecture: model.architecture,
    inputSize: model.vocabulary!.size,
    outputSize: 6,
    labels: ['ant', 'bee', 'cat', 'dog', 'elk', 'fox'],
    parameterCount: model.parameterCount,
    parameters: Object.entries(model.parameters()).map(([name, { shape }]) => ({ name, shape })),
    bytes: statSync(file).size,
    training: model.record,
  });
});

test('info shows tables', async () => {
  const { code, stdout } = await run(['info', file]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/│ mode +│ many-to-one/);
  expect(stdout).toMatch(/│ cell +│ lstm \(forget bias 1\)/);
  expect(stdout).toMatch(/│ recurrent\.weight_hh_l0 +│ 64 × 16 +│ 1,024 +│/);
  expect(stdout).toMatch(/│ validation accuracy +│/);
  expect(stdout).toMatch(/│ file +│ [\d,]+ bytes, verified +│/);
  expect(stdout).toContain(`version 1, read by bptt ${version()}`);
});

const bytes = (): Buffer => readFileSync(file);

test.each<[string, () => Buffer, string, string]>([
  ['cut off', () => bytes().subarray(0, -1), 'ERR_FORMAT', 'follow the header'],
  ['too long', () => Buffer.concat([bytes(), Buffer.of(0)]), 'ERR_FORMAT', 'follow the header'],
  [
    'with a NaN',
    () => Buffer.concat([bytes().subarray(0, -4), Buffer.of(0, 0, 192, 127)]),
    'ERR_FORMAT',
    'is NaN',
  ],
  [
    'of another shape',
    () => Buffer.from(bytes().toString('latin1').replace('hidden\\":16', 'hidden\\":17'), 'latin1'),
    'ERR_FORMAT',
    'should have the shape',
  ],
  [
    'of a newer format',
    () => Buffer.from(bytes().toString('latin1').replace('"version":"1"', '"version":"7"'), 'latin1'),
    'ERR_VERSION',
    'is in version 7 of the model format',
  ],
])('info says what is wrong with a file that is %s', async (_, change, code, message) => {
  const wrong = join(folder, 'wrong.safetensors');
  writeFileSync(wrong, change());
  const outcome = await run(['info', wrong, '--json']);
  expect(outcome.code).toBe(1);
  expect(outcome.stderr).toContain(message);
  expect(lastLine(outcome.stdout)).toEqual({
    verified: false,
    code,
    message: expect.stringContaining(message) as string,
  });
  expect(await run(['info', wrong])).toMatchObject({ code: 1, stdout: '' });
});

test('info shows the level of a constant answer', async () => {
  expect((await run(['info', file])).stdout).toMatch(/│ a constant answer +│ accuracy 0\.\d+/);
});

test('info of a model that was never trained, with features', async () => {
  const untrained = join(folder, 'untrained.safetensors');
  await new ManyToOne({
    cell: 'rnn',
    hidden: 4,
    input: { kind: 'features', size: 3 },
    output: { kind: 'values', size: 2 },
  }).save(untrained);
  expect(lastLine((await run(['info', untrained, '--json'])).stdout)).toMatchObject({
    inputSize: 3,
    outputSize: 2,
  });
  expect((await run(['info', untrained])).stdout).toContain('never trained');
});

test('info tells the network that reads the characters of words', async () => {
  const spelled = join(folder, 'spelled.safetensors');
  const model = new ManyToOne({
    ...firstWordModel,
    input: { kind: 'tokens', characters: { hidden: 7 } },
  });
  await model.fit(firstWord(20, 4), { epochs: 1 });
  await model.save(spelled);
  const { stdout } = await run(['info', spelled]);
  const [size] = model.parameters()['characters.embedding.weight']!.shape;
  expect(stdout).toMatch(new RegExp(`│ characters +│ embedding 30, hidden 7, size ${size} +│`));
  expect(stdout).toMatch(
    /│ input +│ tokens \(tokenizer words, embedding 64, min count 1, window 0, size 8\)/,
  );
  expect(stdout).toMatch(/│ characters\.recurrent\.bias_l0_reverse +│ 28 +│ 28 +│/);
});

test('info of a model with a scale that was given tells its numbers', async () => {
  const scaled = join(folder, 'scaled.safetensors');
  const normalize = { mean: [1.5, -20, 1 / 3], deviation: [1, 2, 3] };
  await new ManyToOne({
    cell: { kind: 'lstm', forgetBias: 0.5 },
    hidden: 4,
    input: { kind: 'features', size: 3, normalize },
    output: { kind: 'values', size: 8, normalize: { mean: Array(8).fill(7), deviation: Array(8).fill(2) } },
    seed: 123_456_789,
  }).save(scaled);
  const { code, stdout } = await run(['info', scaled]);
  expect(code).toBe(0);
  expect(stdout).not.toContain('[object');
  expect(stdout).toContain('normalize (mean 1.5 -20 0.333333, deviation 1 2 3)');
  expect(stdout).toContain('mean 7 7 7 7 7 7 … (8)');
  expect(stdout).toContain('123456789');
});

test('evaluate shows the errors of each of several outputs', async () => {
  const path = join(folder, 'values.safetensors');
  const rows = Array.from({ length: 12 }, (_, i) => ({ x: [[i], [1]], y: [i, 10 * i] }));
  const model = new ManyToOne({
    cell: 'gru',
    hidden: 4,
    input: { kind: 'features' },
    output: { kind: 'values' },
  });
  await model.fit(rows, { epochs: 1 });
  await model.save(path);
  const { stdout } = await run(['evaluate', path, '--data', writeLines(join(folder, 'values.jsonl'), rows)]);
  expect(stdout).toMatch(/│ output +│ +mse │ +mae │ +rmse │ +scaled mse │ +scaled mae │/);
  expect(stdout).toMatch(/│ 1 +│ +[\d.,]+ │/);
  const one = await run(['evaluate', file, '--data', data]);
  expect(one.stdout).not.toContain('output');
});
