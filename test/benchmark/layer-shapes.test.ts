import { layerFlops, parseShape, tableShapes } from '../../lib/benchmark/layer-shapes';

test('four whole numbers are a shape', () => {
  expect(parseShape('100,32,64,128')).toEqual({ steps: 100, batch: 32, input: 64, hidden: 128 });
  for (const wrong of ['', '1,2,3', '1,2,3,4,5', '1,2,3,0', '00,1,1,1', '1,2,3,-4', '1,2,3,4.5', 'a,b,c,d']) {
    expect(parseShape(wrong)).toBeUndefined();
  }
});

test('the floating-point operations of a shape', () => {
  const shape = { steps: 2, batch: 3, input: 5, hidden: 7 };
  // Of each gate and row, 7 sums of 5 + 7 products.
  expect(layerFlops('rnn', shape, 6, 'infer')).toBe(6 * 7 * 12 * 2);
  expect(layerFlops('gru', shape, 6, 'infer')).toBe(3 * 6 * 7 * 12 * 2);
  expect(layerFlops('lstm', { ...shape, bidirectional: true }, 4, 'train')).toBe(2 * 3 * 4 * 4 * 7 * 12 * 2);
});

test('the table has shapes that differ', () => {
  expect(new Set(tableShapes.map((shape) => JSON.stringify(shape))).size).toBe(7);
});
