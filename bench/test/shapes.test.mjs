import assert from 'node:assert/strict';
import test from 'node:test';
import { describeShape, flops, intensity, lengthsOf, parseShapes, shapeSets } from '../harness/shapes.mjs';

const shape = { steps: 10, batch: 3, input: 5, hidden: 7 };

test('operations are counted by their definition', () => {
  assert.equal(flops('lstm', shape, 'infer'), 2 * 10 * 3 * 4 * 7 * (5 + 7));
  assert.equal(flops('gru', shape, 'train'), 3 * 2 * 10 * 3 * 3 * 7 * (5 + 7));
  assert.equal(flops('rnn', { ...shape, bidirectional: true }, 'infer'), 2 * 2 * 10 * 3 * 7 * (5 + 7));
});

test('a mingru has no product with its state', () => {
  assert.equal(flops('mingru', shape, 'train'), 3 * 2 * 10 * 3 * 2 * 7 * 5);
  assert.equal(intensity('mingru', shape), (2 * 3 * 70) / (4 * (70 + 3 * (5 + 14 + 14))));
});

test('those of a ragged batch by the sum of its lengths', () => {
  const ragged = { ...shape, lengths: 'uniform' };
  const steps = lengthsOf(ragged).reduce((a, b) => a + b);
  assert.ok(steps < 30);
  assert.equal(flops('rnn', ragged, 'infer'), 2 * steps * 7 * 12);
});

test('a batch reads each weight once a step: the more sequences, the more operations a byte', () => {
  const one = intensity('lstm', { ...shape, batch: 1, input: 512, hidden: 512 });
  assert.ok(one > 0.49 && one < 0.5, `${one}`);
  assert.ok(intensity('lstm', { ...shape, batch: 64, input: 512, hidden: 512 }) > 20 * one);
  // 4·7·12 weights, and 3 sequences of 5 inputs, 4·7 gates and 2·7 states, of 4 bytes.
  assert.equal(intensity('lstm', shape), (2 * 3 * 336) / (4 * (336 + 3 * (5 + 28 + 14))));
  // The weights alone are half as large.
  assert.equal(intensity('lstm', shape, 'bfloat16'), (2 * 3 * 336) / (2 * 336 + 4 * 3 * (5 + 28 + 14)));
});

test('shapes are four whole numbers', () => {
  assert.deepEqual(parseShapes('1,2,3,4;5,6,7,8').map(describeShape), ['1 2 3 4', '5 6 7 8']);
  assert.throws(() => parseShapes('1,2,3'), /four whole numbers.*"1,2,3"/);
});

test('every set names shapes that no other set of it repeats', () => {
  for (const [name, shapes] of Object.entries(shapeSets)) {
    const names = shapes.map((one) => `${one.cells ?? ''} ${describeShape(one)}`);
    assert.equal(new Set(names).size, names.length, name);
  }
});
