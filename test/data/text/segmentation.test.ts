import { Segmentation } from '../../../lib/data/text/segmentation';

const words = new Intl.Segmenter('en', { granularity: 'word' });

/** A segmenter that counts the units V8 would copy: the whole of what it is shown, for each segment that is asked for. */
function counting(segmenter: Intl.Segmenter): { segmenter: Intl.Segmenter; copied: () => number } {
  let copied = 0;
  const segment = (text: string): Iterable<Intl.SegmentData> => ({
    *[Symbol.iterator]() {
      for (const data of segmenter.segment(text)) {
        copied += text.length;
        yield data;
      }
    },
  });
  return { segmenter: { segment } as unknown as Intl.Segmenter, copied: () => copied };
}

function segments(text: string, segmenter: Intl.Segmenter, window: number): string[] {
  const segmentation = new Segmentation(text, segmenter, window);
  const found: string[] = [];
  for (let begin = 0; begin < text.length;) {
    const end = segmentation.end(begin);
    if (end === undefined) continue;
    found.push(text.slice(begin, end));
    begin = end;
  }
  return found;
}

const texts = {
  'short words': 'ab '.repeat(20_000),
  'a long word before short ones': `${'ab'.repeat(20_000)} ${'a '.repeat(10_000)}`,
  'long words among short ones': `${'x'.repeat(3000)} ${'y '.repeat(1500)}`.repeat(10),
  'marks on one letter': `a${'\u0301'.repeat(60_000)} b`,
};

test.each(Object.entries(texts))('%s: segments are those of the whole text', (_name, text) => {
  expect(segments(text.slice(0, 6000), words, 100)).toEqual(
    [...words.segment(text.slice(0, 6000))].map(({ segment }) => segment),
  );
});

test.each(Object.entries(texts))('%s: what is copied grows with the length', (_name, text) => {
  const { segmenter, copied } = counting(words);
  const found = segments(text, segmenter, 256);
  // A window for each segment, and for a long segment a few times its length.
  expect(copied()).toBeLessThan(300 * found.length + 8 * text.length);
});
