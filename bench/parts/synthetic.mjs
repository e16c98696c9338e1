// Data of the sizes of real sets, made from a seed, for parts that measure speed and memory only.

/** Whole numbers below a limit, the same on every machine. */
export function generator(seed) {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/**
 * Sentences with a label for each word: by default as many as the requests of a travel agency's callers have, 4,978 of 1 to 46
 * words, 11 on average, 900 different words, 120 labels.
 */
export function taggedSentences({ count = 4978, longest = 46, mean = 11, words = 900, labels = 120 } = {}) {
  const below = generator(7);
  const deviation = mean / 6;
  const length = () => {
    if (below(100) === 0) return 1 + below(longest);
    const normal = [0, 0, 0, 0].reduce((sum) => sum + below(1000) / 1000 - 0.5, 0);
    return Math.min(longest, Math.max(1, Math.round(mean + 3 * deviation * normal)));
  };
  return Array.from({ length: count }, () => {
    // The product of two draws makes low numbers frequent, as words are.
    const sentence = Array.from({ length: length() }, () => Math.floor((below(words) * below(words)) / words));
    return { x: sentence.map((word) => `word${word}`), y: sentence.map((word) => `label${word % labels}`) };
  });
}

/** Sentences with one of two labels. */
export function labelledSentences(sizes) {
  return taggedSentences(sizes).map(({ x, y }) => ({ x, y: y[0] < 'label5' ? 'no' : 'yes' }));
}

/** A text of lower case, capitals, digits and spaces. */
export function text(length) {
  const below = generator(11);
  const characters = ' abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,';
  return Array.from({ length }, () => characters[Math.floor((below(65) * below(65)) / 65)]).join('');
}
