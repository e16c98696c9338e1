import { GrowingIntegers } from '../../support/growing-integers';
import { integers } from '../../support/integers';
import type { WorkSlice } from '../../support/work-slice';
import type { EncodedSequence } from '../encoded';
import type { TokenNumbers } from '../text/token-numbers';
import type { Vocabulary } from '../text/vocabulary';
import type { WordForms } from '../text/word-forms';

/**
 * The texts that a vocabulary was learned from, so that to encode them they need not be cut and looked up a second time: each
 * is kept as the numbers of its tokens. Texts are taken back in the order in which they
 * were added; from one that does not come next on, none is known.
 */
export class CutTexts {
  private readonly texts: string[] = [];
  private readonly numbers: (Int32Array | undefined)[] = [];
  /** Of the text that is being added. */
  private readonly present = new GrowingIntegers();
  private taken = 0;
  /** The ids of the tokens, by number. */
  private ids = integers(0);

  constructor(private readonly tokens: TokenNumbers) {}

  /** Counts the next tokens of the text that is being added. */
  push(tokens: readonly string[]): void {
    for (let i = 0; i < tokens.length; i++) this.present.push(this.tokens.add(tokens[i] as string));
  }

  /** All tokens of a text have been pushed. Gives how many they were. */
  end(text: string): number {
    const { length } = this.present;
    this.texts.push(text);
    this.numbers.push(this.present.toArray());
    this.present.clear();
    return length;
  }

  /** From now on texts can be taken back. */
  async settle(vocabulary: Vocabulary, slice: WorkSlice): Promise<void> {
    this.ids = new Int32Array(this.tokens.size);
    let number = 0;
    for (const [token] of this.tokens) {
      this.ids[number] = vocabulary.id(token);
      number += 1;
      if (slice.spent) await slice.pause();
    }
  }

  /** This text, if it comes next. */
  take(text: string, forms?: WordForms): CutText | undefined {
    const numbers = this.texts[this.taken] === text ? this.numbers[this.taken] : undefined;
    this.numbers[this.taken] = undefined;
    this.taken += 1;
    if (numbers === undefined || this.taken === this.texts.length) {
      this.texts.length = 0;
      this.numbers.length = 0;
    }
    return numbers && new CutText(numbers, this.ids, this.tokens, forms);
  }

  /** Whether there is no text left to take. */
  get isEmpty(): boolean {
    return this.texts.length === 0;
  }
}

/** A text as the numbers of its tokens, and bit by bit as their ids. */
export class CutText {
  private readonly words: Int32Array | undefined;

  constructor(
    private readonly numbers: Int32Array,
    private readonly ids: Int32Array,
    private readonly tokens: TokenNumbers,
    private readonly forms: WordForms | undefined,
  ) {
    this.words = forms && integers(numbers.length);
  }

  get length(): number {
    return this.numbers.length;
  }

  /** These tokens, before they are encoded. */
  slice(begin: number, end: number): string[] {
    return Array.from(this.numbers.subarray(begin, end), (number) => this.tokens.token(number));
  }

  /** Writes the ids, and the words' forms where there are some, of these tokens: of each token once. */
  encode(begin: number, end: number): void {
    const { numbers, ids, tokens, forms, words } = this;
    for (let i = begin; i < end; i++) {
      const number = numbers[i]!;
      if (forms !== undefined) words![i] = forms.index(tokens.token(number));
      numbers[i] = ids[number]!;
    }
  }

  /** When all tokens have been encoded. */
  sequence(): EncodedSequence & { tokens: Int32Array } {
    const { numbers: tokens, forms, words } = this;
    const { length } = tokens;
    return forms === undefined ? { length, tokens } : { length, tokens, words: words!, forms };
  }
}
