import { jsonPieces, parseInSlices } from '../../lib/files/json-in-slices';
import { WorkSlice } from '../../lib/support/work-slice';

const words = Array.from({ length: 5000 }, (_, i) => `w"\\\n\u2028\ud800 [,{}]: ${i}é`);

const values: unknown[] = [
  { tokens: words, counts: words.map((_, i) => i * 1.5), empty: [], none: {}, no: null, yes: true },
  [words, [[words]], { a: words }, -1e-7, 'x'],
  { a: { b: [1, 2, { c: words }] }, '': words },
  words,
  JSON.parse(`{"__proto__":${JSON.stringify(words)},"a":1,"a":2}`),
  'x'.repeat(100_000),
];

test('pieces put together are the whole text', () => {
  for (const value of [...values, [], {}, 0, { a: undefined, b: [undefined] }]) {
    expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value));
  }
});

test('what is read in slices is what is read at once, with white space too', async () => {
  for (const value of values) {
    for (const text of [JSON.stringify(value), ` ${JSON.stringify(value, null, 2)}\r\n\t`]) {
      expect(await parseInSlices(text, new WorkSlice())).toEqual(JSON.parse(text));
    }
  }
});

test('what is no JSON is a SyntaxError, wherever it is damaged', async () => {
  const whole = JSON.stringify({ a: words, b: [{ c: 1 }, true] });
  const damage = [
    ...['', ',', '}', ']', '"', 'x', '{}'].map((more) => (more === '' ? whole.slice(0, -1) : whole + more)),
    ...['":[', '"b":', '{"c"', ':1}', ',true', ']}'].flatMap((part) =>
      ['', ',,', part.slice(1), part.slice(0, -1), `${part},`].map((other) => whole.replace(part, other)),
    ),
    '['.repeat(100_000),
    `[${'1 '.repeat(50_000)}]`,
    `[${'"a" '.repeat(50_000)}]`,
  ];
  for (const text of damage) {
    let sound = true;
    try {
      JSON.parse(text);
    } catch {
      sound = false;
    }
    const read = parseInSlices(text, new WorkSlice());
    if (sound) expect(await read).toEqual(JSON.parse(text));
    else await expect(read).rejects.toMatchObject({ name: 'SyntaxError' });
  }
});
