import { encodeExamples } from '../../../lib/data/encoders/encode-examples';
import { InputEncoder } from '../../../lib/data/encoders/input-encoder';
import { SymbolSequenceEncoder } from '../../../lib/data/encoders/symbol-sequence';
import * as tokenizer from '../../../lib/data/text/tokenizer';
import { Impatient } from '../impatient';

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

/** Spent at every second look. */
class OftenImpatient extends Impatient {
  private looks = 0;

  override get spent(): boolean {
    this.looks += 1;
    return this.looks % 2 === 0;
  }
}

test('a long target text is measured with pauses, and as its words are', async () => {
  const text = 'the cat saw a dog, '.repeat(4000);
  const inputs = await InputEncoder.fit(spec, texts);
  const targets = await SymbolSequenceEncoder.fit({ tokenizer: 'words' }, ['the cat'], locate);
  const slice = new OftenImpatient();
  const [whole] = await encodeExamples([{ x: 'a', y: text }], inputs, targets, { unknown: 'keep', slice });
  const words = tokenizer.tokenize(text, 'words');
  const [listed] = await encodeExamples([{ x: 'a', y: words }], inputs, targets, { unknown: 'keep' });
  expect(whole).toEqual(listed);
  expect(slice.pauses).toBeGreaterThan(5);
});

test('the characters of a long word are taken in with pauses, and are those of its own', async () => {
  const long = 'catdog'.repeat(20_000);
  const training = [`the cat ${long} dog`];
  const encoder = await InputEncoder.fit({ ...spec, characters: {} }, training);
  const expected = encoder.encode(`the ${long} cat`);
  const charactersOf = ({ words, forms }: typeof expected): number[][] =>
    [...words!].map((word) => [...forms!.of(word)]);
  const withoutCharacters = await InputEncoder.fit(spec, training);
  for (const text of [...training, `the ${long} cat`]) {
    const [slice, other] = [new OftenImpatient(), new OftenImpatient()];
    const encoded = await encoder.encodeInSlices(text, 'x', slice, encoder.wordForms());
    await withoutCharacters.encodeInSlices(text, 'x', other);
    expect(slice.pauses).toBeGreaterThan(other.pauses + 10);
    expect(charactersOf(encoded)).toContainEqual(charactersOf(expected)[1]);
    expect(encoded.length).toBe(text.split(' ').length);
  }
});
