import assert from 'node:assert/strict';
import test from 'node:test';
import { parseOptions, partNames } from '../harness/options.mjs';
import { peerKeys } from '../harness/sides.mjs';

test('by default all parts and peers', () => {
  const { parts, peers, precisions, turns, quick, cells } = parseOptions([]);
  assert.deepEqual(cells, ['rnn', 'gru', 'lstm']);
  assert.deepEqual(parts, partNames);
  assert.deepEqual(peers, peerKeys);
  assert.deepEqual(precisions, ['float32']);
  assert.deepEqual(turns, { rounds: 5, seconds: 0.4, least: 3 });
  assert.equal(quick, false);
});

test('what is chosen comes in the order of the report, and outdoes --quick', () => {
  const { parts, peers, turns, cells, sets } = parseOptions(
    ['--quick', '--parts', 'start,layers', '--peers', 'none', '--rounds', '7', '--shapes', '1,2,3,4'],
  );
  assert.deepEqual(parts, ['layers', 'start']);
  assert.deepEqual(peers, []);
  assert.equal(turns.rounds, 7);
  assert.equal(turns.least, 1);
  assert.deepEqual(cells, ['lstm']);
  assert.deepEqual(Object.keys(sets), ['chosen']);
});

test('wrong ones say what is expected', () => {
  assert.throws(() => parseOptions(['--parts', 'layer']), /--parts: expected some of layers, .*found "layer"/);
  assert.throws(() => parseOptions(['--precisions', 'float16']), /--precisions: expected some of float32, bfloat16; found "float16"/);
  assert.throws(() => parseOptions(['--rounds', '1.5']), /--rounds: expected a whole number; found "1.5"/);
  assert.throws(() => parseOptions(['--seconds=-1']), /--seconds: expected a number greater than 0; found "-1"/);
  assert.throws(() => parseOptions(['--unknown']), /--unknown/);
});
