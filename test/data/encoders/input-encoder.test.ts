import type { InputSpec } from '../../../lib/architecture/architecture';
import { assembleBatch } from '../../../lib/data/batches/batch';
import type { EncodedSequence } from '../../../lib/data/encoded';
import { InputEncoder } from '../../../lib/data/encoders/input-encoder';
import type { Sequence } from '../../../lib/data/example';
import { Vocabulary } from '../../../lib/data/text/vocabulary';
import { failure, rejection } from '../failure';

/** A sequence as only plain JavaScript could pass it. */
function wrong(x: unknown): Sequence {
  return x as Sequence;
}

async function detached<A extends Float32Array | Int32Array>(array: A): Promise<A> {
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
  return Promise.resolve(array);
}

describe('tokens', () => {
  test('strings are cut into words, lists taken as they are, unknown tokens are 1', async () => {
    const encoder = await InputEncoder.fit({ kind: 'tokens' }, ['b a b.', ['a', 'b', 'x y']]);
    expect(encoder.kind).toBe('tokens');
    expect(encoder.size).toBe(6);
    expect(encoder.encode('b a, .')).toEqual({ length: 4, tokens: Int32Array.of(2, 3, 1, 4) });
    expect(encoder.encode(['x y', 'b', 'B'])).toEqual({ length: 3, tokens: Int32Array.of(5, 2, 1) });
    expect([...(encoder.rare() ?? [])]).toEqual([0, 0, 0, 0, 1, 1]);
  });

  test('characters', async () => {
    const encoder = await InputEncoder.fit({ kind: 'tokens', tokenizer: 'characters' }, ['emma e\u0301']);
    expect(encoder.encode('mae\u0301')).toEqual({ length: 3, tokens: Int32Array.of(2, 4, 6) });
  });

  test('ids are taken as they are, by an encoder of text too', async () => {
    const encoder = await InputEncoder.fit({ kind: 'tokens' }, ['a b']);
    const ids = Int32Array.of(0, 1, 3);
    const { tokens } = encoder.encode(ids);
    expect(tokens).toEqual(ids);
    expect(tokens).not.toBe(ids);
    expect(() => encoder.encode(Int32Array.of(2, 4), 'example 3')).toThrow(
      failure('ERR_DATA', 'example 3, step 1: expected an id from 0 to 3, found the number 4'),
    );
    expect(() => encoder.encode(Int32Array.of(-1))).toThrow(failure('ERR_DATA', 'step 0', 'the number -1'));
  });

  test('ids alone need no vocabulary; text then has no meaning', async () => {
    const encoder = await InputEncoder.fit({ kind: 'tokens' }, [Int32Array.of(5, 2), Int32Array.of()]);
    expect(encoder.size).toBe(6);
    expect(encoder.vocabulary).toBeUndefined();
    expect([...(encoder.rare() ?? [1])]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(encoder.encode('').length).toBe(0);
    expect(() => encoder.encode(['a'])).toThrow(failure('ERR_DATA', 'expected an Int32Array of ids'));
  });

  test('text and ids do not mix without a vocabulary', async () => {
    const mixed = InputEncoder.fit({ kind: 'tokens' }, ['a', Int32Array.of(2)]);
    expect(await rejection(mixed)).toEqual(failure('ERR_DATA', 'example 0 is text, but example 1'));
  });

  test('a given vocabulary is used as it is', async () => {
    const vocabulary = Vocabulary.of(['b', 'a']);
    const encoder = await InputEncoder.fit({ kind: 'tokens', vocabulary, minCount: 5 }, ['c c c']);
    expect(encoder.vocabulary).toBe(vocabulary);
    expect(encoder.encode('a b c').tokens).toEqual(Int32Array.of(3, 2, 1));
  });

  test('minCount makes rare tokens unknown', async () => {
    const encoder = await InputEncoder.fit({ kind: 'tokens', minCount: 2 }, ['a a b']);
    expect(encoder.encode('a b').tokens).toEqual(Int32Array.of(2, 1));
  });

  test('empty sequences have length 0', async () => {
    const encoder = await InputEncoder.fit({ kind: 'tokens' }, ['', []]);
    expect(encoder.size).toBe(2);
    expect(encoder.encode(' ')).toEqual({ length: 0, tokens: new Int32Array() });
  });

  test('long texts and lists give the same ids piece by piece', async () => {
    const text = 'one two three. '.repeat(3000);
    const encoder = await InputEncoder.fit({ kind: 'tokens' }, [text]);
    const list = Array.from({ length: 9000 }, (_, i) => ['one', 'two', 'nine'][i % 3] as string);
    const [fromText, fromList] = await encoder.encodeAll([text, list]);
    expect(fromText).toEqual(encoder.encode(text));
    expect(fromText?.length).toBe(12000);
    expect(fromList).toEqual(encoder.encode(list));
    expect([...(fromList?.tokens?.slice(-3) ?? [])]).toEqual([
      encoder.vocabulary?.id('one'),
      encoder.vocabulary?.id('two'),
      1,
    ]);
  });

  test.each([
    [['a', 1], 'example 0, step 1: expected a string, found the number 1'],
    [[['a', 'b']], 'step 0: expected a string, found a list of 2 beginning with "a"'],
    [[[1, 2]], 'step 0: expected a string'],
    // eslint keeps no sparse literals: this one has a hole.
    [Object.assign(new Array<string>(2), { 0: 'a' }), 'step 1: expected a string, found nothing'],
    [null, 'expected tokens (a string, a list of strings or an Int32Array of ids), found null'],
    [undefined, 'found nothing'],
    [7, 'found the number 7'],
    [{}, 'found an object'],
    [Float32Array.of(1), 'found a Float32Array of 1'],
  ])('%j are no tokens', async (x, message) => {
    expect(await rejection(InputEncoder.fit({ kind: 'tokens' }, [wrong(x)]))).toEqual(
      failure('ERR_DATA', message),
    );
    const encoder = await InputEncoder.fit({ kind: 'tokens' }, ['a']);
    expect(() => encoder.encode(x, 'example 0')).toThrow(failure('ERR_DATA', message));
  });

  test('a detached array is no empty sequence', async () => {
    const encoder = await InputEncoder.fit({ kind: 'tokens' }, ['a']);
    const ids = await detached(Int32Array.of(2));
    expect(() => encoder.encode(ids)).toThrow(failure('ERR_DATA', 'detached'));
  });
});

describe('characters of words', () => {
  const spec: InputSpec = { kind: 'tokens', characters: true };

  /** The characters of each step, by the ids of the encoder. */
  function spelled(encoder: InputEncoder, { words, forms }: EncodedSequence): string[][] {
    return [...words!].map((word) => [...forms!.of(word)].map((id) => encoder.characters!.token(id)));
  }

  test('are grapheme clusters; those never seen are unknown, and words may be new', async () => {
    const encoder = await InputEncoder.fit(spec, [
      ['ab', 'ae\u0301'],
      ['ab', 'b'],
    ]);
    // By the number of different words they stand in.
    expect(encoder.characters?.toJSON()).toEqual({ tokens: ['a', 'b', 'e\u0301'], counts: [2, 2, 1] });
    expect([...encoder.rareCharacters()!]).toEqual([0, 0, 0, 0, 1]);
    const encoded = encoder.encode(['ab', 'bae\u0301x', '', 'ab']);
    expect(encoded.tokens).toEqual(Int32Array.of(2, 1, 1, 2));
    expect(encoded.words).toEqual(Int32Array.of(0, 1, 2, 0));
    expect(spelled(encoder, encoded)).toEqual([
      ['a', 'b'],
      ['b', 'a', 'e\u0301', '<unknown>'],
      [],
      ['a', 'b'],
    ]);
  });

  test('a text is cut into words first', async () => {
    const encoder = await InputEncoder.fit(spec, ['a bc.']);
    expect(spelled(encoder, encoder.encode('bc, a'))).toEqual([['b', 'c'], ['<unknown>'], ['a']]);
  });

  test('sequences that are encoded together share their words, others do not', async () => {
    const encoder = await InputEncoder.fit(spec, [['ab', 'c']]);
    const [one, two] = await encoder.encodeAll([['ab'], ['c', 'ab']]);
    expect(one!.forms).toBe(two!.forms);
    expect([...two!.words!]).toEqual([1, 0]);
    expect(encoder.encode(['ab']).forms).not.toBe(one!.forms);
  });

  test('more words than there was room for at first', async () => {
    const words = Array.from({ length: 3000 }, (_, i) => `w${i}`);
    const encoder = await InputEncoder.fit(spec, [words]);
    const encoded = encoder.encode(words);
    expect(spelled(encoder, encoded).map((characters) => characters.join(''))).toEqual(words);
  });

  test('ids have the characters of their tokens; without a vocabulary there are none', async () => {
    const vocabulary = Vocabulary.of(['ab', 'c']);
    const encoder = await InputEncoder.fit({ ...spec, vocabulary }, [Int32Array.of(3)]);
    expect(InputEncoder.known({ ...spec, vocabulary })?.toJSON()).toEqual(encoder.toJSON());
    expect(spelled(encoder, encoder.encode(Int32Array.of(3, 1, 2, 0)))).toEqual([['c'], [], ['a', 'b'], []]);
    expect(await rejection(InputEncoder.fit(spec, [Int32Array.of(3)]))).toEqual(
      failure('ERR_DATA', 'example 0 is an Int32Array of ids, which have no characters'),
    );
  });

  test('the JSON form gives the same characters', async () => {
    const encoder = await InputEncoder.fit({ ...spec, minCount: 2 }, ['b abc b']);
    const copy = InputEncoder.fromJSON(JSON.parse(JSON.stringify(encoder)));
    expect(copy.encode('bcd ab')).toEqual(encoder.encode('bcd ab'));
    expect([...copy.rareCharacters()!]).toEqual([...encoder.rareCharacters()!]);
  });

  test('a batch knows nothing of the words of others', async () => {
    const encoder = await InputEncoder.fit(spec, [['ab', 'c', 'd']]);
    const examples = (await encoder.encodeAll([['ab', 'c'], ['d', 'c'], ['ab']])).map((input) => ({ input }));
    const words = [[0], [1], [0], [2]].map((indexes) => [...assembleBatch(examples, indexes).words!]);
    expect(words).toEqual([[0, 1], [0, 1], [0, 1], [0]]);
  });

  test('a batch names each of its words once', async () => {
    const encoder = await InputEncoder.fit(spec, [['ab', 'c', '']]);
    const inputs = await encoder.encodeAll([['ab', 'c'], ['', 'x', 'c'], [], ['ab', 'ab']]);
    // Of two tables, as a batch could be put together by hand.
    const examples = [...inputs, encoder.encode(['c'])].map((input) => ({ input }));
    expect(assembleBatch(examples, [1, 4, 3, 2])).toEqual({
      lengths: Int32Array.of(3, 1, 2, 0),
      tokens: Int32Array.of(2, 1, 4, 4, 3, 3),
      words: Int32Array.of(0, 1, 2, 3, 4, 4),
      characters: Int32Array.of(1, 4, 4, 2, 3),
      characterCounts: Int32Array.of(0, 1, 1, 1, 2),
    });
  });
});

describe('features', () => {
  const plain: InputSpec = { kind: 'features', normalize: false };

  test('rows and flat arrays give the same features', async () => {
    const encoder = await InputEncoder.fit(plain, [
      [
        [1, 2],
        [3, 4.5],
      ],
    ]);
    expect(encoder.size).toBe(2);
    const expected = { length: 2, features: Float32Array.of(1, 2, 3, 4.5) };
    expect(
      encoder.encode([
        [1, 2],
        [3, 4.5],
      ]),
    ).toEqual(expected);
    expect(encoder.encode(Float32Array.of(1, 2, 3, 4.5))).toEqual(expected);
    expect(encoder.encode([])).toEqual({ length: 0, features: new Float32Array() });
  });

  test('are copied', async () => {
    const encoder = await InputEncoder.fit({ ...plain, size: 1 }, []);
    const x = Float32Array.of(1);
    const { features } = encoder.encode(x);
    x[0] = 2;
    expect(features?.[0]).toBe(1);
  });

  test('are z-scored by default with the training data', async () => {
    const encoder = await InputEncoder.fit(
      { kind: 'features' },
      [[[1, 5]], Float32Array.of(3, 5)].slice(0, 1).concat([[[3, 5]]]),
    );
    expect(
      encoder.encode([
        [1, 5],
        [3, 6],
        [5, 5],
      ]).features,
    ).toEqual(Float32Array.of(-1, 0, 1, 1, 3, 0));
  });

  test('large numbers are fine if their z-scores are', async () => {
    const encoder = await InputEncoder.fit({ kind: 'features' }, [[[1e40], [3e40]]]);
    expect(encoder.encode([[1e40]]).features).toEqual(Float32Array.of(-1));
    const raw = await InputEncoder.fit(plain, [[[1]]]);
    expect(() => raw.encode([[1], [1e40]])).toThrow(failure('ERR_DATA', 'step 1, number 0', 'float32'));
  });

  test('a flat array does not tell the number of features', async () => {
    const fit = InputEncoder.fit({ kind: 'features' }, [[], Float32Array.of(1, 2)]);
    expect(await rejection(fit)).toEqual(
      failure('ERR_OPTION', 'example 1 is a Float32Array', '--input-size'),
    );
    const sized = await InputEncoder.fit({ kind: 'features', size: 2 }, [Float32Array.of(1, 2)]);
    expect(sized.size).toBe(2);
  });

  test.each<[unknown, 'ERR_DATA' | 'ERR_SHAPE', string]>([
    [[[1, 2], [1]], 'ERR_SHAPE', 'example 0, step 1: expected 2 numbers, found 1'],
    [[[1, 2, 3]], 'ERR_SHAPE', 'step 0: expected 2 numbers, found 3'],
    [Float32Array.of(1, 2, 3), 'ERR_SHAPE', 'a multiple of 2 numbers (steps × 2), found 3'],
    [[[1, NaN]], 'ERR_DATA', 'step 0, number 1: expected a finite number, found the number NaN'],
    [[[1, -Infinity]], 'ERR_DATA', 'the number -Infinity'],
    [Float32Array.of(1, 2, NaN, 4), 'ERR_DATA', 'step 1, number 0'],
    [[[1, '2']], 'ERR_DATA', 'found "2"'],
    [[[1, null]], 'ERR_DATA', 'found null'],
    [[1, 2], 'ERR_DATA', 'step 0: expected a list of 2 numbers, found the number 1'],
    [['a', 'b'], 'ERR_DATA', 'step 0: expected a list of 2 numbers, found "a"'],
    [[[[1, 2]]], 'ERR_SHAPE', 'step 0: expected 2 numbers, found 1'],
    [[[[1], [2]]], 'ERR_DATA', 'step 0, number 0: expected a finite number, found a list of 1'],
    ['text', 'ERR_DATA', 'expected rows of 2 numbers, found "text"'],
    [Int32Array.of(1, 2), 'ERR_DATA', 'found a Int32Array of 2'],
    [null, 'ERR_DATA', 'found null'],
  ])('%p are no features', async (x, code, message) => {
    const spec: InputSpec = { kind: 'features', size: 2 };
    expect(await rejection(InputEncoder.fit(spec, [wrong(x)]))).toEqual(failure(code, message));
    const encoder = await InputEncoder.fit(spec, [[[1, 2]]]);
    expect(() => encoder.encode(x, 'example 0')).toThrow(failure(code, message));
  });

  test('a length without rows behind it costs no memory', async () => {
    const encoder = await InputEncoder.fit({ ...plain, size: 100 }, []);
    expect(() => encoder.encode(new Array(2 ** 32 - 1))).toThrow(
      failure('ERR_DATA', 'step 0', 'found nothing'),
    );
  });

  test('a detached array is no empty sequence', async () => {
    const encoder = await InputEncoder.fit({ ...plain, size: 1 }, []);
    const x = await detached(Float32Array.of(1));
    expect(() => encoder.encode(x)).toThrow(failure('ERR_DATA', 'detached'));
  });
});

describe('multihot', () => {
  test('lists are sets: sorted, each index once', async () => {
    const encoder = await InputEncoder.fit({ kind: 'multihot' }, [[[4, 1], [], [1, 1, 0]]]);
    expect(encoder.size).toBe(5);
    expect(encoder.encode([[4, 1], [], [1, 1, 0]])).toEqual({
      length: 3,
      active: Int32Array.of(1, 4, 0, 1),
      activeCounts: Int32Array.of(2, 0, 2),
    });
  });

  test('rows of 0 and 1 in a Float32Array mean the same', async () => {
    const encoder = await InputEncoder.fit({ kind: 'multihot', size: 3 }, []);
    expect(encoder.encode(Float32Array.of(0, 1, 1, 0, 0, 0))).toEqual(encoder.encode([[1, 2], []]));
    expect(() => encoder.encode(Float32Array.of(0, 1, 0.5))).toThrow(
      failure('ERR_DATA', 'step 0, number 2: expected 0 or 1'),
    );
    expect(() => encoder.encode(Float32Array.of(0, 1))).toThrow(failure('ERR_SHAPE', 'multiple of 3'));
  });

  test.each([
    [[[0], [3]], 'example 0, step 1: expected indexes from 0 to 2, found the number 3'],
    [[[-1]], 'found the number -1'],
    [[[0.5]], 'found the number 0.5'],
    [[['0']], 'found "0"'],
    [[0, 1], 'step 0: expected a list of active indexes, found the number 0'],
    ['01', 'expected a list of active indexes for each step, found "01"'],
    [Int32Array.of(1), 'found a Int32Array of 1'],
  ])('%j are no active indexes', async (x, message) => {
    const encoder = await InputEncoder.fit({ kind: 'multihot', size: 3 }, []);
    expect(() => encoder.encode(x, 'example 0')).toThrow(failure('ERR_DATA', message));
  });

  test('without any active index the size has to be given', async () => {
    const fit = InputEncoder.fit({ kind: 'multihot' }, [[[], []]]);
    expect(await rejection(fit)).toEqual(failure('ERR_OPTION', 'size has to be given'));
  });
});

describe('JSON', () => {
  const cases: [InputSpec, Sequence[], Sequence][] = [
    [{ kind: 'tokens', tokenizer: 'characters' }, ['abc'], 'cab!'],
    [{ kind: 'tokens' }, [Int32Array.of(3)], Int32Array.of(1, 3)],
    [{ kind: 'features' }, [[[1], [2], [4]]], [[0.1]]],
    [{ kind: 'features', normalize: false }, [[[1]]], [[0.1]]],
    [{ kind: 'multihot' }, [[[7]]], [[1, 2]]],
  ];

  test.each(cases)('%j gives the same encoder back', async (spec, training, x) => {
    const encoder = await InputEncoder.fit(spec, training);
    const json: unknown = JSON.parse(JSON.stringify(encoder));
    const copy = InputEncoder.fromJSON(json);
    expect(copy.encode(x)).toEqual(encoder.encode(x));
    expect(copy.toJSON()).toEqual(json);
    expect([copy.kind, copy.size]).toEqual([encoder.kind, encoder.size]);
  });

  test.each([
    [undefined],
    ['tokens'],
    [{ kind: 'other' }],
    [{ kind: 'tokens' }],
    [{ kind: 'tokens', tokenizer: 'lines', vocabulary: { tokens: [], counts: [] } }],
    [{ kind: 'tokens', ids: 0 }],
    [{ kind: 'features', size: 1.5 }],
    [{ kind: 'features', size: 2, normalization: { mean: [0], deviation: [1] } }],
    [{ kind: 'multihot', size: 2 ** 31 }],
  ])('%j is no encoder', (json) => {
    expect(() => InputEncoder.fromJSON(json)).toThrow(failure('ERR_DATA', 'input encoder'));
  });
});
