import { assembleBatch } from '../../../lib/data/batches/batch';
import { shiftedRows, shiftedSets, shiftedSymbols } from '../../../lib/data/encoders/shifted-sequence';

test('symbols: the boundary is read first and emitted last', () => {
  expect(shiftedSymbols(Int32Array.of(4, 2, 1))).toEqual({
    input: { length: 4, tokens: Int32Array.of(0, 4, 2, 1) },
    target: { classes: Int32Array.of(4, 2, 1, 0) },
  });
});

test('no symbols: the boundary follows the boundary', () => {
  expect(shiftedSymbols(new Int32Array())).toEqual({
    input: { length: 1, tokens: Int32Array.of(0) },
    target: { classes: Int32Array.of(0) },
  });
});

test('sets: the boundary is an index of its own, an empty set stays empty', () => {
  const sets = { active: Int32Array.of(0, 2, 1), activeCounts: Int32Array.of(2, 0, 1) };
  const example = shiftedSets(sets, 3);
  expect(example).toEqual({
    input: { length: 4, active: Int32Array.of(3, 0, 2, 1), activeCounts: Int32Array.of(1, 2, 0, 1) },
    target: { active: Int32Array.of(0, 2, 1, 3), activeCounts: Int32Array.of(2, 0, 1, 1) },
  });
  expect(assembleBatch([example], [0], 4).values).toEqual(
    Float32Array.of(1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1),
  );
});

test('rows: each tells the next one, where something is known before them the first one too', () => {
  const rows = Float32Array.of(1, 2, 3, 4, 5, 6);
  expect(shiftedRows(rows, 2, false)).toEqual({
    input: { length: 2, features: Float32Array.of(1, 2, 3, 4) },
    target: { values: Float32Array.of(3, 4, 5, 6) },
  });
  expect(shiftedRows(rows, 2, true)).toEqual({
    input: { length: 3, features: Float32Array.of(0, 0, 1, 2, 3, 4) },
    target: { values: rows },
  });
  for (const begins of [false, true]) {
    expect(shiftedRows(new Float32Array(), 2, begins)).toEqual({
      input: { length: 0, features: new Float32Array() },
      target: { values: new Float32Array() },
    });
  }
  expect(shiftedRows(Float32Array.of(1, 2), 2, false).input.length).toBe(0);
});
