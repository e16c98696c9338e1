import { countTextWindows, textWindows } from '../../../lib/data/text/text-windows';

test('parts side by side, window by window', () => {
  const ids = Int32Array.of(10, 11, 12, 13, 14, 15, 16, 17);
  expect([...textWindows(ids, { parts: 2, steps: 3 })]).toEqual([
    {
      lengths: Int32Array.of(3, 3),
      tokens: Int32Array.of(10, 11, 12, 13, 14, 15),
      classes: Int32Array.of(11, 12, 13, 14, 15, 16),
      continues: false,
    },
    {
      lengths: Int32Array.of(0, 1),
      tokens: Int32Array.of(16),
      classes: Int32Array.of(17),
      continues: true,
    },
  ]);
});

test('every part goes on where it was, and every symbol but the first is a target once', () => {
  for (const length of [2, 3, 10, 64, 97]) {
    const ids = Int32Array.from({ length }, (_, i) => i);
    for (const parts of [1, 2, 7, 32, 200]) {
      for (const steps of [1, 4, 100]) {
        const windows = [...textWindows(ids, { parts, steps })];
        expect(windows).toHaveLength(countTextWindows(length, { parts, steps }));
        const targets: number[] = [];
        const last: (number | undefined)[] = [];
        windows.forEach(({ lengths, tokens, classes, continues }, window) => {
          expect(continues).toBe(window > 0);
          let at = 0;
          lengths.forEach((count, part) => {
            expect(count).toBeLessThanOrEqual(steps);
            for (const end = at + count; at < end; at++) {
              expect(classes[at]).toBe(tokens[at]! + 1);
              expect(tokens[at]).toBe(last[part] ?? tokens[at]);
              last[part] = classes[at];
              targets.push(classes[at]!);
            }
          });
          expect(tokens).toHaveLength(at);
        });
        expect(targets.sort((a, b) => a - b)).toEqual([...ids.subarray(1)]);
      }
    }
  }
});

test('a text of one symbol or none has no steps', () => {
  for (const length of [0, 1]) {
    expect([...textWindows(new Int32Array(length), { parts: 4, steps: 10 })]).toEqual([]);
    expect(countTextWindows(length, { parts: 4, steps: 10 })).toBe(0);
  }
});
