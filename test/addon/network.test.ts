import type { Batch, NetworkOptions } from '../../binding';
import { native } from '../../lib/addon/native';
import { isError } from '../../lib/support/realms';
import { networkOptions, training } from './options';

const { Network, Trainer, Stream } = native();

const tokens = { kind: 'tokens', vocabulary: 10, embedding: 4, window: 0 } as const;

const options = networkOptions({ resetAfter: false, hidden: 8, input: tokens });

function batch(): Batch {
  return {
    lengths: Int32Array.of(3, 0, 2),
    tokens: Int32Array.of(2, 3, 4, 9, 0),
    classes: Int32Array.of(0, 1, -1, 2, 0),
  };
}

/** The error that `body` throws or rejects with. */
async function failure(body: () => unknown): Promise<Error & { code: string }> {
  try {
    await body();
  } catch (error) {
    expect(isError(error)).toBe(true);
    return error as Error & { code: string };
  }
  throw new Error('nothing was thrown');
}

async function expectFailure(body: () => unknown, code: string, message: RegExp): Promise<void> {
  const error = await failure(body);
  expect(error.message).toMatch(message);
  expect(error.code).toBe(code);
}

describe('Network', () => {
  it('names its parameters and gives copies of them', () => {
    const network = new Network(options);
    expect(network.parameterNames()).toEqual([
      'embedding.weight',
      'recurrent.weight_ih_l0',
      'recurrent.weight_hh_l0',
      'recurrent.bias_l0',
      'output.weight',
      'output.bias',
    ]);
    expect(network.parameterShape('recurrent.weight_ih_l0')).toEqual([32, 4]);
    expect(network.parameterShape('output.bias')).toEqual([3]);
    const bias = network.parameter('output.bias');
    bias.fill(7);
    expect([...network.parameter('output.bias')]).toEqual([0, 0, 0]);
    network.setParameter('output.bias', bias);
    expect([...network.parameter('output.bias')]).toEqual([7, 7, 7]);
  });

  it('evaluates many batches at a time, each with the parameters of the moment it was asked', async () => {
    const network = new Network(options);
    const before = Array.from({ length: 20 }, () => network.evaluate(batch()));
    network.setParameter('output.bias', Float32Array.of(9, 0, 0));
    const after = await network.evaluate(batch());
    const [first, ...others] = await Promise.all(before);
    for (const other of others) expect(other.output).toEqual(first!.output);
    expect(first!.count).toBe(4);
    expect(first!.output).toHaveLength(15);
    expect(after.output[0]).toBeGreaterThan(0.9);
    expect(first!.output[0]).toBeLessThan(0.9);
  });

  it('copies the batch before the call returns', async () => {
    const network = new Network(options);
    const expected = await network.evaluate(batch());
    const changed = batch();
    const promise = network.evaluate(changed);
    changed.tokens!.fill(1);
    expect((await promise).output).toEqual(expected.output);
  });

  it('gives a loss that is not a number without targets', async () => {
    const { lengths, tokens } = batch();
    const { loss, count } = await new Network(options).evaluate({ lengths, tokens: tokens! });
    expect(loss).toBeNaN();
    expect(count).toBe(0);
  });

  it('says what is wrong with a batch', async () => {
    const network = new Network(options);
    const evaluate = (change: object) => () => network.evaluate({ ...batch(), ...change });
    await expectFailure(
      evaluate({ lengths: Int32Array.of(3, 1) }),
      'ERR_SHAPE',
      /^tokens: expected 4 numbers, found 5$/,
    );
    await expectFailure(
      evaluate({ lengths: Int32Array.of(-1, 6) }),
      'ERR_DATA',
      /^lengths\[0\]: .* found -1$/,
    );
    await expectFailure(
      evaluate({ lengths: Int32Array.of(2 ** 31 - 1, 2 ** 31 - 1) }),
      'ERR_SHAPE',
      /^lengths: .* found 4294967294$/,
    );
    await expectFailure(
      evaluate({ lengths: [3, 0, 2] }),
      'ERR_DATA',
      /^lengths: expected Int32Array, found an array$/,
    );
    await expectFailure(
      evaluate({ tokens: undefined }),
      'ERR_DATA',
      /^tokens: expected Int32Array, found undefined$/,
    );
    await expectFailure(evaluate({ tokens: new Float32Array(5) }), 'ERR_DATA', /found Float32Array of 5$/);
    await expectFailure(
      evaluate({ tokens: Int32Array.of(1, 2, 10, 3, 4) }),
      'ERR_DATA',
      /^tokens\[2\]: .* found 10$/,
    );
    await expectFailure(
      evaluate({ classes: Int32Array.of(0, 0, 0, 0, 3) }),
      'ERR_DATA',
      /^classes\[4\]: expected -1 … 2, found 3$/,
    );
    await expectFailure(
      evaluate({ values: new Float32Array(5) }),
      'ERR_DATA',
      /^values: this network takes classes$/,
    );
    await expectFailure(
      evaluate({ features: new Float32Array(5) }),
      'ERR_DATA',
      /^features: this network takes tokens$/,
    );
    const shared = new Int32Array(new SharedArrayBuffer(20));
    await expectFailure(evaluate({ tokens: shared }), 'ERR_DATA', /^tokens: .*shared memory/);
    const detached = new Int32Array(5);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    await expectFailure(evaluate({ tokens: detached }), 'ERR_DATA', /^tokens: its buffer is detached/);
    await expectFailure(
      () => network.evaluate(undefined as unknown as Batch),
      'ERR_OPTION',
      /^batch: expected an object/,
    );
  });

  it('takes no fields that have no part in what it is or does', async () => {
    const network = new Network(options);
    const evaluate =
      (change: object, of = network) =>
      () =>
        of.evaluate({ ...batch(), ...change });
    await expectFailure(evaluate({ continues: true }), 'ERR_OPTION', /^continues: belongs to the steps/);
    await expectFailure(evaluate({ marginals: true }), 'ERR_OPTION', /^marginals: expected a network with/);
    const one = Int32Array.of(1);
    for (const field of ['characterCounts', 'words', 'activeCounts', 'targetLengths'])
      await expectFailure(
        evaluate({ [field]: one }),
        'ERR_DATA',
        new RegExp(`^${field}: this network takes`),
      );
    await expectFailure(
      evaluate({ classes: undefined, targetLengths: one }),
      'ERR_DATA',
      /^targetLengths: expected classes with them/,
    );
    const states = () => new Float32Array(24);
    for (const [h, c, name] of [
      [new Float32Array(), new Float32Array(), 'h'],
      [states(), new Float32Array(), 'c'],
      [new Float32Array(), states(), 'h'],
      [states(), new Float32Array(25), 'c'],
    ] as const)
      await expectFailure(evaluate({ initial: { h, c } }), 'ERR_SHAPE', new RegExp(`^initial.${name}: `));
    const initial = { h: states(), c: states() };
    const expected = await network.evaluate(batch());
    expect((await network.evaluate({ ...batch(), initial })).output).toEqual(expected.output);
    const ctc = new Network({ ...options, ctc: true });
    const { lengths, tokens } = batch();
    for (const field of ['continues', 'keeps'])
      await expectFailure(
        () => ctc.decode({ lengths, tokens: tokens!, [field]: true }, { beam: 1, nBest: 1 }),
        'ERR_OPTION',
        new RegExp(`^${field}: belongs to`),
      );
  });

  it('refuses sequences that continue without a batch to continue', async () => {
    const network = new Network({ ...options, context: 3 });
    const continuing = { ...batch(), continues: true };
    await expectFailure(() => network.evaluate(continuing), 'ERR_OPTION', /^continues: /);
    const trainer = new Trainer(network, training);
    await expectFailure(() => trainer.evaluate(continuing), 'ERR_OPTION', /^continues: /);
    await expectFailure(() => trainer.step(continuing, 0.1), 'ERR_STATE', /^continues: /);
    await trainer.step({ ...batch(), context: new Float32Array(9), keeps: true }, 0.1);
    await trainer.step(continuing, 0.1);
    const initial = { h: new Float32Array(24), c: new Float32Array(24) };
    await expectFailure(() => trainer.step({ ...continuing, initial }, 0.1), 'ERR_OPTION', /^initial: /);
    trainer.dispose();
  });

  it('is not led astray by getters', async () => {
    const network = new Network(options);
    const lengths = Int32Array.of(5);
    const detaching = {
      lengths,
      get tokens() {
        structuredClone(lengths.buffer, { transfer: [lengths.buffer] });
        return Int32Array.of(1, 2, 3, 4, 5);
      },
    };
    expect((await network.evaluate(detaching)).output).toHaveLength(15);
    const disposing = {
      lengths: Int32Array.of(1),
      get tokens() {
        network.dispose();
        return Int32Array.of(1);
      },
    };
    await expectFailure(() => network.evaluate(disposing), 'ERR_DISPOSED', /disposed/);
    const throwing = {
      get lengths(): Int32Array {
        throw new RangeError('mine');
      },
    };
    await expect(async () => new Network(options).evaluate(throwing)).rejects.toThrow(new RangeError('mine'));
  });

  it('takes no options that are out of range', async () => {
    const make = (change: object) => () => new Network({ ...options, ...change });
    await expectFailure(make({ hidden: 0 }), 'ERR_OPTION', /^hidden: .* found 0$/);
    await expectFailure(make({ hidden: 1.5 }), 'ERR_OPTION', /^hidden: .* found 1\.5$/);
    await expectFailure(make({ hidden: 2 ** 53 }), 'ERR_OPTION', /^hidden: /);
    await expectFailure(make({ hidden: NaN }), 'ERR_OPTION', /^hidden: .* found NaN$/);
    await expectFailure(make({ hidden: '8' }), 'ERR_OPTION', /^hidden: .* found '8'$/);
    await expectFailure(
      make({ cell: 'gated' }),
      'ERR_OPTION',
      /^cell: expected one of 'rnn', 'gru', 'lstm', 'mingru', found 'gated'$/,
    );
    await expectFailure(make({ seed: -1 }), 'ERR_OPTION', /^seed: /);
    await expectFailure(make({ pooling: undefined }), 'ERR_OPTION', /^pooling: .* found undefined$/);
    await expectFailure(
      make({ dropout: { ...options.dropout, input: 1 } }),
      'ERR_OPTION',
      /^dropout\.input: /,
    );
    await expectFailure(make({ input: { kind: 'features', size: 0 } }), 'ERR_OPTION', /^input\.size: /);
    await expectFailure(make({ output: { kind: 'values', size: 2 ** 31 } }), 'ERR_OPTION', /^output\.size: /);
    await expectFailure(
      make({ hidden: 2 ** 20, layers: 2 ** 10, input: { kind: 'features', size: 2 ** 24 } }),
      'ERR_MEMORY',
      /memory|addressed/,
    );
  });

  it('throws ERR_DISPOSED once it is disposed of, and finishes what it began', async () => {
    const network = new Network(options);
    const running = network.evaluate(batch());
    network.dispose();
    network.dispose();
    expect((await running).output).toHaveLength(15);
    for (const use of [
      () => network.parameterNames(),
      () => network.parameter('output.bias'),
      () => network.evaluate(batch()),
      () => new Trainer(network, training),
      () => new Stream(network),
    ])
      await expectFailure(use, 'ERR_DISPOSED', /disposed/);
  });
});

describe('Trainer', () => {
  it('trains a copy; finish puts the kept parameters in place', async () => {
    const network = new Network(options);
    const before = network.parameter('output.bias');
    const trainer = new Trainer(network, training);
    const first = await trainer.step(batch(), 0.01);
    expect(first.count).toBe(4);
    expect(first.gradientNorm).toBeGreaterThan(0);
    expect(network.parameter('output.bias')).toEqual(before);
    await trainer.keep();
    const kept = (await trainer.evaluate(batch())).output;
    for (let i = 0; i < 20; i += 1) await trainer.step(batch(), 0.05);
    const { loss, output } = await trainer.evaluate(batch());
    expect(loss).toBeLessThan(first.loss);
    expect(output).not.toEqual(kept);
    const serving = (await network.evaluate(batch())).output;
    expect(serving).not.toEqual(kept);
    await trainer.finish();
    expect((await network.evaluate(batch())).output).toEqual(kept);
    trainer.dispose();
  });

  it('carries calls out in order', async () => {
    const network = new Network(options);
    const trainer = new Trainer(network, training);
    const order: number[] = [];
    const calls = Array.from({ length: 30 }, async (_, i) => {
      await (i % 3 === 0 ? trainer.evaluate(batch()) : trainer.step(batch(), 0.01));
      order.push(i);
    });
    await Promise.all(calls);
    expect(order).toEqual(Array.from({ length: 30 }, (_, i) => i));
    trainer.dispose();
  });

  it('rejects a loss that is not finite with ERR_NON_FINITE and goes on as if nothing had been', async () => {
    const values = { ...options, output: { kind: 'values', size: 1 } } as const;
    const good: Batch = {
      lengths: Int32Array.of(2),
      tokens: Int32Array.of(2, 3),
      values: Float32Array.of(1, 2),
    };
    const bad: Batch = { ...good, values: Float32Array.of(NaN, 2) };
    const parameters = async (batches: Batch[]) => {
      const network = new Network(values);
      const trainer = new Trainer(network, training);
      for (const one of batches) {
        if (one === bad)
          await expectFailure(() => trainer.step(one, 0.01), 'ERR_NON_FINITE', /^the loss is not finite/);
        else await trainer.step(one, 0.01);
      }
      await trainer.finish();
      trainer.dispose();
      return network.parameterNames().map((name) => network.parameter(name));
    };
    expect(await parameters([good, bad, good])).toEqual(await parameters([good, good]));
  });

  it('takes no options that are out of range', async () => {
    const network = new Network(options);
    const make = (change: object) => () => new Trainer(network, { ...training, ...change });
    await expectFailure(make({ threads: 0 }), 'ERR_OPTION', /^threads: /);
    await expectFailure(make({ clipNorm: -1 }), 'ERR_OPTION', /^clipNorm: /);
    await expectFailure(
      make({ rareTokens: new Uint8Array(9) }),
      'ERR_SHAPE',
      /^rareTokens: expected 10 numbers, found 9$/,
    );
    await expectFailure(make({ optimizer: { ...training.optimizer, beta2: 1 } }), 'ERR_OPTION', /^beta2: /);
    await expectFailure(
      make({ optimizer: { ...training.optimizer, nesterov: true } }),
      'ERR_OPTION',
      /^nesterov: /,
    );
    await expectFailure(
      () => new Trainer({} as InstanceType<typeof Network>, training),
      'ERR_OPTION',
      /^network: expected a Network, found an object$/,
    );
    const trainer = new Trainer(network, training);
    await expectFailure(() => trainer.step(batch(), NaN), 'ERR_OPTION', /^learningRate: /);
    const { lengths, tokens } = batch();
    await expectFailure(
      () => trainer.step({ lengths, tokens: tokens! }, 1),
      'ERR_DATA',
      /^batch: expected targets/,
    );
    trainer.dispose();
  });

  it('rejects what was queued when it is disposed of', async () => {
    const trainer = new Trainer(new Network(options), training);
    // Long enough for the others to be waiting still.
    const steps = 100_000;
    const long = {
      lengths: Int32Array.of(steps),
      tokens: new Int32Array(steps).fill(2),
      classes: new Int32Array(steps),
    };
    const calls = [long, ...Array.from({ length: 50 }, batch)].map((one) => trainer.step(one, 0.01));
    trainer.dispose();
    trainer.dispose();
    const results = await Promise.allSettled(calls);
    const firstRejected = results.findIndex(({ status }) => status === 'rejected');
    expect(firstRejected).toBeGreaterThanOrEqual(0);
    for (const [index, result] of results.entries()) {
      expect(result.status).toBe(index < firstRejected ? 'fulfilled' : 'rejected');
      if (result.status === 'rejected') expect(result.reason).toHaveProperty('code', 'ERR_DISPOSED');
    }
    await expectFailure(() => trainer.step(batch(), 0.01), 'ERR_DISPOSED', /disposed/);
    await expectFailure(() => trainer.finish(), 'ERR_DISPOSED', /disposed/);
  });

  it('rejects finish when the network is gone', async () => {
    const network = new Network(options);
    const trainer = new Trainer(network, training);
    await trainer.step(batch(), 0.01);
    network.dispose();
    await expectFailure(() => trainer.finish(), 'ERR_DISPOSED', /^the network has been disposed of$/);
    trainer.dispose();
  });
});

describe('Stream', () => {
  it('gives what an evaluation gives, step after step', async () => {
    const network = new Network(options);
    const stream = new Stream(network);
    const { output } = await network.evaluate(batch());
    const out = new Float32Array(3);
    for (const [t, token] of [2, 3, 4].entries()) {
      stream.step(Int32Array.of(token), out);
      for (let o = 0; o < 3; o += 1) expect(out[o]).toBeCloseTo(output[t * 3 + o]!, 6);
    }
    const { h, c } = stream.state();
    expect(h).toHaveLength(8);
    stream.step(Int32Array.of(5), out);
    const expected = out.slice();
    stream.reset();
    stream.setState(h, c);
    stream.step(Int32Array.of(5), out);
    expect(out).toEqual(expected);
  });

  it('keeps the parameters it was made with', () => {
    const network = new Network(options);
    const stream = new Stream(network);
    const out = new Float32Array(3);
    stream.step(Int32Array.of(5), out);
    const expected = out.slice();
    network.setParameter('output.bias', Float32Array.of(9, 0, 0));
    network.dispose();
    stream.reset();
    stream.step(Int32Array.of(5), out);
    expect(out).toEqual(expected);
  });

  it('says what is wrong with a step', async () => {
    const stream = new Stream(new Network(options));
    const out = new Float32Array(3);
    await expectFailure(() => stream.step(Int32Array.of(10), out), 'ERR_DATA', /^x\[0\]: .* found 10$/);
    await expectFailure(
      () => stream.step(Int32Array.of(1, 2), out),
      'ERR_SHAPE',
      /^x: expected one token id, found 2$/,
    );
    await expectFailure(() => stream.step(Float32Array.of(1), out), 'ERR_DATA', /^x: expected Int32Array/);
    await expectFailure(
      () => stream.step(Int32Array.of(1), new Float32Array(2)),
      'ERR_SHAPE',
      /^out: expected 3 numbers, found 2$/,
    );
    await expectFailure(() => stream.setState(new Float32Array(7), undefined), 'ERR_SHAPE', /^h: /);
    const windowed = {
      ...options,
      input: { kind: 'tokens', vocabulary: 10, embedding: 4, window: 1 },
    } as const;
    await expectFailure(() => new Stream(new Network(windowed)), 'ERR_OPTION', /window/);
    await expectFailure(
      () => new Stream(new Network({ ...options, bidirectional: true })),
      'ERR_OPTION',
      /one direction/,
    );
  });
});

describe('characters of words', () => {
  const spelled: NetworkOptions = {
    ...options,
    input: { ...tokens, characters: { vocabulary: 6, embedding: 3, hidden: 2 } },
  };
  const spelledBatch = (): Batch => ({
    ...batch(),
    characters: Int32Array.of(2, 3, 5),
    characterCounts: Int32Array.of(1, 0, 2),
    words: Int32Array.of(0, 2, 1, 2, 2),
  });

  it('have parameters of their own', async () => {
    const network = new Network(spelled);
    expect(network.parameterShape('characters.embedding.weight')).toEqual([6, 3]);
    expect(network.parameterShape('characters.recurrent.weight_ih_l0_reverse')).toEqual([8, 3]);
    expect(network.parameterShape('recurrent.weight_ih_l0')).toEqual([32, 8]);
    expect((await network.evaluate(spelledBatch())).count).toBe(4);
  });

  it.each([
    [{ characters: Int32Array.of(2, 3) }, 'ERR_SHAPE', /^characters: expected 3 numbers, found 2$/],
    [{ characters: Int32Array.of(2, 6, 0) }, 'ERR_DATA', /^characters\[1\]: expected 0 … 5, found 6$/],
    [{ characterCounts: Int32Array.of(1, -1, 3) }, 'ERR_DATA', /^characterCounts\[1\]/],
    [{ characterCounts: Int32Array.of(1, 2) }, 'ERR_DATA', /^words\[1\]: expected 0 … 1, found 2$/],
    [{ words: Int32Array.of(0, 2, 1, 2) }, 'ERR_SHAPE', /^words: expected 5 numbers, found 4$/],
    [{ words: undefined }, 'ERR_DATA', /^words: expected Int32Array/],
  ])('have to fit: %j', async (change, code, message) => {
    const network = new Network(spelled);
    await expectFailure(() => network.evaluate({ ...spelledBatch(), ...(change as Batch) }), code, message);
  });

  it('are for networks that read them, of tokens', async () => {
    const network = new Network(options);
    await expectFailure(() => network.evaluate(spelledBatch()), 'ERR_DATA', /^characters: /);
    await expectFailure(
      () => new Trainer(network, { ...training, rareCharacters: new Uint8Array(6) }),
      'ERR_SHAPE',
      /^rareCharacters: expected 0 numbers, found 6$/,
    );
    const none = { ...tokens, characters: { vocabulary: 6, embedding: 3, hidden: 0 } };
    await expectFailure(() => new Network({ ...spelled, input: none }), 'ERR_OPTION', /characters.hidden/);
  });
});

describe('a chain of labels', () => {
  const chain: NetworkOptions = { ...options, crf: {} };
  // Label 1 only behind label 0 and itself.
  const rules = { types: Int32Array.of(0, 0, 1), places: Uint8Array.of(2, 3, 0), breaksOff: true };

  test('very many results are those of fewer, in an array of the same realm', async () => {
    const network = new Network({ ...options, hidden: 2 });
    const steps = 2 ** 19;
    const evaluate = (length: number): Promise<{ output: Float32Array }> =>
      network.evaluate({ lengths: Int32Array.of(length), tokens: new Int32Array(length).fill(2) });
    const { output } = await evaluate(steps);
    expect(output).toBeInstanceOf(Float32Array);
    expect(output).toHaveLength(3 * steps);
    const few = (await evaluate(500)).output;
    expect(output.slice(0, few.length)).toEqual(few);
    expect(output.slice(-3)).toEqual(few.slice(-3));
    output[0] = 7;
    expect((await evaluate(1)).output).toEqual(few.slice(0, 3));
  });

  test('has its parameter, paths, and outputs where they are asked for', async () => {
    const network = new Network({ ...chain, crf: { rules } });
    expect(network.parameterNames().at(-1)).toBe('crf.transitions');
    expect(network.parameterShape('crf.transitions')).toEqual([4, 4]);
    expect(network.parameter('crf.transitions')).toEqual(new Float32Array(16));
    network.setParameter('output.bias', Float32Array.of(0, 100, 0));
    const plain = await network.evaluate(batch());
    expect(plain.path).toEqual(Int32Array.of(0, 1, 1, 0, 1));
    expect(plain.output).toEqual(new Float32Array());
    const { output, ...rest } = await network.evaluate({ ...batch(), marginals: true });
    expect(rest).toEqual({ ...plain, output: undefined });
    expect(output).toHaveLength(15);
    expect(output[1]).toBe(0);
    // Label 2 behind an unknown one is possible.
    expect(plain).toMatchObject({ count: 4, infeasible: 0 });
    const infeasible = { ...batch(), classes: Int32Array.of(2, 1, 0, 0, 0) };
    expect(await network.evaluate(infeasible)).toMatchObject({ count: 2, infeasible: 1 });
    const empty = { lengths: new Int32Array(), tokens: new Int32Array() };
    expect((await network.evaluate(empty)).path).toEqual(new Int32Array());
    network.dispose();
  });

  test('trains, and leaves what is forbidden', async () => {
    const network = new Network({ ...chain, crf: { rules } });
    const trainer = new Trainer(network, training);
    const first = await trainer.step(batch(), 0.1);
    for (let step = 0; step < 20; step += 1) await trainer.step(batch(), 0.1);
    const last = await trainer.step(batch(), 0.1);
    expect(last.loss).toBeLessThan(first.loss / 2);
    await trainer.finish();
    const scores = network.parameter('crf.transitions');
    scores.forEach((score, place) => {
      expect(score === 0).toBe(place === 9 || place === 13 || place === 15);
    });
    trainer.dispose();
    network.dispose();
  });

  test('what does not fit is refused', async () => {
    const make = (crf: unknown, more: object = {}) =>
      new Network({ ...chain, ...more, crf } as NetworkOptions);
    await expectFailure(() => make(true), 'ERR_OPTION', /crf: expected an object/);
    await expectFailure(() => make({ rules: true }), 'ERR_OPTION', /crf.rules: expected an object/);
    await expectFailure(() => make({ rules: { ...rules, types: [0, 0, 1] } }), 'ERR_DATA', /crf.rules.types/);
    await expectFailure(
      () => make({ rules: { ...rules, places: new Uint8Array(4) } }),
      'ERR_SHAPE',
      /crf.rules.places: expected 3/,
    );
    await expectFailure(
      () => make({ rules: { ...rules, breaksOff: 1 } }),
      'ERR_OPTION',
      /crf.rules.breaksOff/,
    );
    const inner = Uint8Array.of(3, 3, 3);
    await expectFailure(
      () => make({ rules: { ...rules, places: inner } }),
      'ERR_OPTION',
      /a label that may begin, follow itself/,
    );
    await expectFailure(() => make({}, { pooling: 'last' }), 'ERR_OPTION', /no pooling/);
    await expectFailure(() => make({}, { ctc: true }), 'ERR_OPTION', /no ctc/);
    const network = new Network(chain);
    await expectFailure(() => new Stream(network), 'ERR_OPTION', /without a crf/);
    await expectFailure(() => network.decode(batch(), { beam: 1, nBest: 1 }), 'ERR_OPTION', /decode/);
    network.dispose();
  });
});

describe('a context', () => {
  const written: NetworkOptions = {
    ...options,
    context: 2,
    output: { kind: 'classes', size: 10 },
  };
  const lengths = Int32Array.of(2, 1);
  const tokensOf = Int32Array.of(0, 3, 0);

  test('has its parameters, and changes what is expected', async () => {
    const network = new Network(written);
    expect(network.parameterShape('context.weight')).toEqual([16, 2]);
    expect(network.parameterShape('context.bias')).toEqual([16]);
    const context = Float32Array.of(1, 0, 0, 1);
    const { output, final } = await network.evaluate({ lengths, tokens: tokensOf, context, keeps: true });
    expect(output.slice(0, 10)).not.toEqual(output.slice(20));
    const stream = new Stream(network, Float32Array.of(0, 1));
    const out = new Float32Array(10);
    stream.step(Int32Array.of(0), out);
    expect(out).toEqual(output.slice(20));
    stream.reset();
    stream.step(Int32Array.of(0), out);
    expect(out).toEqual(output.slice(20));
    // Sequences that have begun need none.
    const { output: later } = await network.evaluate({ lengths, tokens: tokensOf, initial: final! });
    expect(later).toHaveLength(30);
  });

  test('that does not fit is refused', async () => {
    const network = new Network(written);
    const evaluate = (change: object) => (): unknown =>
      network.evaluate({ lengths, tokens: tokensOf, ...change });
    await expectFailure(evaluate({}), 'ERR_SHAPE', /^context: expected 4 numbers, found 0$/);
    await expectFailure(
      evaluate({ context: new Float32Array(3) }),
      'ERR_SHAPE',
      /^context: expected 4 .* 3$/,
    );
    await expectFailure(evaluate({ context: [1, 2, 3, 4] }), 'ERR_DATA', /^context: expected Float32Array/);
    await expectFailure(() => new Stream(network), 'ERR_SHAPE', /^context: expected 2 numbers, found 0$/);
    const plain = new Network(options);
    await expectFailure(
      () => plain.evaluate({ lengths, tokens: tokensOf, context: new Float32Array(4) }),
      'ERR_DATA',
      /^context: this network takes no context/,
    );
    await expectFailure(() => new Stream(plain, new Float32Array(1)), 'ERR_SHAPE', /^context: expected 0/);
    for (const [change, message] of [
      [{ bidirectional: true }, /^context: expected a network of one direction/],
      [{ context: 0 }, /^context: /],
      [{ context: 1.5 }, /^context: /],
    ] as const) {
      await expectFailure(() => new Network({ ...written, ...change }), 'ERR_OPTION', message);
    }
  });
});
