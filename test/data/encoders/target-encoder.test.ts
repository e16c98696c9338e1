import type { OutputSpec } from '../../../lib/architecture/architecture';
import type { Per } from '../../../lib/data/encoders/infer';
import { TargetEncoder } from '../../../lib/data/encoders/target-encoder';
import type { Target } from '../../../lib/data/example';
import { failure, rejection } from '../failure';

const at = (steps: number) => ({ steps, where: 'example 4' });

describe('one result a sequence', () => {
  test('labels of the training data, sorted', async () => {
    const encoder = await TargetEncoder.fit({ kind: 'classes' }, 'sequence', ['yes', 'no', 'yes']);
    expect([...(encoder.labels ?? [])]).toEqual(['no', 'yes']);
    expect(encoder.size).toBe(2);
    expect(encoder.encode('yes', at(7))).toEqual({ classes: Int32Array.of(1) });
  });

  test('given labels keep their order', async () => {
    const encoder = await TargetEncoder.fit({ kind: 'classes', labels: ['z', 'a'] }, 'sequence', ['a']);
    expect(encoder.encode('a', at(1)).classes).toEqual(Int32Array.of(1));
  });

  test('values, as a list, an array, or a single one without a list', async () => {
    const encoder = await TargetEncoder.fit({ kind: 'values', normalize: false }, 'sequence', [[1.5, -2]]);
    expect(encoder.encode([0.5, 3], at(9))).toEqual({ values: Float32Array.of(0.5, 3) });
    expect(encoder.encode(Float32Array.of(0.5, 3), at(9))).toEqual({ values: Float32Array.of(0.5, 3) });
    const single = await TargetEncoder.fit({ kind: 'values', size: 1 }, 'sequence', []);
    expect(single.encode(7, at(1))).toEqual({ values: Float32Array.of(7) });
  });

  test('values as z-scores: by the training data or a scale that is given', async () => {
    const encoder = await TargetEncoder.fit({ kind: 'values' }, 'sequence', [
      [1, 10],
      [3, 30],
    ]);
    expect(encoder.normalization?.toJSON()).toEqual({ mean: [2, 20], deviation: [1, 10] });
    const { values } = encoder.encode([4, 0], at(1));
    expect(values).toEqual(Float32Array.of(2, -2));
    expect(encoder.values(values!)).toEqual([4, 0]);
    expect(TargetEncoder.fromJSON(encoder.toJSON()).toJSON()).toEqual(encoder.toJSON());
    const scale = { mean: [1], deviation: [2] };
    const given = TargetEncoder.known({ kind: 'values', normalize: scale }, 'step')!;
    expect(given.size).toBe(1);
    expect(given.encode([[5], [1]], at(2)).values).toEqual(Float32Array.of(2, 0));
  });

  test('a value that never changes is learned as 0', async () => {
    const encoder = await TargetEncoder.fit({ kind: 'values' }, 'sequence', [[1e6], [1e6]]);
    expect(encoder.encode([1e6], at(1)).values).toEqual(Float32Array.of(0));
    expect(encoder.values(Float32Array.of(0))).toEqual([1e6]);
  });

  test('values as they are, with what the training data measured', async () => {
    const encoder = await TargetEncoder.fit({ kind: 'values', normalize: false }, 'sequence', [[1], [3]]);
    expect(encoder.encode([4], at(1)).values).toEqual(Float32Array.of(4));
    expect(encoder.values(Float32Array.of(4))).toEqual([4]);
    expect(encoder.normalization).toBeUndefined();
    expect(encoder.measured?.toJSON()).toEqual({ mean: [2], deviation: [1] });
    expect(TargetEncoder.fromJSON(encoder.toJSON())).toEqual(encoder);
    const wrong = { ...encoder.toJSON(), measured: { mean: [2, 2], deviation: [1, 1] } };
    expect(() => TargetEncoder.fromJSON(wrong)).toThrow(failure('ERR_DATA', 'JSON form of a target'));
  });

  test('multihot lists are sets', async () => {
    const encoder = await TargetEncoder.fit({ kind: 'multihot' }, 'sequence', [[0], [3]]);
    expect(encoder.size).toBe(4);
    expect(encoder.encode([2, 0, 2], at(5))).toEqual({
      active: Int32Array.of(0, 2),
      activeCounts: Int32Array.of(2),
    });
  });

  const wrong: [OutputSpec, unknown, 'ERR_DATA' | 'ERR_SHAPE', string][] = [
    [{ kind: 'classes', labels: ['a'] }, 'b', 'ERR_DATA', 'example 4: unknown label "b"'],
    [
      { kind: 'classes', labels: ['a'] },
      ['a'],
      'ERR_DATA',
      'expected y to be one label (a string), found a list of 1',
    ],
    [{ kind: 'classes', labels: ['a'] }, undefined, 'ERR_DATA', 'found nothing'],
    [{ kind: 'values', size: 2 }, [1], 'ERR_SHAPE', 'example 4: expected y to have 2 numbers, found 1'],
    [{ kind: 'values', size: 2 }, 5, 'ERR_DATA', 'expected y to be a list of 2 numbers, found the number 5'],
    [{ kind: 'values', size: 2 }, [1, NaN], 'ERR_DATA', 'number 1 of y: expected a finite number'],
    [{ kind: 'values', size: 1 }, [1e39], 'ERR_DATA', 'float32'],
    [{ kind: 'values', size: 1 }, '1', 'ERR_DATA', 'found "1"'],
    [{ kind: 'values', size: 1 }, ['1'], 'ERR_DATA', 'found "1"'],
    [{ kind: 'multihot', size: 2 }, [2], 'ERR_DATA', 'indexes from 0 to 1'],
    [{ kind: 'multihot', size: 2 }, [[1]], 'ERR_DATA', 'found a list of 1'],
  ];
  test.each(wrong)('%j does not take %j', async (spec, y, code, message) => {
    const encoder = await TargetEncoder.fit(spec, 'sequence', []);
    expect(() => encoder.encode(y, at(1))).toThrow(failure(code, message));
  });
});

describe('one result a step', () => {
  test('labels, values and multihot', async () => {
    const classes = await TargetEncoder.fit({ kind: 'classes' }, 'step', [['O', 'B'], [], ['O', 'A']]);
    expect(classes.encode(['B', 'A', 'O'], at(3))).toEqual({ classes: Int32Array.of(1, 0, 2) });
    const values = await TargetEncoder.fit({ kind: 'values', normalize: false }, 'step', [[], [[1, 2]]]);
    const expected = { values: Float32Array.of(1, 2, 3, 4) };
    expect(
      values.encode(
        [
          [1, 2],
          [3, 4],
        ],
        at(2),
      ),
    ).toEqual(expected);
    expect(values.encode(Float32Array.of(1, 2, 3, 4), at(2))).toEqual(expected);
    const multihot = await TargetEncoder.fit({ kind: 'multihot', size: 9 }, 'step', []);
    expect(multihot.encode([[8, 0], []], at(2))).toEqual({
      active: Int32Array.of(0, 8),
      activeCounts: Int32Array.of(2, 0),
    });
  });

  test('an empty sequence has no results', async () => {
    const encoder = await TargetEncoder.fit({ kind: 'classes', labels: ['a'] }, 'step', []);
    expect(encoder.encode([], at(0))).toEqual({ classes: new Int32Array() });
  });

  const wrong: [OutputSpec, unknown, 'ERR_DATA' | 'ERR_SHAPE', string][] = [
    [{ kind: 'classes', labels: ['a'] }, ['a'], 'ERR_SHAPE', 'example 4: x has 2 steps and y 1'],
    [{ kind: 'classes', labels: ['a'] }, ['a', 'c'], 'ERR_DATA', 'example 4, step 1: unknown label "c"'],
    [
      { kind: 'classes', labels: ['a'] },
      'aa',
      'ERR_DATA',
      'expected y to be a list of labels, one a step, found "aa"',
    ],
    [
      { kind: 'classes', labels: ['a'] },
      ['a', 0],
      'ERR_DATA',
      'step 1: expected a label (a string), found the number 0',
    ],
    [{ kind: 'values', size: 1 }, [[1]], 'ERR_SHAPE', 'x has 2 steps and y 1'],
    [{ kind: 'values', size: 1 }, [1, 2], 'ERR_DATA', 'A step with one number is written [1]'],
    [{ kind: 'values', size: 2 }, [[1, 2], [3]], 'ERR_SHAPE', 'step 1: expected 2 numbers, found 1'],
    [{ kind: 'multihot', size: 1 }, [[0], [0], []], 'ERR_SHAPE', 'x has 2 steps and y 3'],
    [{ kind: 'multihot', size: 1 }, [[0], [1]], 'ERR_DATA', 'step 1: expected indexes from 0 to 0'],
  ];
  test.each(wrong)('%j does not take %j for two steps', async (spec, y, code, message) => {
    const encoder = await TargetEncoder.fit(spec, 'step', []);
    expect(() => encoder.encode(y, at(2))).toThrow(failure(code, message));
  });
});

test('for evaluation a label not seen in training is kept as class −1, with the truth beside', async () => {
  const encoder = await TargetEncoder.fit({ kind: 'classes' }, 'step', [['O', 'B-a']]);
  const context = { steps: 3, where: 'example 0', unknown: 'keep' as const };
  expect(encoder.encode(['B-a', 'B-new', 'O'], context)).toEqual({
    classes: Int32Array.of(0, -1, 1),
    truth: ['B-a', 'B-new', 'O'],
  });
  const single = await TargetEncoder.fit({ kind: 'classes' }, 'sequence', ['a']);
  expect(single.encode('b', context)).toEqual({ classes: Int32Array.of(-1), truth: ['b'] });
});

test('training data without a label cannot be learned from', async () => {
  expect(await rejection(TargetEncoder.fit({ kind: 'classes' }, 'step', [[], []]))).toEqual(
    failure('ERR_DATA', 'No example has a label'),
  );
  expect(
    await rejection(TargetEncoder.fit({ kind: 'classes' }, 'sequence', ['a', 3 as unknown as Target])),
  ).toEqual(failure('ERR_DATA', 'example 1', 'found the number 3'));
  expect(await rejection(TargetEncoder.fit({ kind: 'values' }, 'sequence', [[]]))).toEqual(
    failure('ERR_DATA', 'example 0: expected a list of at least one number, found an empty list'),
  );
});

describe('JSON', () => {
  test.each<[OutputSpec, Per, unknown]>([
    [{ kind: 'classes', labels: ['b', 'a'] }, 'sequence', 'a'],
    [{ kind: 'values', size: 2 }, 'step', [[1, 2]]],
    [{ kind: 'multihot', size: 3 }, 'sequence', [2]],
  ])('%j gives the same encoder back', async (spec, per, y) => {
    const encoder = await TargetEncoder.fit(spec, per, []);
    const copy = TargetEncoder.fromJSON(JSON.parse(JSON.stringify(encoder)));
    expect(copy).toEqual(encoder);
    expect(copy.encode(y, at(1))).toEqual(encoder.encode(y, at(1)));
  });

  test.each([
    [null],
    [{ kind: 'values', size: 2 }],
    [{ kind: 'values', per: 'step', size: 0 }],
    [{ kind: 'other', per: 'step', size: 1 }],
  ])('%j is no encoder', (json) => {
    expect(() => TargetEncoder.fromJSON(json)).toThrow(failure('ERR_DATA', 'target encoder'));
  });

  test('labels that are none are refused', () => {
    expect(() => TargetEncoder.fromJSON({ kind: 'classes', per: 'step', labels: ['a', 'a'] })).toThrow(
      failure('ERR_DATA', 'stands twice'),
    );
  });
});

describe('names for the labels of multihot output', () => {
  const message = 'what has names has to be numbered';

  test.each<[string, 'sequence' | 'step', unknown]>([
    ['one a sequence', 'sequence', ['news', 'sport']],
    ['one a step', 'step', [['news'], []]],
    ['in quotes', 'sequence', ['0', '3']],
    ['alone', 'sequence', 'news'],
  ])('are refused with what is wanted: %s', async (_, per, y) => {
    const fitting = TargetEncoder.fit({ kind: 'multihot' }, per, [y as never]);
    expect(await rejection(fitting)).toMatchObject({ name: 'BpttError', code: 'ERR_DATA' });
    const encoder = await TargetEncoder.fit({ kind: 'multihot', size: 4 }, per, []);
    expect(() => encoder.encode(y, { steps: 2, where: 'example 0' })).toThrow(
      failure('ERR_DATA', per === 'step' && typeof y !== 'string' ? 'step 0' : 'example 0, y', message),
    );
  });

  test('in a size to be learned', async () => {
    const fitting = TargetEncoder.fit({ kind: 'multihot' }, 'sequence', [['news']] as never);
    expect(await rejection(fitting)).toEqual(failure('ERR_DATA', 'example 0: expected indexes', message));
  });

  test('are what several labels for a sequence of one are told about', async () => {
    const encoder = await TargetEncoder.fit({ kind: 'classes', labels: ['a', 'b'] }, 'sequence', []);
    expect(() => encoder.encode(['a', 'b'], { steps: 2, where: 'example 0' })).toThrow(
      failure('ERR_DATA', 'y to be one label', 'are an output "multihot"'),
    );
  });
});

test('alternatives where nothing has steps of its own are refused', async () => {
  const encoder = await TargetEncoder.fit({ kind: 'classes', labels: ['a', 'b'] }, 'sequence', []);
  expect(() => encoder.encode('a', { steps: 2, where: 'example 0', alternatives: ['b'] })).toThrow(
    failure('ERR_DATA', 'example 0: alternatives are given'),
  );
});
