import { duration, metricName, shortNumber } from '../../lib/cli/format';

test.each([
  [0.12345, '0.1235'],
  [0.00001234, '1.234e-5'],
  [12.3456, '12.35'],
  [25000, '25,000'],
  [1234.5, '1,235'],
  [0, '0'],
  [1, '1'],
  [NaN, 'NaN'],
])('the number %d is written %s', (value, text) => {
  expect(shortNumber(value)).toBe(text);
});

test.each([
  [0, '0.0 s'],
  [9.94, '9.9 s'],
  [59.4, '59 s'],
  [59.6, '1 min 0 s'],
  [125, '2 min 5 s'],
  [7500, '2 h 5 min'],
])('%d seconds are written %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each([
  ['accuracy', 'accuracy'],
  ['f1', 'f1'],
  ['macroF1', 'macro F1'],
  ['symbolErrorRate', 'symbol error rate'],
])('the metric %s is called %s', (key, name) => {
  expect(metricName(key)).toBe(name);
});
