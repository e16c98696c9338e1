import assert from 'node:assert/strict';
import test from 'node:test';
import { timeLayer } from '../harness/layer-rows.mjs';
import { sides } from '../harness/sides.mjs';

const shape = { steps: 3, batch: 2, input: 4, hidden: 5 };
const turns = { rounds: 1, seconds: 0, least: 1 };

/** A row of sides that write down what they are asked for, and take 1, 2, 3 … ms in the order they are asked. */
async function rowOf(row) {
  const requests = [];
  const side = (key) => ({
    key,
    label: sides[key].label,
    runner: {
      prepare: async (request) => requests.push({ key, ...request }),
      ask: async () => ({ milliseconds: [requests.length] }),
    },
  });
  const others = { pause: async () => {} };
  const found = await timeLayer({ mode: 'train', shape, ...row }, { sides: Object.keys(sides).map(side), turns, others });
  return { requests, found };
}

const picked = (requests) => requests.map(({ key, precision, packed, autocast }) => ({ key, precision, packed, autocast }));

test('in float32 all peers that train run each in one way', async () => {
  const { requests, found } = await rowOf({ cell: 'gru' });
  assert.deepEqual(requests.map(({ key }) => key), Object.keys(sides).filter((key) => key !== 'onnxruntime'));
  assert.ok(requests.every(({ precision }) => precision === 'float32'));
  assert.equal(found.float32, undefined);
  assert.equal(found.times.length, requests.length);
});

test('in bfloat16 there are both ways of PyTorch, and own float32 apart from the peers', async () => {
  const { requests, found } = await rowOf({ cell: 'lstm', precision: 'bfloat16' });
  const [packed, autocast] = [undefined, undefined];
  assert.deepEqual(picked(requests), [
    { key: 'bptt', precision: 'bfloat16', packed, autocast },
    { key: 'torch', precision: 'bfloat16', packed, autocast },
    { key: 'torch', precision: 'bfloat16', packed, autocast: true },
    { key: 'bptt', precision: 'float32', packed, autocast },
  ]);
  assert.deepEqual(found.times.map(({ label, median }) => [label, median]), [['bptt', 1], ['PyTorch module', 2], ['PyTorch autocast', 3]]);
  assert.deepEqual([found.float32.label, found.float32.median], ['bptt float32', 4]);
});

test('ragged rows are padded and packed, in each way', async () => {
  const ragged = { ...shape, lengths: 'uniform' };
  const ways = ({ requests }) => picked(requests).filter(({ key }) => key === 'torch').map(({ packed = false, autocast = false }) => [packed, autocast]);
  assert.deepEqual(ways(await rowOf({ cell: 'rnn', shape: ragged })), [[false, false], [true, false]]);
  assert.deepEqual(ways(await rowOf({ cell: 'rnn', shape: ragged, precision: 'bfloat16' })), [[false, false], [true, false], [false, true], [true, true]]);
});

test('of a minGRU PyTorch runs a loop and a scan, and no other peer anything', async () => {
  const { requests } = await rowOf({ cell: 'mingru' });
  assert.deepEqual(requests.map(({ key, recurrence }) => [key, recurrence]), [['bptt', undefined], ['torch', 'loop'], ['torch', 'scan']]);
});
