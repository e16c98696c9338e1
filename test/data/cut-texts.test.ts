import { InputEncoder } from '../../lib/data/input-encoder';
import { SymbolSequenceEncoder } from '../../lib/data/symbol-sequence';
import * as tokenizer from '../../lib/data/tokenizer';

const texts = ['the cat sat', '', 'a dog, the cat', 'the cat sat', 'dog '.repeat(3000), 'one 漢字 word'];

const spec = { kind: 'tokens', tokenizer: 'words', minCount: 2 } as const;

const locate = (index: number): string => `example ${index}`;

/** How often a text was cut into words while something was done. */
async function cuts(work: () => Promise<void>): Promise<number> {
  const spy = jest.spyOn(tokenizer, 'pieces');
  try {
    await work();
    return spy.mock.calls.filter(([, kind]) => kind === 'words').length;
  } finally {
    spy.mockRestore();
  }
}

test('the texts of the training data are cut once, to learn the vocabulary and to be encoded', async () => {
  const count = await cuts(async () => {
    const encoder = await InputEncoder.fit(spec, texts);
    const encoded = await encoder.encodeAll(texts);
    const other = InputEncoder.fromJSON(JSON.parse(JSON.stringify(encoder)));
    expect(encoded).toEqual(texts.map((text) => other.encode(text)));
  });
  expect(count).toBe(2 * texts.length);
});

test.each([
  ['in another order', [...texts].reverse()],
  ['of which some are new', ['new', ...texts, 'the new cat']],
  ['of which some are lists', [texts[0]!, ['the', 'cat'], ...texts.slice(1)]],
  ['that break off', texts.slice(0, 2)],
])('texts %s are encoded as any other', async (_name, given) => {
  const encoder = await InputEncoder.fit(spec, texts);
  const encoded = await encoder.encodeAll(given);
  const again = await encoder.encodeAll(given);
  expect(encoded).toEqual(again);
});

test('the characters of the words of a training text are known', async () => {
  const encoder = await InputEncoder.fit({ ...spec, characters: {} }, texts);
  const [first] = await encoder.encodeAll(texts);
  const [expected] = await encoder.encodeAll(['the cat sat']);
  expect([...first!.words!].map((word) => [...first!.forms!.of(word)])).toEqual(
    [...expected!.words!].map((word) => [...expected!.forms!.of(word)]),
  );
});

test('target texts are cut once, too', async () => {
  let encoder: SymbolSequenceEncoder;
  const count = await cuts(async () => {
    encoder = await SymbolSequenceEncoder.fit({ tokenizer: 'words' }, texts, locate);
    for (const [i, y] of texts.entries()) {
      const { classes, steps } = encoder.encode(y, { where: locate(i) });
      const words = y.match(/\w+|,/g) ?? [];
      if (!y.includes('漢')) expect([...classes!].map((id) => encoder.vocabulary.token(id))).toEqual(words);
      expect(steps).toBe(classes!.length);
    }
  });
  expect(count).toBe(texts.length);
  expect(encoder!.longest).toBe(3000);
});
