import type { Batch } from '../../../binding';
import type { EncodedSequence } from '../encoded';
import type { WordForms } from '../text/word-forms';

/** The words of a batch, each once: the native core reads the characters of a word only once however often it occurs. */
export function distinctWords(
  sequences: readonly EncodedSequence[],
): Required<Pick<Batch, 'characters' | 'characterCounts' | 'words'>> {
  const words = new Int32Array(sequences.reduce((sum, { length }) => sum + length, 0));
  const distinct = new DistinctWords();
  let step = 0;
  for (const { words: indexes, forms } of sequences as readonly Required<EncodedSequence>[]) {
    const places = forms.places();
    for (let i = 0; i < indexes.length; i++) words[step++] = distinct.place(forms, indexes[i]!, places);
  }
  return { ...distinct.characters(), words };
}

/**
 * A set of words that is empty at the beginning without anything being cleared, however many words there are (Briggs and Torczon
 * 1993): the place that is noted for a word counts only if the word stands there.
 */
class DistinctWords {
  private readonly forms: WordForms[] = [];
  private readonly indexes: number[] = [];

  /** Where a word stands in the set; adds it if it is not there. */
  place(forms: WordForms, index: number, places: Int32Array): number {
    const noted = places[index]!;
    const isThere = noted < this.indexes.length && this.indexes[noted] === index;
    if (isThere && this.forms[noted] === forms) return noted;
    this.forms.push(forms);
    return (places[index] = this.indexes.push(index) - 1);
  }

  /** Those of all words, one word after the other, and how many each has. */
  characters(): Required<Pick<Batch, 'characters' | 'characterCounts'>> {
    const { forms, indexes } = this;
    const characterCounts = new Int32Array(indexes.length);
    let total = 0;
    for (let place = 0; place < indexes.length; place++) {
      total += characterCounts[place] = forms[place]!.length(indexes[place]!);
    }
    const characters = new Int32Array(total);
    let at = 0;
    for (let place = 0; place < indexes.length; place++) {
      at = forms[place]!.write(indexes[place]!, characters, at);
    }
    return { characters, characterCounts };
  }
}
