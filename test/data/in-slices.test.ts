import { identityOf } from '../../lib/data/batches/data-identity';
import { FeatureInput } from '../../lib/data/encoders/feature-input';
import { InputEncoder } from '../../lib/data/encoders/input-encoder';
import { LabelSequenceEncoder } from '../../lib/data/encoders/label-sequence';
import { Labels } from '../../lib/data/encoders/labels';
import { MultihotInput } from '../../lib/data/encoders/multihot-input';
import { RowSequenceEncoder } from '../../lib/data/encoders/row-sequence';
import { SymbolSequenceEncoder } from '../../lib/data/encoders/symbol-sequence';
import { TargetEncoder } from '../../lib/data/encoders/target-encoder';
import { Normalization } from '../../lib/data/normalization';
import { longPiece, type WorkSlice } from '../../lib/support/work-slice';
import { rejection } from './failure';
import { Impatient } from './impatient';

/** More than three pieces of one number each. */
const steps = 3 * longPiece + 5;

const many = <T>(item: (step: number) => T): T[] => Array.from({ length: steps }, (_, step) => item(step));

const rows = many((step) => [step, -step / 2]);
const flat = Float32Array.from(rows.flat());
const sets = many((step) => [step % 5, 0, step % 2]);
const dense = Float32Array.from({ length: 5 * steps }, (_, i) => i % 2);
const labels = many((step) => 'abc'[step % 3]!);
const text = many((step) => `word${step % 7}`).join(' ');

const where = () => 'here';
const context = { steps, where: 'here' } as const;
const kept = { ...context, unknown: 'keep', alternatives: [text, labels] } as const;

interface Case {
  atOnce: (value: unknown) => unknown;
  inSlices: (value: unknown, slice: WorkSlice) => Promise<unknown>;
  isShort: (value: unknown) => boolean;
}

const scale = Normalization.of([1, 2], [3, 4]);

const input = (encoder: FeatureInput | MultihotInput): Case => ({
  atOnce: (x) => encoder.encode(x, 'here'),
  inSlices: (x, slice) => encoder.encodeInSlices(x, 'here', slice),
  isShort: (x) => encoder.isShort(x),
});

type Targets = TargetEncoder | LabelSequenceEncoder | SymbolSequenceEncoder | RowSequenceEncoder;

const target = (encoder: Targets, given: object = context): Case => ({
  atOnce: (y) => encoder.encode(y, given as never),
  inSlices: (y, slice) => encoder.encodeInSlices(y, given as never, slice),
  isShort: (y) => encoder.isShort(y),
});

const classes = TargetEncoder.known({ kind: 'classes', labels: ['a', 'b', 'c'] }, 'step')!;
const values = TargetEncoder.known(
  { kind: 'values', normalize: { mean: [1, 2], deviation: [3, 4] } },
  'step',
)!;
const multihot = TargetEncoder.known({ kind: 'multihot', size: 5 }, 'step')!;
const blanks = LabelSequenceEncoder.known({ kind: 'classes', labels: ['a', 'b', 'c'] })!;
const symbols = SymbolSequenceEncoder.known({ labels: ['word1', 'word2', 'a'] })!;
const forecast = RowSequenceEncoder.known({ kind: 'values', size: 2, normalize: false })!;

const wrong = <T>(all: readonly T[], item: unknown): unknown[] => [
  ...all.slice(0, -2),
  item,
  ...all.slice(-1),
];

const nan = flat.slice();
nan[nan.length - 3] = NaN;
const half = dense.slice();
half[half.length - 3] = 0.5;

describe.each<[string, Case, unknown[], unknown[]]>([
  [
    'rows read',
    input(new FeatureInput(2, scale)),
    [rows, flat],
    [wrong(rows, [1]), wrong(rows, [1, 1e300]), nan],
  ],
  ['sets read', input(new MultihotInput(5)), [sets, dense], [wrong(sets, [5]), wrong(sets, 'x'), half]],
  ['labels', target(classes), [labels], [wrong(labels, 'd'), wrong(labels, 1), labels.slice(1)]],
  [
    'labels that are measured',
    target(classes, { ...context, unknown: 'keep' }),
    [labels, wrong(labels, 'd')],
    [wrong(labels, 1)],
  ],
  ['rows of values', target(values), [rows, flat], [wrong(rows, [1, '2']), rows.slice(1), nan]],
  ['sets', target(multihot), [sets, dense], [wrong(sets, [-1]), sets.slice(1), half]],
  [
    'labels without places',
    target(blanks),
    [labels],
    [wrong(labels, 'd'), wrong(labels, 1), [...labels, 'a']],
  ],
  [
    'labels without places that are measured',
    target(blanks, { ...kept, alternatives: [labels] }),
    [labels],
    [],
  ],
  ['symbols', target(symbols), [text, labels], [wrong(labels, 1)]],
  ['symbols that are measured', target(symbols, kept), [text, labels], [wrong(labels, 1)]],
  ['rows to forecast', target(forecast), [rows, flat], [wrong(rows, [1]), nan]],
])('%s', (_what, { atOnce, inSlices, isShort }, right, refused) => {
  test('are the same in slices, between which the event loop goes on', async () => {
    for (const value of right) {
      const slice = new Impatient();
      expect(await inSlices(value, slice)).toEqual(atOnce(value));
      expect(slice.pauses).toBeGreaterThanOrEqual(3);
      expect(isShort(value)).toBe(false);
      expect(isShort((value as string | unknown[]).slice(0, 10))).toBe(true);
    }
  });

  test('are refused for the same reason', async () => {
    for (const value of refused) {
      const error = await rejection(inSlices(value, new Impatient()));
      expect(error).toHaveProperty('code');
      expect(() => atOnce(value)).toThrow(error as Error);
    }
  });
});

test.each<[string, (slice: WorkSlice) => Promise<unknown>]>([
  ['rows read', (slice) => InputEncoder.fit({ kind: 'features' } as never, [rows], where, slice)],
  ['sets read', (slice) => InputEncoder.fit({ kind: 'multihot' }, [sets], where, slice)],
  ['labels', (slice) => TargetEncoder.fit({ kind: 'classes' }, 'step', [labels], where, slice)],
  [
    'rows of values',
    (slice) => TargetEncoder.fit({ kind: 'values', normalize: true }, 'step', [rows], where, slice),
  ],
  ['sets', (slice) => TargetEncoder.fit({ kind: 'multihot' }, 'step', [sets], where, slice)],
  ['labels without places', (slice) => LabelSequenceEncoder.fit({ kind: 'classes' }, [labels], where, slice)],
  ['symbols', (slice) => SymbolSequenceEncoder.fit({}, [text], where, slice)],
  ['lists of symbols', (slice) => SymbolSequenceEncoder.fit({}, [labels], where, slice)],
])('what long %s teach is learned in slices', async (_what, learn) => {
  const slice = new Impatient();
  await learn(slice);
  expect(slice.pauses).toBeGreaterThanOrEqual(3);
});

describe('many labels', () => {
  const names = Array.from({ length: 2000 }, (_, i) => `label ${(i * 7) % 2000}`);

  test('are put in order in slices', async () => {
    const slice = new Impatient();
    const collected = await Labels.collect(new Set(names), slice);
    expect([...collected]).toEqual(names.toSorted());
    // As many for the runs that are sorted, for what is merged of them, and for the numbers.
    expect(slice.pauses).toBeGreaterThanOrEqual(3 * 4);
  });

  test('are taken in slices, or refused for the same reason as at once', async () => {
    const slice = new Impatient();
    expect(await Labels.inSlices(names, slice)).toEqual(Labels.of(names));
    expect(slice.pauses).toBeGreaterThanOrEqual(4);
    for (const labels of [[], [...names, 'label 3'], [...names, 5]]) {
      const error = await rejection(Labels.inSlices(labels, new Impatient()));
      expect(() => Labels.of(labels as string[])).toThrow(error as Error);
    }
  });
});

test('what long examples are known by is found in slices', async () => {
  const long = 2 ** 17;
  const examples = [
    {
      input: { length: long, tokens: new Int32Array(long) },
      target: { truth: labels, classes: new Int32Array(long) },
    },
  ];
  const slice = new Impatient();
  expect(await identityOf(examples, slice)).toEqual(await identityOf(examples));
  expect(slice.pauses).toBeGreaterThanOrEqual(3 + 3 + 3);
});
