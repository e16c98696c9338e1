import { ManyToOne, OneToMany } from '../../lib/index';
import { rejection } from '../data/failure';
import { bpttError } from '../tasks';

const disposed = bpttError('ERR_DISPOSED');

/** Of 1.05 million parameters. */
const large = () =>
  new ManyToOne({
    cell: 'lstm',
    hidden: 512,
    input: { kind: 'features', size: 1 },
    output: { kind: 'values', size: 1 },
  });

test('a stream that was disposed of is of no use, and may be disposed of again', () => {
  using model = large();
  const stream = model.stream();
  const { state } = stream;
  stream.step([1]);
  stream.dispose();
  stream.dispose();
  for (const call of [
    () => stream.step([1]),
    () => {
      stream.reset();
    },
    () => stream.state,
    () => {
      stream.state = state;
    },
  ]) {
    expect(call).toThrow(disposed);
  }
});

test('a stream goes on when its model is disposed of, until it is itself', () => {
  const model = large();
  const expected = [...model.stream().step([1])];
  {
    using stream = model.stream();
    model.dispose();
    expect([...stream.step([1])]).toEqual(expected);
  }
});

describe('a sequence that is being written', () => {
  const prompt = [[1]];
  const writer = async () => {
    const model = new OneToMany({ cell: 'gru', hidden: 8, sequence: { kind: 'features' } });
    await model.fit([{ y: [[1], [2], [3]] }], { epochs: 1 });
    return model;
  };

  test('can be disposed of before it begins, in its midst and at its end', async () => {
    using model = await writer();
    for (const steps of [0, 1, 3]) {
      const writing = model.generate({ prompt, maxSteps: 3 });
      for (let step = 0; step < steps; step += 1) await writing.next();
      writing.dispose();
      writing.dispose();
      expect(await rejection(writing.next())).toEqual(disposed);
    }
  });

  test('rejects a step that is awaited', async () => {
    using model = await writer();
    const writing = model.generate({ prompt: Array.from({ length: 100_000 }, () => [1]) });
    const step = writing.next();
    writing.dispose();
    expect(await rejection(step)).toEqual(disposed);
  });

  test('ends as a loop over it is left, and is then at its end', async () => {
    using model = await writer();
    const writing = model.generate({ prompt, maxSteps: 1000 });
    for await (const { y } of writing) {
      expect(y).toHaveLength(1);
      break;
    }
    expect(await writing.next()).toEqual({ done: true, value: undefined });
    const unread = model.generate({ prompt });
    expect(await unread.return()).toEqual({ done: true, value: undefined });
    const reason = new Error('enough');
    expect(await rejection(model.generate({ prompt }).throw(reason))).toBe(reason);
    {
      await using left = model.generate({ prompt });
      await left.next();
    }
  });
});
