import { timedLayer } from '../../lib/benchmark/layer-step';
import { Recurrent } from '../../lib/models/recurrent';

const shape = { steps: 3, batch: 2, input: 4, hidden: 5, bidirectional: true };
const task = { cell: 'gru', shape, threads: 1 } as const;

afterEach(() => {
  jest.restoreAllMocks();
});

test('a training step changes both weight matrices of each direction, then runs forward and backward', () => {
  const setParameter = jest.spyOn(Recurrent.prototype, 'setParameter');
  const forward = jest.spyOn(Recurrent.prototype, 'forward');
  const backward = jest.spyOn(Recurrent.prototype, 'backward');
  const { step, dispose } = timedLayer({ ...task, mode: 'train' });
  step();
  expect(setParameter.mock.calls.map(([name]) => name).sort()).toEqual([
    'weight_hh_l0',
    'weight_hh_l0_reverse',
    'weight_ih_l0',
    'weight_ih_l0_reverse',
  ]);
  const order = [setParameter, forward, backward].flatMap(({ mock }) => mock.invocationCallOrder);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(forward.mock.calls[0]![1].training).toBe(true);
  const { dInput } = backward.mock.calls[0]![2]!;
  expect(dInput!.every((value) => value !== 0)).toBe(true);

  step();
  step();
  const given = setParameter.mock.calls.filter(([name]) => name === 'weight_ih_l0').map(([, data]) => data);
  expect(given).toHaveLength(3);
  expect(given[1]).not.toEqual(given[0]);
  expect(given[2]).toEqual(given[0]);
  dispose();
  expect(step).toThrow('disposed');
});

test('an inference runs forward alone, over sequences as long as they are said to be', () => {
  const forward = jest.spyOn(Recurrent.prototype, 'forward');
  const setParameter = jest.spyOn(Recurrent.prototype, 'setParameter');
  const { step } = timedLayer({ ...task, mode: 'infer', lengths: Int32Array.of(3, 1) });
  step();
  step();
  expect(setParameter).not.toHaveBeenCalled();
  expect(forward).toHaveBeenCalledTimes(2);
  const [x, { output, training }] = forward.mock.calls[1]!;
  expect(training).toBe(false);
  expect(x.every((value) => value !== 0 && Math.abs(value) <= 1)).toBe(true);
  const [, last] = [output!.subarray(0, 20), output!.subarray(40)];
  expect([...last.subarray(0, 10)].every((value) => value !== 0)).toBe(true);
  expect([...last.subarray(10)]).toEqual(new Array(10).fill(0));
});
