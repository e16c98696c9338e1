import { RowOrder } from '../../../lib/data/readers/row-order';
import { failure } from '../failure';

function judged(header: string[], rows: string[][]): string | undefined {
  const order = new RowOrder('shops.csv', header, ['sales']);
  rows.forEach((row, i) => {
    order.add(i + 2, row);
  });
  return order.judge();
}

const days = (...dates: string[]): string[][] => dates.map((date) => [date, '1']);
const header = ['date', 'sales'];

test.each([
  ['days', days('2030-01-01', '2030-01-02', '2030-01-05')],
  ['with slashes and times', days('2030/1/1 23:00', '2030/1/2 0:00')],
  ['a clock that is put back', days('2030-10-27T02:00:00+02:00', '2030-10-27T02:00:00+01:00')],
  ['a clock that is put back, without its zone', days('2030-10-27 02:30', '2030-10-27 02:00')],
  ['an empty cell', days('2030-01-01', '', '2030-01-02')],
  ['no dates', days('9', '8', '8')],
  ['what is a date only at first', days('2030-01-02', '2030-01-01', 'later')],
])('rows that follow each other are not spoken of: %s', (_, rows) => {
  expect(judged(header, rows)).toBeUndefined();
});

test.each([
  [
    'newest first',
    days('2030-01-03', '2030-01-02'),
    ':3, column "date": the date goes back from 2030-01-03 to 2030-01-02',
  ],
  ['one series behind another', days('2030-01-01', '2030-05-20', '2030-01-01'), ':4, column "date"'],
  ['by zones', days('2030-01-03T00:00Z', '2030-01-03T01:00+0200', '2030-01-01T00:00Z'), ':4'],
])('dates that go back are refused: %s', (_, rows, message) => {
  expect(() => judged(header, rows)).toThrow(failure('ERR_DATA', message));
  expect(() => judged(header, rows)).toThrow('several series need a file each');
});

test('dates that stand again and again are spoken of', () => {
  const rows = days('2030-01-01', '2030-01-01', '2030-01-02', '2030-01-02');
  expect(judged(header, rows)).toContain('2 of 4 rows have the date of the row before');
});

test('one column of dates in order is enough', () => {
  const rows = [
    ['2030-05-01', '2030-01-01', '1'],
    ['2030-02-01', '2030-01-02', '2'],
  ];
  expect(judged(['due', 'date', 'sales'], rows)).toBeUndefined();
  const sameDue = rows.map(([, ...others]) => ['2030-05-01', ...others]);
  expect(judged(['due', 'date', 'sales'], sameDue)).toBeUndefined();
});
