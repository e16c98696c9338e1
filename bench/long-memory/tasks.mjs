// Two problems that cannot be solved without remembering what was read long ago. Both are made by a seed.

/** Random numbers in [0, 1), the same ones for the same seed (Mulberry32). */
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The adding problem (Hochreiter and Schmidhuber 1997, section 5.4; in the form of Le et al. 2015 and Arjovsky et al. 2016).
 * x: T pairs of a value, uniform in [0, 1), and a marker, which is 1 at one step of the first half and at one of the second, else
 * 0. y: the sum of the two marked values. Whoever always answers 1 has a mean squared error of 1/6.
 */
export function* addingProblem(T, count, seed) {
  const random = randomNumbers(seed);
  for (let i = 0; i < count; i++) {
    const x = new Float32Array(2 * T);
    for (let t = 0; t < T; t++) x[2 * t] = random();
    const half = Math.floor(T / 2);
    const first = Math.floor(random() * half);
    const second = half + Math.floor(random() * (T - half));
    x[2 * first + 1] = 1;
    x[2 * second + 1] = 1;
    yield { x, y: Float32Array.of(x[2 * first] + x[2 * second]) };
  }
}

export const copySymbols = 10;
const alphabet = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const blank = '.';
const recall = '!';

/**
 * Copy memory (Hochreiter and Schmidhuber 1997, section 5.3, in the form of Arjovsky et al. 2016). x: ten symbols out of eight,
 * T − 1 blanks, a sign to recall, ten blanks. y: T + 10 blanks, then the ten symbols. Whoever remembers nothing knows where the
 * blanks are and guesses the symbols: a loss of 10 ln 8 / (T + 20) nats a step, and an eighth of the symbols right.
 */
export function* copyMemory(T, count, seed) {
  const random = randomNumbers(seed);
  const blanks = (length) => new Array(length).fill(blank);
  for (let i = 0; i < count; i++) {
    const symbols = Array.from(
      { length: copySymbols },
      () => alphabet[Math.floor(random() * alphabet.length)],
    );
    yield {
      x: [...symbols, ...blanks(T - 1), recall, ...blanks(copySymbols)],
      y: [...blanks(T + copySymbols), ...symbols],
    };
  }
}
