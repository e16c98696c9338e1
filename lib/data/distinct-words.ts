import type { Batch } from '../../binding';
import type { EncodedSequence } from './encoded';
import type { WordForms } from './word-forms';

/** The words of a batch, each once: the native core reads the characters of a word only once however often it occurs. */
export function distinctWords(
  sequences: readonly EncodedSequence[],
): Required<Pick<Batch, 'characters' | 'characterCounts' | 'words'>> {
  const words = new Int32Array(sequences.reduce((sum, { length }) => sum + length, 0));
  const characters: Int32Array[] = [];
  const places = new Map<WordForms, Map<number, number>>();
  let step = 0;
  for (const { words: indexes, forms } of sequences as readonly Required<EncodedSequence>[]) {
    let placeOf = places.get(forms);
    if (placeOf === undefined) {
      placeOf = new Map();
      places.set(forms, placeOf);
    }
    for (const index of indexes) {
      let place = placeOf.get(index);
      if (place === undefined) {
        place = characters.push(forms.of(index)) - 1;
        placeOf.set(index, place);
      }
      words[step] = place;
      step += 1;
    }
  }
  const characterCounts = Int32Array.from(characters, ({ length }) => length);
  const all = new Int32Array(characterCounts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (const ids of characters) {
    all.set(ids, at);
    at += ids.length;
  }
  return { characters: all, characterCounts, words };
}
