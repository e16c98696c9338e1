import { setImmediate as turn } from 'node:timers/promises';

import { ManyToOne, OneToMany, type Example, type Progress } from '../../lib/index';
import { firstWord } from '../tasks';

const data = firstWord(60, 1);

const make = (): ManyToOne<'classes'> =>
  new ManyToOne<'classes'>({
    cell: 'gru',
    hidden: 4,
    input: { kind: 'tokens', embedding: 2 },
    output: { kind: 'classes' },
  });

/** Gives some, and then nothing more. */
async function* stalled(): AsyncGenerator<Example> {
  yield* data;
  await new Promise(() => undefined);
}

/** Would fill the memory. */
function* endless(): Generator<Example> {
  for (;;) yield* data;
}

async function* torn(): AsyncGenerator<Example> {
  yield* data;
  await turn();
  throw new Error('torn');
}

test('a listener hears of every phase, its beginning and its end, before the first batch', async () => {
  const events: Progress[] = [];
  using model = make();
  await model.fit(stalledNever(), {
    epochs: 1,
    validation: data.slice(0, 7),
    onProgress: (event) => void events.push(event),
  });
  const phases = events.flatMap((event) =>
    event.kind === 'reading' ? [[event.phase, event.data, event.step, event.steps]] : [],
  );
  const first = events.findIndex(({ kind }) => kind !== 'reading');
  expect(events.slice(first).every(({ kind }) => kind !== 'reading')).toBe(true);
  expect(phases.filter(([, , step, steps]) => step === 0 || step === steps || steps === undefined)).toEqual([
    ['collecting', 'training', 0, undefined],
    ['collecting', 'training', 60, undefined],
    ['collecting', 'validation', 0, 7],
    ['collecting', 'validation', 7, 7],
    ['learning', 'training', 0, 60],
    ['learning', 'training', 60, 60],
    ['encoding', 'training', 0, 60],
    ['encoding', 'training', 60, 60],
    ['encoding', 'validation', 0, 7],
    ['encoding', 'validation', 7, 7],
  ]);
});

/** The same examples, of which nobody knows how many there are. */
async function* stalledNever(): AsyncGenerator<Example> {
  await turn();
  yield* data;
}

test('a text is one example', async () => {
  const events: Progress[] = [];
  using model = new OneToMany({ cell: 'gru', hidden: 4, sequence: { kind: 'tokens', embedding: 2 } });
  await model.fit('row, row, row your boat', {
    epochs: 1,
    batchSize: 1,
    onProgress: (event) => void events.push(event),
  });
  expect(events[0]).toMatchObject({ kind: 'reading', phase: 'collecting', step: 0, steps: 1 });
});

describe('a signal is heard', () => {
  const reason = new Error('enough');

  test.each([
    ['a source that waits', stalled],
    ['a source without an end', endless],
  ])('while fit and evaluate collect from %s', async (_, source) => {
    using model = make();
    await model.fit(data, { epochs: 1 });
    for (const begin of [
      (signal: AbortSignal) => make().fit(source(), { signal }),
      (signal: AbortSignal) => make().fit(data, { validation: source(), signal }),
      (signal: AbortSignal) => model.evaluate(source(), { signal }),
    ]) {
      const controller = new AbortController();
      const running = begin(controller.signal);
      await turn();
      controller.abort(reason);
      await expect(running).rejects.toBe(reason);
    }
  });

  test('where it is aborted by what hears of the reading', async () => {
    for (const phase of ['collecting', 'learning', 'encoding']) {
      const controller = new AbortController();
      using model = make();
      const fit = model.fit(data, {
        signal: controller.signal,
        onProgress: (event) => {
          if (event.kind === 'reading' && event.phase === phase) controller.abort(reason);
        },
      });
      await expect(fit).rejects.toBe(reason);
      expect(model.record).toBeUndefined();
    }
  });

  test('while the last batch is computed', async () => {
    using model = make();
    await model.fit(data, { epochs: 1 });
    for (const begin of [
      (signal: AbortSignal) => model.predict('ant bee', { signal }),
      (signal: AbortSignal) => model.predictMany(['ant', 'bee'], { signal }),
      (signal: AbortSignal) => model.evaluate(data, { signal }),
    ]) {
      const controller = new AbortController();
      const running = begin(controller.signal);
      controller.abort(reason);
      await expect(running).rejects.toBe(reason);
    }
  });
});

test.each([stalled, endless])('dispose ends the collecting too (%p)', async (source) => {
  const model = make();
  const running = model.fit(source());
  await turn();
  model.dispose();
  await expect(running).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
});

test('what a source throws, fit and evaluate reject with, and the model can be fitted again', async () => {
  using model = make();
  await expect(model.fit(torn())).rejects.toThrow('torn');
  await expect(model.fit(data, { validation: torn() })).rejects.toThrow('torn');
  await model.fit(data, { epochs: 1 });
  await expect(model.evaluate(torn())).rejects.toThrow('torn');
});

describe('a listener that answers with a promise', () => {
  test.each(['reading', 'step', 'epoch'])('makes fit reject with its reason, of %s', async (kind) => {
    const reason = new Error('the disk is full');
    using model = make();
    const fit = model.fit(data, {
      epochs: 2,
      onProgress: async (event) => {
        await turn();
        if (event.kind === kind) throw reason;
      },
    });
    await expect(fit).rejects.toBe(reason);
    expect(await model.fit(data, { epochs: 1 })).toMatchObject({ stoppedBy: 'epochs' });
  });

  test('is waited for before it is called again', async () => {
    let running = 0;
    let most = 0;
    using model = make();
    await model.fit(data, {
      epochs: 1,
      batchSize: 10,
      onProgress: async () => {
        running += 1;
        most = Math.max(most, running);
        await turn();
        running -= 1;
      },
    });
    expect([running, most]).toEqual([0, 1]);
  });

  test.each(['signal', 'dispose'])('is not waited for after %s', async (how) => {
    const controller = new AbortController();
    const model = make();
    const fit = model.fit(data, {
      signal: controller.signal,
      onProgress: ({ kind }) => {
        if (kind !== 'step') return undefined;
        setImmediate(() => {
          if (how === 'signal') controller.abort();
          else model.dispose();
        });
        return new Promise(() => undefined);
      },
    });
    if (how === 'signal') expect(await fit).toMatchObject({ stoppedBy: 'signal' });
    else await expect(fit).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
    model.dispose();
  });
});
