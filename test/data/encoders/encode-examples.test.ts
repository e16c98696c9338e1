import { encodeExamples } from '../../../lib/data/encoders/encode-examples';
import { InputEncoder } from '../../../lib/data/encoders/input-encoder';
import { TargetEncoder } from '../../../lib/data/encoders/target-encoder';
import { FileExample } from '../../../lib/data/example';
import { failure, rejection } from '../failure';

async function tagger() {
  const inputs = await InputEncoder.fit({ kind: 'tokens' }, ['a b']);
  const targets = await TargetEncoder.fit({ kind: 'classes', labels: ['O', 'B'] }, 'step', []);
  return { inputs, targets };
}

test('inputs and targets, checked against each other', async () => {
  const { inputs, targets } = await tagger();
  expect(await encodeExamples([{ x: 'b a', y: ['B', 'O'] }], inputs, targets)).toEqual([
    {
      input: { length: 2, tokens: Int32Array.of(3, 2) },
      target: { classes: Int32Array.of(1, 0) },
    },
  ]);
});

test('the example at fault is named, by file and line if it was read from one', async () => {
  const { inputs, targets } = await tagger();
  const good = { x: 'a', y: ['O'] };
  const short = { x: 'a b', y: ['O'] };
  expect(await rejection(encodeExamples([good, short], inputs, targets))).toEqual(
    failure('ERR_SHAPE', 'example 1: x has 2 steps and y 1'),
  );
  const unknown = new FileExample('train.jsonl', 9, { x: 'a', y: ['X'] });
  expect(await rejection(encodeExamples([good, unknown], inputs, targets))).toEqual(
    failure('ERR_DATA', 'train.jsonl:9, step 0: unknown label "X"'),
  );
  const [kept] = await encodeExamples([unknown], inputs, targets, { unknown: 'keep' });
  expect(kept?.target).toEqual({ classes: Int32Array.of(-1), truth: ['X'] });
});

test('a timer is served while much is encoded', async () => {
  const { inputs, targets } = await tagger();
  const sentence = { x: 'a b '.repeat(20), y: new Array<string>(40).fill('O') };
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await encodeExamples(new Array<typeof sentence>(3000).fill(sentence), inputs, targets);
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(5);
});

test.each([null, 'c', 5, {}, new Set(['c'])])(
  'alternatives that are %p are no list',
  async (alternatives) => {
    const { inputs, targets } = await tagger();
    const example = { x: 'a', y: ['O'], alternatives };
    for (const unknown of ['error', 'keep'] as const) {
      expect(await rejection(encodeExamples([example], inputs, targets, { unknown }))).toEqual(
        failure('ERR_DATA', 'example 0, alternatives: expected a list of further right answers'),
      );
    }
  },
);
