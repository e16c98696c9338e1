import { join } from 'node:path';

import { loadModel, ManyToOne } from '../../lib/index';
import { recordOf } from '../../lib/model-file/record-of';
import { thinned } from '../../lib/model-file/training-record';
import { checkFit } from '../../lib/options/options-schema';
import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();

function epochs(last: number): { epoch: number }[] {
  return Array.from({ length: last }, (_, i) => ({ epoch: i + 1 }));
}

test('up to 4096 epochs are kept', () => {
  expect(thinned([], [])).toEqual([]);
  expect(thinned(epochs(4096), [])).toEqual(epochs(4096));
});

test('of more, every second, fourth … is kept, with the first, the last and the best', () => {
  const kept = thinned(epochs(5001), [77]).map(({ epoch }) => epoch);
  expect(kept.slice(0, 3)).toEqual([1, 2, 4]);
  expect(kept).toContain(77);
  expect(kept).not.toContain(79);
  expect(kept.at(-1)).toBe(5001);
  expect(kept).toHaveLength(2500 + 3);
  expect(thinned(epochs(1_000_000), [5]).length).toBeLessThanOrEqual(4096 + 3);
});

test('what is left of what was thinned out before is what is left of all', () => {
  const all = epochs(40_001);
  for (const broken of [10, 4097, 9000, 39_999]) {
    const before = thinned(all.slice(0, broken), [5]);
    expect(thinned([...before, ...all.slice(broken)], [5])).toEqual(thinned(all, [5]));
  }
});

test('a record has few of very many epochs', () => {
  const history = epochs(4100).map((one) => ({ ...one, loss: 1 / one.epoch }));
  const facts = { bptt: '0', fits: 1, seed: 1, examples: 1, steps: 1 };
  const record = recordOf({ epochs: history, bestEpoch: 33, stoppedBy: 'epochs' }, checkFit(), facts);
  expect(record.epochs).toHaveLength(2050 + 2);
  expect(record.epochs.find(({ epoch }) => epoch === record.bestEpoch)).toEqual({ epoch: 33, loss: 1 / 33 });
});

test('a model file keeps the level of a constant answer', async () => {
  const model = new ManyToOne({
    cell: 'rnn',
    hidden: 1,
    input: { kind: 'features' },
    output: { kind: 'classes' },
  });
  const data = ['p', 'q', 'p'].map((y, i) => ({ x: [[i]], y }));
  const { baseline } = await model.fit(data, { epochs: 1, threads: 1 });
  expect(baseline).toMatchObject({ metric: 'loss', score: expect.any(Number) as number });
  const path = join(folder, 'level.safetensors');
  await model.save(path);
  const { record } = await loadModel(path);
  expect(record!.baseline).toEqual(baseline);
  expect(record).toEqual(model.record);
});
