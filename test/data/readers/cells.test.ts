import { cellValue, columnOf, isNumber, type ColumnForm } from '../../../lib/data/readers/cells';
import { failure } from '../failure';

/** The cells of a column as they are read. */
function read(cells: readonly string[], form: ColumnForm = {}): unknown[] {
  const column = columnOf(cells, form);
  return cells.map((cell, i) => cellValue(cell, column, form, `t.csv:${i + 2}`));
}

test('texts are texts, whatever one of them looks like', () => {
  const texts = ['great phone', '', '[deleted]', '[1]', '5', '[]', 'so so'];
  expect(read(texts)).toEqual(texts);
  expect(read(texts, { single: 'rows' })).toEqual(texts);
});

test('where texts are asked for, nothing is read as numbers', () => {
  const cells = ['[1]', '[[2]]', '3', '[4'];
  expect(read(cells, { kinds: ['text', 'lists'], single: 'rows' })).toEqual(cells);
});

test('lists of strings are lists, also an empty one', () => {
  expect(read(['["a","b"]', '[]', '["c"]'])).toEqual([['a', 'b'], [], ['c']]);
  expect(read(['["a"]', 'b c'])).toEqual([['a'], 'b c']);
});

test('numbers are rows, or one row of them', () => {
  expect(read(['1.5', '-2e3', ' 7 '], { single: 'rows' })).toEqual([[[1.5]], [[-2000]], [[7]]]);
  expect(read(['1.5', '[2,3]'], { single: 'row' })).toEqual([[1.5], [2, 3]]);
  expect(read(['[[1],[2]]', '[]'])).toEqual([[[1], [2]], []]);
});

test('what is no number among numbers is an error', () => {
  expect(() => read(['1.5', '2.5', 'NA'], { single: 'rows' })).toThrow(
    failure(
      'ERR_DATA',
      't.csv:4: expected a number or a JSON list of numbers, as in most cells',
      'found "NA"',
    ),
  );
  expect(() => read(['[1]', '[2]', '[3, nan]'])).toThrow(
    failure('ERR_DATA', 't.csv:4: expected a JSON list of numbers, as in most cells'),
  );
  expect(() => read(['a'], { kinds: ['numbers'], single: 'row' })).toThrow(failure('ERR_DATA', 't.csv:2'));
});

test('an empty cell is an error where something is needed', () => {
  for (const cell of ['', '  ']) {
    expect(() => read(['pos', cell], { needs: 'a right answer' })).toThrow(
      failure('ERR_DATA', 't.csv:3: the cell is empty; expected a right answer.'),
    );
  }
});

const answers: ColumnForm = { single: 'row', labels: true };

test('whole numbers that come again and again are labels, others values', () => {
  expect(read(['5', '1', '3', '5'], answers)).toEqual(['5', '1', '3', '5']);
  const prices = Array.from({ length: 100 }, (_, i) => String(1000 + 7 * i));
  expect(read(prices, answers)[1]).toEqual([1007]);
  const many = Array.from({ length: 500 }, (_, i) => String(i % 100));
  expect(read(many, answers)[1]).toBe('1');
  expect(read(['5', '1.5', '3', '5'], answers)).toEqual([[5], [1.5], [3], [5]]);
  expect(read(['5', '1', 'other', '5'], answers.labels ? { labels: true } : {})).toEqual([
    '5',
    '1',
    'other',
    '5',
  ]);
});

test.each([
  ['1', true],
  ['-.5', true],
  ['1.', true],
  ['+1e-3', true],
  ['1e999', false],
  ['0x10', false],
  ['0b1', false],
  ['1_000', false],
  ['Infinity', false],
  ['', false],
  ['1,5', false],
])('%j is a number: %p', (cell, expected) => {
  expect(isNumber(cell)).toBe(expected);
});
