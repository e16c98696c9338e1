import { inferInput, inferOutput } from '../../../lib/data/encoders/infer';
import { FileExample } from '../../../lib/data/example';
import { failure, rejection } from '../failure';

describe('input', () => {
  test.each([
    [['text'], { kind: 'tokens', tokenizer: 'words' }],
    [[[], ['a']], { kind: 'tokens', tokenizer: 'words' }],
    [[Int32Array.of(2), 'a'], { kind: 'tokens', tokenizer: 'words' }],
    [[[], [[1, 2, 3]]], { kind: 'features', size: 3 }],
  ])('%j', async (xs, expected) => {
    expect(await inferInput({}, xs)).toEqual(expected);
  });

  test('hints stay, and the size is filled in', async () => {
    expect(await inferInput({ embedding: 8, tokenizer: 'characters' }, ['a'])).toEqual({
      kind: 'tokens',
      embedding: 8,
      tokenizer: 'characters',
    });
    expect(await inferInput({ kind: 'multihot' }, [[[1, 87], []], [[3]]])).toEqual({
      kind: 'multihot',
      size: 88,
    });
    expect(await inferInput({ kind: 'multihot', size: 100 }, [[[1]]])).toEqual({
      kind: 'multihot',
      size: 100,
    });
    expect(await inferInput({ size: 2 }, [Float32Array.of(1, 2)])).toEqual({ kind: 'features', size: 2 });
  });

  test('strings can be taken as characters', async () => {
    expect(await inferInput({}, ['emma'], { strings: 'characters' })).toEqual({
      kind: 'tokens',
      tokenizer: 'characters',
    });
  });

  test('the first example of another kind is named, by file and line if it has them', async () => {
    const mixed = ['a', [], ['b'], [[1]], 'c'];
    expect(await rejection(inferInput({}, mixed))).toEqual(
      failure('ERR_DATA', 'example 3: expected tokens', 'as in example 0, found features', 'a list of 1'),
    );
    const examples = mixed.map((x, i) => new FileExample('train.jsonl', i + 1, { x: x }));
    const locate = (index: number) => FileExample.place(examples[index]) as string;
    expect(await rejection(inferInput({}, mixed, { locate }))).toEqual(
      failure('ERR_DATA', 'train.jsonl:4: expected tokens', 'as in train.jsonl:1'),
    );
  });

  test.each<[unknown[], 'ERR_DATA' | 'ERR_OPTION', string]>([
    [[[1, 2]], 'ERR_DATA', 'example 0: x is a flat list of numbers'],
    [['a', null], 'ERR_DATA', 'example 1: x must be'],
    [[undefined], 'ERR_DATA', 'found nothing'],
    [[[['a']]], 'ERR_DATA', 'found a list of 1 beginning with a list'],
    [[new Float64Array(2)], 'ERR_DATA', 'found a Float64Array of 2'],
    [[[], []], 'ERR_OPTION', 'kind has to be given (--input)'],
    [[Float32Array.of(1)], 'ERR_OPTION', 'which does not tell the number of features'],
    [[[[]]], 'ERR_DATA', 'step 0: expected a list of at least one number'],
  ])('%j does not tell', async (xs, code, message) => {
    expect(await rejection(inferInput({}, xs))).toEqual(failure(code, message));
  });
});

describe('output', () => {
  test.each([
    [['yes', 'no'], 'sequence' as const, { kind: 'classes' }],
    [[[], ['O']], 'step' as const, { kind: 'classes' }],
    [[[1, 2, 3]], 'sequence' as const, { kind: 'values', size: 3 }],
    [[Float32Array.of(1, 2)], 'sequence' as const, { kind: 'values', size: 2 }],
    [[[], [[1], [2]]], 'step' as const, { kind: 'values', size: 1 }],
  ])('%j', async (ys, per, expected) => {
    expect(await inferOutput({}, ys, per)).toEqual(expected);
  });

  test('hints stay', async () => {
    expect(await inferOutput({ kind: 'multihot' }, [[1], [4]], 'sequence')).toEqual({
      kind: 'multihot',
      size: 5,
    });
    expect(await inferOutput({ kind: 'values' }, [3], 'sequence')).toEqual({ kind: 'values', size: 1 });
    expect(await inferOutput({ labels: ['a', 'b'] }, ['a'], 'sequence')).toEqual({
      kind: 'classes',
      labels: ['a', 'b'],
    });
  });

  test.each<[unknown[], 'ERR_DATA' | 'ERR_OPTION', string]>([
    [['a', [1]], 'ERR_DATA', 'example 1: expected classes (labels) as in example 0, found values (numbers)'],
    [[1], 'ERR_DATA', 'Write "1" for a label, [1] for a value.'],
    [[true], 'ERR_DATA', 'Write "true" for a label.'],
    [[null], 'ERR_DATA', 'found null'],
    [[[]], 'ERR_OPTION', '--output'],
  ])('%j does not tell', async (ys, code, message) => {
    expect(await rejection(inferOutput({}, ys, 'sequence'))).toEqual(failure(code, message));
  });
});
