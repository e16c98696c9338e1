import { pieces, tokenize, type Tokenizer } from '../../lib/data/tokenizer';
import { Random } from '../../lib/data/random';

test('words keep punctuation, numbers and apostrophes, and no white space', () => {
  expect(tokenize(`I can't pay 3.50 for it,\t"Sir"…\n`, 'words')).toEqual([
    'I',
    `can't`,
    'pay',
    '3.50',
    'for',
    'it',
    ',',
    '"',
    'Sir',
    '"',
    '…',
  ]);
});

test('words of scripts without spaces come from dictionaries', () => {
  expect(tokenize('我爱北京天安门。', 'words')).toEqual(['我', '爱', '北京', '天安门', '。']);
});

test('white space of all kinds is no word', () => {
  expect(tokenize(' \t\r\n\u00a0\u0085\u2003\u3000', 'words')).toEqual([]);
});

test('characters are grapheme clusters, white space included', () => {
  expect(tokenize('e\u0301 👨‍👩‍👧🇫🇷\r\n한', 'characters')).toEqual(['e\u0301', ' ', '👨‍👩‍👧', '🇫🇷', '\r\n', '한']);
});

test('the empty text has no token', () => {
  expect(tokenize('', 'words')).toEqual([]);
  expect(tokenize('', 'characters')).toEqual([]);
});

const segmenters = {
  words: new Intl.Segmenter('en', { granularity: 'word' }),
  characters: new Intl.Segmenter('en', { granularity: 'grapheme' }),
};

/** What the segmenter says when it sees the whole text. */
function whole(text: string, tokenizer: Tokenizer): string[] {
  const segments = [...segmenters[tokenizer].segment(text)].map(({ segment }) => segment);
  return tokenizer === 'words'
    ? segments.filter((segment) => !/^\p{White_Space}+$/u.test(segment))
    : segments;
}

const samples =
  `a b é e\u0301 \u0301 ' . , : 1 2 _ " 我 爱 北京 。 ， カ タ ー が は 👍 👍🏽 👨‍👩‍👧 🇩🇪 🇫 \u200d \u200b ` +
  `ก ไทย 한국 \u1100 \u1161 א \ud83d \udc4d क्ष \u094d \u0600 \u00ad “ ” … €`;

test.each(['words', 'characters'] as const)(
  '%s of a text are those of its windows, wherever these begin',
  (tokenizer) => {
    const parts = [...samples.split(' '), ' ', '  ', '\n', '\r\n', '\r'];
    const random = new Random(3);
    for (let run = 0; run < 40; run++) {
      let text = '';
      while (text.length < 500) text += parts[random.below(parts.length)] as string;
      for (const window of [64, 100, 256]) {
        expect([...pieces(text, tokenizer, window)].flat()).toEqual(whole(text, tokenizer));
      }
    }
  },
);

test('every unit taken for a character of its own is one next to any other', () => {
  const wrong: string[] = [];
  for (let unit = 0; unit < 0xd800; unit++) {
    const text = `a${String.fromCharCode(unit)}b`;
    // Marks that join a neighbour are left to the segmenter; all others are split without it.
    if (tokenize(text, 'characters').join('|') !== whole(text, 'characters').join('|'))
      wrong.push(unit.toString(16));
  }
  expect(wrong).toEqual([]);
});

test('a token longer than the window stays whole', () => {
  const long = 'x'.repeat(5000);
  expect(tokenize(`a ${long} b`, 'words')).toEqual(['a', long, 'b']);
  const stacked = `e${'\u0301'.repeat(5000)}`;
  expect(tokenize(`a${stacked}b`, 'characters')).toEqual(['a', stacked, 'b']);
});

test('time grows with the length, not with its square', () => {
  const text = 'the quick brown fox jumps over the lazy dog. '.repeat(8000);
  const start = performance.now();
  expect(tokenize(text, 'words')).toHaveLength(80_000);
  // Half a second; the segmenter alone would take more than a minute.
  expect(performance.now() - start).toBeLessThan(15_000);
});
