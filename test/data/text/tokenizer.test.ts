import { pieces, tokenize, type Tokenizer } from '../../../lib/data/text/tokenizer';
import { Random } from '../../../lib/support/random';

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

const samples = [
  ...`a b é e\u0301 \u0301 ' ’ . , : ; · 1 2 23 _ " ! ? - © ™ 1\ufe0f\u20e3 \u202f \u00a0 \u0085 \u3000 我 爱 北京 。 ， カ タ ー が は`.split(
    ' ',
  ),
  ...`ｶﾞ 👍 👍🏽 👨‍👩‍👧 🇩🇪 🇫 \u200d \u200b \u2060 \ufeff ก ไทย 한국 가 \u1100 \u1161 \u11a8 א ש"ל \ud83d \udc4d क क्ष \u094d \u0903 \u0600`.split(
    ' ',
  ),
  ...`\u00ad “ ” … € ٣ \u066b ، العربية \u064b д жук ά հայ ʹ ˗ ª ¸ ⅷ ½ \u0e33 \u0d4e བོད 𝐀 𞤀 \u{1f3fb} \u{e0101} ﬁ Ａ ＇ ＿ \u2044`.split(
    ' ',
  ),
  ...`don't 3.14 1,000 12:30 a:b x@y.z http://x.y/z?q=1 ’tis rock’n’roll U.S.A. \u0483 \u2028 \0 \x7f \u001c`.split(
    ' ',
  ),
  ...[' ', '  ', '\n', '\r\n', '\r', '\t', ' \u0301', '\n\u0301'],
];

/** A few of the samples again and again, and now and then any other. */
function randomText(random: Random, length: number): string {
  const pick = (from: readonly string[]): string => from[random.below(from.length)] as string;
  const few = Array.from({ length: 1 + random.below(12) }, () => pick(samples));
  let text = '';
  while (text.length < length) text += pick(random.below(4) > 0 ? few : samples);
  return text;
}

test.each(['words', 'characters'] as const)('%s are those of the segmenter for any text', (tokenizer) => {
  const random = new Random(11);
  for (let run = 0; run < 2000; run++) {
    const text = randomText(random, 1 + random.below(60));
    const [found, expected] = [tokenize(text, tokenizer), whole(text, tokenizer)];
    // A comparison of lists by Jest takes longer than the cutting.
    if (found.join('\u0000|') !== expected.join('\u0000|')) expect(found).toEqual(expected);
  }
});

test.each(['words', 'characters'] as const)(
  '%s of a text are those of its windows, wherever these begin',
  (tokenizer) => {
    const random = new Random(3);
    for (let run = 0; run < 40; run++) {
      const text = randomText(random, 500);
      for (const window of [64, 100, 256]) {
        expect([...pieces(text, tokenizer, window)].flat()).toEqual(whole(text, tokenizer));
      }
    }
  },
);

const neighbours: readonly ((unit: string) => string)[] = [
  (unit) => `a${unit}b`,
  (unit) => `1${unit}2`,
  (unit) => `${unit}${unit}a`,
  (unit) => `a'${unit}`,
  (unit) => `1,${unit},1`,
  (unit) => `${unit}'a ${unit}\u0301`,
  (unit) => `漢${unit}カ _${unit}_`,
  (unit) => `!${unit}\u0301!${unit}`,
];

test.each(['words', 'characters'] as const)(
  'every unit of %s is what the segmenter takes it for',
  (tokenizer) => {
    const wrong: string[] = [];
    for (let unit = 0; unit < 2 ** 16; unit++) {
      const text = neighbours.map((around) => around(String.fromCharCode(unit))).join('\n');
      if (tokenize(text, tokenizer).join('|') !== whole(text, tokenizer).join('|'))
        wrong.push(unit.toString(16));
    }
    expect(wrong).toEqual([]);
  },
);

test('a token longer than the window stays whole', () => {
  for (const long of ['x'.repeat(5000), 'ש'.repeat(5000), `é${'\u0301'.repeat(5000)}`]) {
    expect(tokenize(`a ${long} b`, 'words')).toEqual(['a', long, 'b']);
    expect(tokenize(`a ${long}א b`, 'words')).toEqual(['a', `${long}א`, 'b']);
  }
  const stacked = `e${'\u0301'.repeat(5000)}`;
  expect(tokenize(`a${stacked}b`, 'characters')).toEqual(['a', stacked, 'b']);
  expect(tokenize(`a${stacked}\u200db`, 'characters')).toEqual(['a', `${stacked}\u200d`, 'b']);
  const family = '👩\u200d'.repeat(2000);
  expect(tokenize(`a${family}b`, 'characters')).toEqual(['a', family, 'b']);
});

test('a long text comes in small pieces, a long word too', () => {
  for (const text of ['the quick brown fox. '.repeat(2000), 'a'.repeat(40_000), '我爱北京。'.repeat(2000)]) {
    for (const tokenizer of ['words', 'characters'] as const) {
      const parts = [...pieces(text, tokenizer)];
      expect(parts.length).toBeGreaterThanOrEqual(text.length / 5000);
      expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(4096);
    }
  }
});
