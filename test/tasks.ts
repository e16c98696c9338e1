import { ManyToOne } from '../lib/index';
import type {
  CellSpec,
  EncoderDecoderArchitecture,
  ErrorCode,
  Example,
  ManyToManyArchitecture,
  ManyToOneArchitecture,
} from '../lib/index';
import { Random } from '../lib/support/random';

/** Cells that a file of version 1 does not know; every model here has more units than 5. */
export const laterCells: readonly CellSpec[] = [
  { kind: 'lstm', peepholes: true },
  { kind: 'lstm', projection: 5 },
  { kind: 'lstm', peepholes: true, projection: 5 },
  { kind: 'lstm', layerNorm: true },
  { kind: 'lstm', peepholes: true, projection: 5, layerNorm: true },
  { kind: 'gru', layerNorm: true },
  { kind: 'mingru' },
];

/** Small tasks that a recurrent network learns in a second. */

const words = ['ant', 'bee', 'cat', 'dog', 'elk', 'fox'];

function randomWords(random: Random, shortest: number, longest: number): string[] {
  const length = shortest + random.below(longest - shortest + 1);
  return Array.from({ length }, () => words[random.below(words.length)]!);
}

/** Many-to-one: the label is the first word, however long the sequence. */
export function firstWord(count: number, seed: number): Example[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const x = randomWords(random, 1, 9);
    return { x, y: x[0]! };
  });
}

export const firstWordModel = {
  cell: 'lstm',
  hidden: 16,
  input: { kind: 'tokens', embedding: 8 },
  output: { kind: 'classes' },
} satisfies ManyToOneArchitecture;

/** A model fitted to 200 examples for one epoch, unless told otherwise. */
export async function trained(options: object = {}): Promise<ManyToOne<'classes'>> {
  const model = new ManyToOne(firstWordModel);
  await model.fit(firstWord(200, 1), { epochs: 1, ...options });
  return model;
}

/** Matches an error of this package with this code. */
export function bpttError(code: ErrorCode): Error {
  return expect.objectContaining({ name: 'BpttError', code }) as Error;
}

/** Many-to-many: B-x where a word stands for the first time, I-x if it has just been there, else O. */
export function tags(count: number, seed: number): Example[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const x = randomWords(random, 1, 9);
    const y = x.map((word, step) => {
      if (word === 'ant') {
        return x[step - 1] === 'ant' ? 'I-ant' : 'B-ant';
      }
      return 'O';
    });
    return { x, y };
  });
}

export const tagsModel = {
  cell: 'gru',
  hidden: 12,
  bidirectional: true,
  input: { kind: 'tokens', embedding: 8 },
  output: { kind: 'classes' },
} satisfies ManyToManyArchitecture;

/** Many-to-many: the next value of a sine, of which each sequence has another phase and frequency. */
export function sine(count: number, seed: number): Example[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const phase = random.below(1000) / 100;
    const step = 0.2 + random.below(100) / 500;
    const at = (time: number): number => Math.sin(phase + step * time);
    const length = 5 + random.below(20);
    return {
      x: Array.from({ length }, (_, time) => [at(time), 5 * at(time) + 3]),
      y: Array.from({ length }, (_, time) => [at(time + 1)]),
    };
  });
}

export const sineModel = {
  cell: 'gru',
  hidden: 16,
  input: { kind: 'features' },
  output: { kind: 'values' },
} satisfies ManyToManyArchitecture;

/** Many-to-one: which of eight keys were pressed an odd number of times. */
export function oddKeys(count: number, seed: number): Example[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const counts = new Array<number>(4).fill(0);
    const x = Array.from({ length: random.below(5) }, () => {
      const keys = [0, 1, 2, 3].filter(() => random.below(3) === 0);
      for (const key of keys) {
        counts[key]! += 1;
      }
      return keys;
    });
    return { x, y: [0, 1, 2, 3].filter((key) => counts[key]! % 2 === 1) };
  });
}

export const oddKeysModel = {
  cell: 'lstm',
  hidden: 24,
  input: { kind: 'multihot', size: 4, embedding: 0 },
  output: { kind: 'multihot', size: 4 },
} satisfies ManyToOneArchitecture;

/** CTC: labels of 2…4 steps each with a pause of 0…2 steps around them; where two are equal there is a pause. */
export function spoken(count: number, seed: number): { x: number[][]; y: string[] }[] {
  const random = new Random(seed);
  const names = ['do', 're', 'mi'];
  return Array.from({ length: count }, () => {
    const x: number[][] = [];
    const y: string[] = [];
    const say = (steps: number, sounding: number): void => {
      for (let step = 0; step < steps; step++) {
        x.push(names.map((_, i) => (i === sounding ? 1 : 0) + random.below(100) / 400));
      }
    };
    for (let length = random.below(5), last = -1; length > 0; length--) {
      const next = random.below(names.length);
      say(next === last ? 2 : random.below(3), -1);
      say(2 + random.below(3), next);
      y.push(names[next]!);
      last = next;
    }
    say(1 + random.below(2), -1);
    return { x, y };
  });
}

/** Encoder–decoder: letters, and the same in the reverse order. */
export function reversals(count: number, seed: number): { x: string; y: string }[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const letters = Array.from({ length: 1 + random.below(5) }, () => 'abcd'[random.below(4)]!);
    return { x: letters.join(''), y: letters.toReversed().join('') };
  });
}

export const reversalsModel = {
  cell: 'lstm',
  hidden: 24,
  bidirectional: true,
  input: { kind: 'tokens', tokenizer: 'characters', embedding: 8 },
  output: { kind: 'classes' },
  decoder: { input: { kind: 'tokens', tokenizer: 'characters', embedding: 8 } },
} satisfies EncoderDecoderArchitecture;

/** Encoder–decoder: the next 6 values of a sine around 20 from 12 of them. */
export function tides(count: number, seed: number): { x: number[][]; y: number[][] }[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const phase = random.below(1000) / 100;
    const at = (time: number): number[] => [20 + 5 * Math.sin(phase + time / 2)];
    return {
      x: Array.from({ length: 12 }, (_, time) => at(time)),
      y: Array.from({ length: 6 }, (_, time) => at(12 + time)),
    };
  });
}

export const tidesModel = {
  cell: 'gru',
  hidden: 16,
  input: { kind: 'features' },
  output: { kind: 'values' },
} satisfies EncoderDecoderArchitecture;
