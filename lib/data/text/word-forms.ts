import { GrowingIntegers } from '../../support/growing-integers';
import type { WorkSlice } from '../../support/work-slice';
import { pieces, tokenize } from './tokenizer';
import type { Vocabulary } from './vocabulary';

/** Characters that are taken in within a slice of work. */
const longWord = 1 << 14;

/**
 * The different words of a collection of sequences, with the ids of their characters: each word is cut into grapheme
 * clusters once, and a step only remembers which word it was. Lives as long as the encoded sequences that refer to it.
 */
export class WordForms {
  private readonly indexes = new Map<string, number>();
  private characters = new Int32Array(1024);
  /** [forms + 1] where the characters of each form begin. */
  private readonly begins = [0];
  private noted = new Int32Array();

  constructor(private readonly vocabulary: Vocabulary) {}

  /** The number of a word. */
  index(word: string): number {
    let index = this.indexes.get(word);
    if (index === undefined) {
      index = this.indexes.size;
      this.indexes.set(word, index);
      this.append(word);
    }
    return index;
  }

  /** A number for each word, to note something in while a batch is made. */
  places(): Int32Array {
    const { size } = this.indexes;
    if (this.noted.length < size) this.noted = new Int32Array(2 * size);
    return this.noted;
  }

  /** The ids of a word's characters, by its number. */
  of(index: number): Int32Array {
    return this.characters.subarray(this.begins[index], this.begins[index + 1]);
  }

  /** How many there are. */
  length(index: number): number {
    return this.begins[index + 1]! - this.begins[index]!;
  }

  /** Writes them, and gives the place behind them. */
  write(index: number, to: Int32Array, at: number): number {
    const { characters, begins } = this;
    const end = begins[index + 1]!;
    for (let from = begins[index]!; from < end; from++) to[at++] = characters[from]!;
    return at;
  }

  /** Takes in those of these words that are too long for a slice of work. */
  async addLong(words: readonly string[], slice: WorkSlice): Promise<void> {
    for (const word of words) {
      if (word.length <= longWord || this.indexes.has(word)) continue;
      const ids = new GrowingIntegers();
      for (const piece of pieces(word, 'characters')) {
        for (const character of piece) ids.push(this.vocabulary.id(character));
        if (slice.spent) await slice.pause();
      }
      this.indexes.set(word, this.indexes.size);
      const begin = this.makeRoom(ids.length);
      this.characters.set(ids.toArray(), begin);
      this.begins.push(begin + ids.length);
    }
  }

  private append(word: string): void {
    const begin = this.makeRoom(word.length);
    this.begins.push(begin + characterIds(word, this.vocabulary, this.characters.subarray(begin)));
  }

  /** Where so many characters more can be written. */
  private makeRoom(count: number): number {
    const begin = this.begins.at(-1)!;
    const end = begin + count;
    if (end > this.characters.length) {
      const larger = new Int32Array(2 * end);
      larger.set(this.characters);
      this.characters = larger;
    }
    return begin;
  }
}

/** Writes the ids of a word's characters, at most as many as it has UTF-16 units, and says how many there are. */
export function characterIds(word: string, vocabulary: Vocabulary, to: Int32Array): number {
  const characters = tokenize(word, 'characters');
  for (let i = 0; i < characters.length; i += 1) to[i] = vocabulary.id(characters[i]!);
  return characters.length;
}
