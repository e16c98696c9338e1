import { Labels } from '../../../lib/data/encoders/labels';
import { failure } from '../failure';

test('collected labels stand once each, by code point', async () => {
  const labels = await Labels.collect(new Set(['no', 'yes', 'no', 'Yes', '10', '9']));
  expect([...labels]).toEqual(['10', '9', 'Yes', 'no', 'yes']);
  expect(labels.size).toBe(5);
  expect(labels.id('no', 'here')).toBe(3);
  expect(labels.label(4)).toBe('yes');
  expect(labels.find('maybe')).toBe(-1);
});

test('given labels keep their order', () => {
  expect(Labels.of(['b', 'a']).find('b')).toBe(0);
});

test('an unknown label is named with its place', () => {
  expect(() => Labels.of(['O', 'B']).id('X', 'train.jsonl:7, step 2')).toThrow(
    failure('ERR_DATA', 'train.jsonl:7, step 2: unknown label "X"', 'one of 2 ("O", "B")'),
  );
});

test.each([
  [[], 'found an empty list'],
  ['ab', 'found "ab"'],
  [['a', undefined], 'Label 1 must be a string, found nothing'],
  [['a', 'b', 'a'], '"a" stands twice'],
])('%j are no labels', (json, message) => {
  expect(() => Labels.fromJSON(json)).toThrow(failure('ERR_DATA', message));
});

test('a class that is not there is an error', () => {
  expect(() => Labels.of(['a']).label(1)).toThrow(failure('ERR_DATA', 'no class 1'));
});

test('JSON gives the same labels back', () => {
  const labels = Labels.of(['b', 'a']);
  expect([...Labels.fromJSON(JSON.parse(JSON.stringify(labels)))]).toEqual(['b', 'a']);
});
