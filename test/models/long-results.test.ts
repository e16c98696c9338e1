import { TargetEncoder } from '../../lib/data/encoders/target-encoder';
import { ManyToMany } from '../../lib/index';
import type { EvaluateOptions } from '../../lib/index';
import { longPiece } from '../../lib/support/work-slice';
import { AlignedMeter } from '../../lib/tasks/aligned/aligned-meter';
import type { Task, Engine } from '../../lib/tasks/task';
import { evaluateBatches } from '../../lib/training/evaluation';

/** More steps than are read without a pause. */
const steps = longPiece + 3;

const repeated = <T>(items: readonly T[]): T[] =>
  Array.from({ length: steps }, (_, step) => items[step % items.length]!);

/** How often the event loop went round. */
async function turns(work: Promise<unknown>): Promise<number> {
  let count = 0;
  const turn = (): void => {
    count += 1;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  await work;
  clearImmediate(next);
  return count;
}

const x = Float32Array.from({ length: steps }, (_, step) => Math.sin(step));

describe.each<[string, ConstructorParameters<typeof ManyToMany>[0]['output'], unknown[]]>([
  ['labels', { kind: 'classes', labels: ['O', 'B-a', 'I-a'] }, repeated(['O', 'B-a', 'I-a', 'I-a'])],
  ['values', { kind: 'values', size: 2, normalize: false }, repeated([[1, 2]])],
  ['sets', { kind: 'multihot', size: 3 }, repeated([[0, 2], [], [1]])],
])('a long sequence of %s', (_kind, output, y) => {
  const make = () =>
    new ManyToMany({ cell: 'rnn', hidden: 4, input: { kind: 'features', size: 1 }, output, seed: 3 });

  test('is predicted as its first steps are', async () => {
    using model = make();
    const [whole, first] = await Promise.all([
      model.predict(x, { probabilities: true }),
      model.predict(x.subarray(0, 50), { probabilities: true }),
    ]);
    for (const [name, results] of Object.entries(first) as [keyof typeof whole, unknown[]][]) {
      expect(whole[name]).toHaveLength(results.length * (steps / 50));
      expect((whole[name] as unknown[]).slice(0, results.length)).toEqual(results);
    }
  });

  test('is measured as its parts are', async () => {
    using model = make();
    const evaluate = async (data: object[], options?: EvaluateOptions) => {
      const { seconds: _seconds, ...metrics } = await model.evaluate(data as never, options);
      return metrics;
    };
    const whole = await evaluate([{ x, y }]);
    // Beside a short one, whose results come first and last.
    const both = await evaluate([
      { x: x.subarray(0, 1), y: y.slice(0, 1) },
      { x, y },
      { x: x.subarray(0, 1), y: y.slice(0, 1) },
    ]);
    expect(both['steps']).toBe(steps + 2);
    expect(Object.keys(both)).toEqual(Object.keys(whole));
    expect(both['loss']).toBeCloseTo(whole['loss'], 2);
  });
});

test('batches that are answered at once let the event loop go round', async () => {
  const examples = Array.from({ length: 1000 }, () => ({ input: { length: 1 } }));
  const task = { assemble: () => ({}), compute: () => Promise.resolve({}) } as unknown as Task<unknown>;
  const run = { examples, batchSize: 1, depth: 2, engine: {} as Engine, search: {} as never, locate: String };
  const busy = (): void => {
    for (const end = performance.now() + 0.1; performance.now() < end;);
  };
  expect(await turns(evaluateBatches(task, run, busy))).toBeGreaterThan(2);
});

test('labels are counted in slices as they are at once', async () => {
  const labels = ['O', 'B-a', 'I-a'];
  const target = TargetEncoder.known({ kind: 'classes', labels }, 'step')!;
  const truth = repeated(['O', 'B-a', 'I-a']);
  const long = 40 * steps;
  const path = Int32Array.from({ length: long }, (_, step) => (step * 7) % 3);
  const example = (length: number, from: number) => ({
    input: { length },
    target: { truth: Array.from({ length }, (_, step) => truth[(from + step) % steps]!) },
  });
  const result = { output: new Float32Array(), loss: 1, count: 1, infeasible: 0 };
  const inSlices = new AlignedMeter(target, false);
  const whole = example(long, 0);
  expect(
    await turns(Promise.resolve(inSlices.add([whole], Int32Array.of(0), { ...result, path }))),
  ).toBeGreaterThan(0);
  const atOnce = new AlignedMeter(target, false);
  const size = 1000 * 3;
  for (let from = 0; from < long; from += size) {
    const length = Math.min(size, long - from);
    const part = {
      ...whole,
      input: { length },
      target: { truth: whole.target.truth.slice(from, from + length) },
    };
    await atOnce.add([part], Int32Array.of(0), { ...result, path: path.subarray(from, from + length) });
  }
  const { accuracy, confusion, macroF1 } = atOnce.result();
  expect(inSlices.result()).toMatchObject({ accuracy, confusion, macroF1, steps: long });
});
