import { barLine } from '../../lib/cli/bar';
import { fitted, shortened } from '../../lib/cli/line';

test('of what does not fit the least important is left out, and the order stays', () => {
  const parts = [
    { text: 'epoch 1' },
    { text: 'loss 0.5', rank: 1 },
    { text: '10 steps/s', rank: 3 },
    { text: '2 s left', rank: 2 },
  ];
  expect(fitted(parts, 80)).toBe('epoch 1  loss 0.5  10 steps/s  2 s left');
  expect(fitted(parts, 38)).toBe('epoch 1  loss 0.5  2 s left');
  expect(fitted(parts, 17)).toBe('epoch 1  loss 0.5');
  expect(fitted(parts, 16)).toBe('epoch 1');
  expect(fitted(parts, 4)).toBe('epo…');
});

test('wide characters take two columns, and no character is cut in two', () => {
  expect(fitted([{ text: '正解率 0.5' }, { text: 'best', rank: 1 }], 15)).toBe('正解率 0.5');
  expect(fitted([{ text: '正解率 0.5' }, { text: 'best', rank: 1 }], 16)).toBe('正解率 0.5  best');
  expect(shortened('正解率', 6)).toBe('正解率');
  expect(shortened('正解率', 5)).toBe('正解…');
  expect(shortened('正解率', 4)).toBe('正…');
  expect(shortened('e\u0301te\u0301', 2)).toBe('e\u0301…');
  expect(shortened('abc', 0)).toBe('');
});

test('a bar is shortened before anything beside it is left out', () => {
  const rest = [{ text: 'loss 0.5', rank: 1 }];
  expect(barLine(0.5, { what: 'epoch 1', done: '50%' }, rest, 80)).toBe(
    'epoch 1 [============------------] 50%  loss 0.5',
  );
  expect(barLine(0.5, { what: 'epoch 1', done: '50%' }, rest, 32)).toBe('epoch 1 [====----] 50%  loss 0.5');
  expect(barLine(0.5, { what: 'epoch 1', done: '50%' }, rest, 31)).toBe('epoch 1 [====----] 50%');
});
