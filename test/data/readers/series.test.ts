import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { readExamples, readSeries, Series } from '../../../lib/data/readers/files';
import { temporaryFolder } from '../../temporary-folder';
import { failure, rejection } from '../failure';

const folder = temporaryFolder();
const path = join(folder, 'series.csv');
// a = 0…9, b = 10·a; the date is not a number.
writeFileSync(
  path,
  `date,a,b\n${Array.from({ length: 10 }, (_, i) => `2016-07-0${i},${i},${i * 10}`).join('\n')}\n`,
);

test('columns and rows are picked', async () => {
  const series = await readSeries(path, ['b', 'a'], { from: 2, to: 4 });
  expect(series.rows).toEqual([
    [20, 2],
    [30, 3],
  ]);
  expect((await readSeries(path, ['a'])).rows).toHaveLength(10);
  expect((await readSeries(path, ['a'], { from: 9 })).rows).toEqual([[9]]);
});

test('windows lie within the rows, a stride apart; y follows x', async () => {
  const series = await readSeries(path, ['a', 'b'], { from: 1, to: 8 });
  const windows = [...series.windows({ lookback: 2, horizon: 2, stride: 3 })];
  expect(windows).toEqual([
    {
      x: [
        [1, 10],
        [2, 20],
      ],
      y: [3, 30, 4, 40],
    },
    {
      x: [
        [4, 40],
        [5, 50],
      ],
      y: [6, 60, 7, 70],
    },
  ]);
  const rows = [...series.windows({ lookback: 6, horizon: 1, target: 'rows' })];
  expect(rows).toHaveLength(1);
  expect(rows[0]?.y).toEqual([[7, 70]]);
});

test('forecasts are made from all rows, the last ones included', async () => {
  const series = await readSeries(path, ['a'], { to: 5 });
  expect([...series.inputs({ lookback: 3, stride: 2 })]).toEqual([
    [[0], [1], [2]],
    [[2], [3], [4]],
  ]);
  expect(() => series.inputs({ lookback: 6 }).next()).toThrow(
    failure('ERR_DATA', 'a window needs 6 rows, but there are 5'),
  );
  expect(() => series.inputs({ lookback: 1.5 }).next()).toThrow(failure('ERR_OPTION', 'lookback'));
});

test('readExamples cuts windows too', async () => {
  const examples = [];
  const series = {
    columns: ['a'],
    rows: { to: 4 },
    lookback: 2,
    horizon: 1,
  };
  for await (const example of readExamples(path, { series })) examples.push(example);
  expect(examples).toEqual([
    { x: [[0], [1]], y: [2] },
    { x: [[1], [2]], y: [3] },
  ]);
  const jsonl = readExamples(join(folder, 'a.jsonl'), { series });
  expect(await rejection(jsonl.next())).toEqual(
    failure('ERR_OPTION', 'a series is read from .csv or .tsv, not .jsonl'),
  );
});

test.each<[string[], { from?: number; to?: number }, 'ERR_DATA' | 'ERR_OPTION', string]>([
  [['date'], {}, 'ERR_DATA', `${path}:2, column "date": expected a number, found "2016-07-00"`],
  [
    ['c'],
    {},
    'ERR_DATA',
    'there is no column "c"; the first line, which is read as the header, has "date", "a", "b". Say with --x',
  ],
  [['a'], { from: 3, to: 11 }, 'ERR_DATA', 'rows 3:11 were asked for, but there are 10 rows'],
  [['a'], { from: 10 }, 'ERR_DATA', 'no row from 10 on; the file has 10 rows'],
  [['a'], { from: 3, to: 3 }, 'ERR_OPTION', '0 ≤ from < to'],
  [['a'], { from: -1 }, 'ERR_OPTION', '0 ≤ from < to'],
  [['a'], { to: 1.5 }, 'ERR_OPTION', '0 ≤ from < to'],
  [[], {}, 'ERR_OPTION', 'at least one column'],
])('columns %j of rows %j', async (columns, rows, code, message) => {
  expect(await rejection(readSeries(path, columns, rows))).toEqual(failure(code, message));
});

test.each(['', ' ', 'NaN', 'Infinity', '1,5', 'x'])('a cell %j is no number', async (cell) => {
  const other = join(folder, 'cells.csv');
  writeFileSync(other, `a,b\n1,2\n"${cell}",3\n`);
  expect(await rejection(readSeries(other, ['a']))).toEqual(failure('ERR_DATA', `${other}:3, column "a"`));
  expect((await readSeries(other, ['a'], { to: 1 })).rows).toEqual([[1]]);
});

test('windows that cannot be', () => {
  const series = new Series('series.csv', ['a'], [[1], [2], [3]]);
  expect(() => series.windows({ lookback: 2, horizon: 2 }).next()).toThrow(
    failure('ERR_DATA', 'series.csv: a window needs 2 + 2 rows, but there are 3'),
  );
  expect(() => series.windows({ lookback: 0, horizon: 1 }).next()).toThrow(failure('ERR_OPTION', 'lookback'));
  expect(() => series.windows({ lookback: 1, horizon: 1.5 }).next()).toThrow(
    failure('ERR_OPTION', 'horizon'),
  );
  expect(() => series.windows({ lookback: 1, horizon: 1, stride: 0 }).next()).toThrow(
    failure('ERR_OPTION', 'stride'),
  );
});
