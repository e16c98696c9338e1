import { longPiece } from '../../lib/support/work-slice';
import { constantSymbols, targetMeans } from '../../lib/tasks/constant-answer';
import { Impatient } from '../data/impatient';

/** More than three pieces of one number each. */
const steps = 3 * longPiece + 5;

test.each<['classes' | 'values', object]>([
  ['classes', { classes: new Int32Array(steps).fill(1) }],
  ['values', { values: new Float32Array(2 * steps) }],
])('what always the same %s would score is found in slices', async (kind, target) => {
  const slice = new Impatient();
  const examples = [{ input: { length: steps }, target }];
  const { row } = await targetMeans(examples, { kind, size: 2 }, slice);
  expect(row).toHaveLength(2);
  expect(slice.pauses).toBeGreaterThanOrEqual(3);
  if (kind === 'classes') {
    const frequent = new Impatient();
    await constantSymbols(examples, frequent, () => ({ loss: 0, count: 0, infeasible: 0 }));
    expect(frequent.pauses).toBeGreaterThanOrEqual(3);
  }
});
