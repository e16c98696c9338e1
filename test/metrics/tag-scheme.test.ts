import { detectScheme, splitTag } from '../../lib/metrics/tag-scheme';

test.each([
  ['O B-PER I-PER B-LOC', 'IOB2'],
  ['B-a I-a', 'IOB2'],
  ['O B-fromloc.city_name I-fromloc.city_name B-round_trip', 'IOB2'],
  ['O I-PER B-PER I-LOC', 'IOB1'],
  ['O I-PER', 'IOB1'],
  ['O I-a E-a', 'IOE'],
  ['O B-a I-a E-a S-a', 'BIOES'],
  ['O B-a E-a S-b', 'BIOES'],
  ['B M E S', 'BMES'],
  ['O B-a M-a E-a S-a', 'BMES'],
  ['O B-a I-a L-a U-a', 'BILOU'],
  ['O B I', 'IOB2'],
  ['B I E S O', 'BIOES'],
])('%s are %s', (labels, scheme) => {
  expect(detectScheme(labels.split(' '))).toBe(scheme);
});

test.each([
  ['ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X'],
  ['O'],
  ['positive negative'],
  ['0 1 2 3 4 5'],
  ['S M L'],
  ['S M L B'],
  ['B I'],
  ['I-80 I-95'],
  ['S-bend E-mail'],
  ['B-side other'],
  ['O B-a I'],
  ['O B-a I-a M-a'],
  ['O B-a E-a L-a'],
  ['O B- I-'],
  ['O B-a -DOCSTART-'],
  ['B-NP I-NP O NN'],
])('%s are no tags', (labels) => {
  expect(detectScheme(labels.split(' '))).toBeUndefined();
});

test('no labels are no tags', () => {
  expect(detectScheme([])).toBeUndefined();
});

test('a tag is cut at the first hyphen', () => {
  expect(splitTag('B-a-b')).toEqual({ prefix: 'B', type: 'a-b' });
  expect(splitTag('E')).toEqual({ prefix: 'E', type: '' });
  for (const other of ['O', 'O-a', 'X-a', 'Ba', 'B-', '', 'b-a']) expect(splitTag(other).prefix).toBe('O');
});
