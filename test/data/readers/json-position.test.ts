import { jsonErrorAt } from '../../../lib/data/readers/json-position';
import { Random } from '../../../lib/support/random';

test.each([
  ['', 0],
  ['  ', 2],
  ['{"a":1', 6],
  ['{a:1}', 1],
  ['{"a" 1}', 5],
  ['{"a":1,}', 7],
  ['{"a":1}}', 7],
  ['[1 2]', 3],
  ['[,1]', 1],
  ['[1,]', 3],
  ['[1}', 2],
  ['[01]', 2],
  ['[1.]', 2],
  ['[-]', 1],
  ['nul', 0],
  ['"abc', 4],
  ['"a\nb"', 2],
  ['"\\x"', 2],
  ['"\\u12g4"', 5],
  ['"\\u12', 5],
  ['"\\', 2],
  ['[NaN]', 1],
  ["{'a':1}", 1],
  ['{"x":["a"],"y":"b"} x', 20],
])('%j stops being JSON at %i', (text, position) => {
  expect(jsonErrorAt(text)).toBe(position);
});

test('deep nesting is no matter', () => {
  const deep = '['.repeat(1_000_000);
  expect(jsonErrorAt(deep)).toBe(1_000_000);
  expect(jsonErrorAt(`${deep}}`)).toBe(1_000_000);
});

test('what stands before the place can be completed, and what is JSON is read to its end', () => {
  const good = '{"x": ["a\\u00e9\\n", -1.5e+3, [], {}, true, null], "y": {"z": [[0]], "w": ""}}';
  expect(jsonErrorAt(good)).toBe(good.length);
  const random = new Random(4);
  for (let run = 0; run < 2000; run++) {
    const place = random.below(good.length);
    const change = '{}[]",:x1 \n\\'.charAt(random.below(12));
    const text = good.slice(0, place) + change + good.slice(place + 1);
    let valid = true;
    try {
      JSON.parse(text);
    } catch {
      valid = false;
    }
    const found = jsonErrorAt(text);
    if (valid) expect(found).toBe(text.length);
    // A change is noticed where it stands or later, never before; a word is looked at as a whole.
    else expect(found).toBeGreaterThanOrEqual(place - 5);
  }
});
