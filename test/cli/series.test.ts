import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadModel, ManyToOne } from '../../lib';
import { readModelFile, writeModelFile } from '../../lib/model-file/model-file';
import { temporaryFolder } from '../temporary-folder';
import { run, lastLine } from './run';

// Each command is a process of its own.
jest.setTimeout(60_000);

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

const rows = Array.from({ length: 90 }, (_, hour) => [100 + 50 * Math.sin(hour / 3), 5 + Math.cos(hour / 3)]);

function writeTable(name: string, header: string, cells: (row: number[]) => number[]): string {
  const lines = rows.map((row) => cells(row).join());
  writeFileSync(at(name), `${header}\n${lines.join('\n')}\n`);
  return at(name);
}

const load = writeTable('load.csv', 'A,B', (row) => row);
// The same with its columns in another order and one more.
const other = writeTable('other.csv', 'B,C,A', ([a, b]) => [b!, 0, a!]);
const model = at('model.safetensors');
const windows = ['--columns', 'A,B', '--lookback', '8', '--horizon', '2'];

beforeAll(async () => {
  const sizes = ['--hidden', '8', '--epochs', '3', '--quiet', '--json'];
  const train = ['train', 'many-to-one', '--data', load, ...windows, '--out', model, ...sizes];
  expect(await run(train)).toMatchObject({ code: 0 });
});

test('a model finds the columns and windows it was trained on in any table that has them', async () => {
  const asGiven = lastLine((await run(['evaluate', model, '--data', load, ...windows, '--json'])).stdout);
  expect(asGiven).toMatchObject({
    examples: 81,
    perOutput: [{ column: 'A', mae: expect.any(Number) as number }, { column: 'B' }],
  });
  for (const data of [load, other]) {
    const kept = lastLine((await run(['evaluate', model, '--data', data, '--json'])).stdout);
    expect({ ...kept, seconds: 0 }).toEqual({ ...asGiven, seconds: 0 });
  }
  const part = await run(['evaluate', model, '--data', other, '--rows', '50:', '--json']);
  expect(lastLine(part.stdout)).toMatchObject({ examples: 31 });
});

test('other columns or windows are refused', async () => {
  const cases: [string[], string][] = [
    [['--columns', 'B,A', '--lookback', '8', '--horizon', '2'], '--columns must be A,B'],
    [['--columns', 'A,B', '--lookback', '9', '--horizon', '2'], '--lookback must be 8'],
    [['--horizon', '3'], '--horizon must be 2'],
  ];
  for (const [flags, message] of cases) {
    const { code, stderr } = await run(['evaluate', model, '--data', load, ...flags]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  }
  const swapped = await run(['predict', model, '--data', load, '--columns', 'B,A', '--lookback', '8']);
  expect([swapped.code, swapped.stderr]).toEqual([2, expect.stringContaining('--columns must be A,B')]);
  const missing = at('missing.csv');
  writeFileSync(missing, 'A;B\n1;2\n');
  const { code, stderr } = await run(['evaluate', model, '--data', missing]);
  expect(code).toBe(1);
  expect(stderr).toContain('there is no column "A"');
  expect(stderr).toContain('semicolons');
});

test('rows of several series, or newest first, are refused, or spoken of where they may be meant', async () => {
  const dates = ['2030-01-01', '2030-01-02', '2030-01-03', '2030-01-04', '2030-01-05', '2030-01-06'];
  const shops = { one: dates, behind: [...dates, ...dates], between: dates.flatMap((date) => [date, date]) };
  const train = async (name: keyof typeof shops) => {
    const data = at(`${name}.csv`);
    writeFileSync(data, `date,A\n${shops[name].map((date, i) => `${date},${i}`).join('\n')}\n`);
    const flags = [
      '--columns',
      'A',
      '--lookback',
      '2',
      '--horizon',
      '1',
      '--hidden',
      '2',
      '--epochs',
      '1',
      '--quiet',
    ];
    return run(['train', 'many-to-one', '--data', data, ...flags, '--out', at('shops.safetensors')]);
  };
  expect(await train('one')).toMatchObject({ code: 0, stderr: '' });
  const { code, stderr } = await train('behind');
  expect(code).toBe(1);
  expect(stderr).toContain('behind.csv:8, column "date": the date goes back from 2030-01-06 to 2030-01-01');
  const doubted = await train('between');
  expect(doubted.code).toBe(0);
  expect(doubted.stderr).toContain('6 of 12 rows have the date of the row before');
});

test('a forecast is of what comes behind the last row, or behind each window', async () => {
  const forecaster = (await loadModel(model)) as ManyToOne<'values'>;
  const { stdout } = await run(['predict', model, '--data', other]);
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([await forecaster.predict(rows.slice(-8))]);
  const stepped = await run(['predict', model, '--data', load, '--stride', '41']);
  expect(stepped.stdout.trimEnd().split('\n')).toHaveLength(3);
  const named = await run(['predict', model, '--data', load, '--columns', 'A,B', '--lookback', '8']);
  expect(named.stdout.trimEnd().split('\n')).toHaveLength(83);
});

test('what is kept is told', async () => {
  const { stdout } = await run(['info', model]);
  expect(stdout).toMatch(/columns +│ A B +│/);
  expect(stdout).toMatch(/windows +│ lookback 8, horizon 2 +│/);
  const { series } = await loadModel(model);
  expect(series).toEqual({ columns: ['A', 'B'], lookback: 8, horizon: 2 });
});

test('a file that keeps nothing goes on needing --columns', async () => {
  const old = at('old.safetensors');
  const { series: _series, ...file } = await readModelFile(model);
  await writeModelFile(old, file);
  const { code, stderr } = await run(['evaluate', old, '--data', load]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('there is no column "x"')]);
  const given = await run(['evaluate', old, '--data', load, ...windows, '--json']);
  expect(lastLine(given.stdout)).toMatchObject({ examples: 81 });
});

test('a file with a series that its model does not read is damaged', async () => {
  const wrong = at('wrong.safetensors');
  const file = await readModelFile(model);
  for (const series of [{ columns: ['A'] }, { columns: ['A', 'B', 'C'], lookback: 8, horizon: 2 }, 7]) {
    await writeModelFile(wrong, { ...file, series });
    await expect(loadModel(wrong)).rejects.toMatchObject({ code: 'ERR_FORMAT' });
  }
});

test('a model that is fitted on goes on with the same series', async () => {
  using forecaster = (await loadModel(model)) as ManyToOne<'values'>;
  const data = [{ x: rows.slice(0, 8), y: rows.slice(8, 10).flat() }];
  const series = { columns: ['B', 'A'], lookback: 8, horizon: 2 };
  await expect(forecaster.fit(data, { epochs: 1, series })).rejects.toMatchObject({ code: 'ERR_OPTION' });
  await forecaster.fit(data, { epochs: 1 });
  expect(forecaster.series!.columns).toEqual(['A', 'B']);
  using fresh = new ManyToOne({
    cell: 'gru',
    hidden: 2,
    input: { kind: 'features' },
    output: { kind: 'values' },
  });
  const three = { ...series, columns: ['A', 'B', 'C'] };
  await expect(fresh.fit(data, { epochs: 1, series: three })).rejects.toMatchObject({ code: 'ERR_OPTION' });
  expect(fresh.series).toBeUndefined();
});
