import { Worker } from 'node:worker_threads';
import { join } from 'node:path';
import type { Batch, Generated, GeneratorOptions, NetworkOptions } from '../../binding';
import { native } from '../../lib/addon/native';
import { isError } from '../../lib/support/realms';
import { networkOptions } from './options';

const { Generator, Network, Stream } = native();

const options = networkOptions({
  resetAfter: false,
  hidden: 12,
  input: { kind: 'tokens', vocabulary: 9, embedding: 4, window: 0 },
  output: { kind: 'classes', size: 9 },
});

const keys: NetworkOptions = {
  ...options,
  input: { kind: 'multihot', size: 6, embedding: 0 },
  output: { kind: 'multihot', size: 6 },
};

const series: NetworkOptions = {
  ...options,
  input: { kind: 'features', size: 2 },
  output: { kind: 'values', size: 2 },
};

function sampling(sequences: number, change: Partial<GeneratorOptions> = {}): GeneratorOptions {
  return {
    temperature: 1,
    topK: 0,
    topP: 1,
    seeds: Float64Array.from({ length: sequences }, (_, b) => b),
    banned: new Int32Array(),
    endless: false,
    ...change,
  };
}

/** As many prompts of one step, the boundary. */
function boundaries(sequences: number): Batch {
  return { lengths: new Int32Array(sequences).fill(1), tokens: new Int32Array(sequences) };
}

async function expectFailure(body: () => unknown, code: string, message: RegExp): Promise<void> {
  let error: unknown;
  try {
    await body();
  } catch (thrown) {
    error = thrown;
  }
  expect(isError(error)).toBe(true);
  expect((error as Error).message).toMatch(message);
  expect(error).toHaveProperty('code', code);
}

/** The symbols of each sequence. */
function split({ lengths, symbols }: Generated): number[][] {
  let at = 0;
  return [...lengths].map((length) => [...symbols!.subarray(at, (at += length))]);
}

describe('Generator', () => {
  it('gives to each symbol the probability that a stream gives it, bit for bit', async () => {
    const network = new Network(options);
    const prompts = { lengths: Int32Array.of(1, 3, 2), tokens: Int32Array.of(0, 0, 4, 5, 0, 8) };
    const generator = new Generator(network, prompts, sampling(3, { temperature: 0.7 }));
    const chunk = await generator.next(40);
    const stream = new Stream(network);
    const out = new Float32Array(9);
    let at = 0;
    for (const [b, prompt] of [[0], [0, 4, 5], [0, 8]].entries()) {
      stream.reset();
      for (const id of prompt) stream.step(Int32Array.of(id), out);
      for (let t = 0; t < chunk.lengths[b]!; t += 1, at += 1) {
        const id = chunk.symbols![at]!;
        expect(chunk.probabilities[at]).toBe(out[id]);
        expect(id === 0).toBe(chunk.ended[b] === 1 && t === chunk.lengths[b]! - 1);
        stream.step(Int32Array.of(id), out);
      }
    }
    expect(at).toBe(chunk.symbols!.length);
    expect(chunk.probabilities).toHaveLength(at);
    generator.dispose();
  });

  it('makes of a prompt and a seed the same sequence, alone and in any batch, at once and in chunks', async () => {
    const network = new Network(options);
    const many = split(await new Generator(network, boundaries(100), sampling(100)).next(30));
    expect(new Set(many.map(String)).size).toBeGreaterThan(50);
    for (const b of [0, 31, 99]) {
      const alone = new Generator(network, boundaries(1), sampling(1, { seeds: Float64Array.of(b) }));
      const found: number[] = [];
      for (const steps of [1, 9, 20]) found.push(...(await alone.next(steps)).symbols!);
      expect(found).toEqual(many[b]);
    }
  });

  it('ends a sequence at the boundary, and never where it is endless', async () => {
    const network = new Network(options);
    const generator = new Generator(network, boundaries(64), sampling(64));
    const first = await generator.next(5);
    const second = await generator.next(200);
    expect(first.ended.some((flag) => flag === 0) && first.ended.some((flag) => flag === 1)).toBe(true);
    expect([...second.ended]).toEqual(new Array(64).fill(1));
    for (const b of first.ended.keys()) expect(first.ended[b]).toBe(second.lengths[b] === 0 ? 1 : 0);
    const third = await generator.next(1);
    expect(third.symbols).toHaveLength(0);
    const endless = await new Generator(
      network,
      boundaries(3),
      sampling(3, { endless: true, banned: Int32Array.of(1, 2) }),
    ).next(200);
    expect([...endless.lengths]).toEqual([200, 200, 200]);
    expect(endless.symbols!.every((id) => id > 2)).toBe(true);
  });

  it('generates multihot steps and values', async () => {
    const music = new Network(keys);
    const prompts = {
      lengths: Int32Array.of(1, 2),
      activeCounts: Int32Array.of(1, 1, 2),
      active: Int32Array.of(5, 5, 0, 3),
    };
    const steps = await new Generator(music, prompts, sampling(2, { endless: true })).next(50);
    expect([...steps.lengths]).toEqual([50, 50]);
    expect(steps.activeCounts).toHaveLength(100);
    expect(steps.active).toHaveLength(steps.activeCounts!.reduce((sum, count) => sum + count));
    expect(steps.active!.every((key) => key >= 0 && key < 5)).toBe(true);
    expect(steps).not.toHaveProperty('symbols');
    const curve = new Network(series);
    const start = { lengths: Int32Array.of(1), features: Float32Array.of(1, -1) };
    const { values, lengths, probabilities, ended } = await new Generator(curve, start, sampling(1)).next(4);
    const stream = new Stream(curve);
    let x = Float32Array.of(1, -1);
    for (let t = 0; t < 4; t += 1) {
      const out = new Float32Array(2);
      stream.step(x, out);
      expect(values!.slice(2 * t, 2 * t + 2)).toEqual(out);
      x = out;
    }
    expect([lengths[0], ended[0], probabilities.length]).toEqual([4, 0, 0]);
  });

  it('keeps the parameters it was made with', async () => {
    const network = new Network(options);
    const expected = await new Generator(network, boundaries(4), sampling(4)).next(20);
    const generator = new Generator(network, boundaries(4), sampling(4));
    network.setParameter('output.bias', Float32Array.of(0, 0, 0, 99, 0, 0, 0, 0, 0));
    network.dispose();
    expect(await generator.next(20)).toEqual(expected);
  });

  it('takes one call at a time, and ends when it is disposed of', async () => {
    const network = new Network(options);
    const generator = new Generator(network, boundaries(40), sampling(40, { endless: true }));
    const running = generator.next(2 ** 31 - 1);
    await expectFailure(() => generator.next(1), 'ERR_BUSY', /await/);
    setTimeout(() => {
      generator.dispose();
      generator.dispose();
    }, 20);
    await expectFailure(() => running, 'ERR_DISPOSED', /^the generator has been disposed of$/);
    await expectFailure(() => generator.next(1), 'ERR_DISPOSED', /^the generator has been disposed of$/);
  });

  it('rejects outputs that are not finite, and goes no further', async () => {
    const network = new Network(options);
    network.setParameter('output.bias', new Float32Array(9).fill(NaN));
    const generator = new Generator(network, boundaries(40), sampling(40));
    await expectFailure(() => generator.next(3), 'ERR_NON_FINITE', /not finite/);
    await expectFailure(() => generator.next(3), 'ERR_STATE', /cannot go on/);
  });

  it('says what is wrong with its arguments', async () => {
    const network = new Network(options);
    const make =
      (change: object, prompts: object = boundaries(2), of = network) =>
      () =>
        new Generator(of, prompts as Batch, { ...sampling(2), ...change });
    await expectFailure(make({ temperature: -1 }), 'ERR_OPTION', /^temperature: .* found -1$/);
    await expectFailure(make({ temperature: NaN }), 'ERR_OPTION', /^temperature: .* found NaN$/);
    await expectFailure(make({ topK: 1.5 }), 'ERR_OPTION', /^topK: .* found 1\.5$/);
    await expectFailure(make({ topK: -1 }), 'ERR_OPTION', /^topK: .* found -1$/);
    await expectFailure(make({ topP: 0 }), 'ERR_OPTION', /^topP: expected a number > 0/);
    await expectFailure(make({ topP: 1.1 }), 'ERR_OPTION', /^topP: .* found 1\.1$/);
    await expectFailure(make({ topP: '1' }), 'ERR_OPTION', /^topP: .* found '1'$/);
    await expectFailure(make({ seeds: [1, 2] }), 'ERR_DATA', /^seeds: expected Float64Array/);
    await expectFailure(make({ seeds: Float64Array.of(1) }), 'ERR_SHAPE', /^seeds: expected 2 .* found 1$/);
    await expectFailure(make({ seeds: Float64Array.of(1, -1) }), 'ERR_OPTION', /^seeds\[1\]: /);
    await expectFailure(make({ seeds: Float64Array.of(0.5, 1) }), 'ERR_OPTION', /^seeds\[0\]: /);
    await expectFailure(make({ seeds: Float64Array.of(NaN, 1) }), 'ERR_OPTION', /^seeds\[0\]: /);
    await expectFailure(make({ banned: Int32Array.of(9) }), 'ERR_OPTION', /^banned\[0\]: .* found 9$/);
    await expectFailure(make({ banned: Int32Array.of(1, -1) }), 'ERR_OPTION', /^banned\[1\]: /);
    await expectFailure(
      make({ banned: Int32Array.from({ length: 8 }, (_, id) => id + 1), endless: true }),
      'ERR_OPTION',
      /^banned: .*all of them$/,
    );
    await expectFailure(make({ banned: undefined }), 'ERR_DATA', /^banned: /);
    await expectFailure(make({ endless: 1 }), 'ERR_OPTION', /^endless: /);
    await expectFailure(
      make({}, { lengths: Int32Array.of(1, 0), tokens: Int32Array.of(0) }),
      'ERR_SHAPE',
      /^lengths\[1\]: .* at least one step/,
    );
    await expectFailure(
      make({}, { lengths: Int32Array.of(1, 1), tokens: Int32Array.of(0, 9) }),
      'ERR_DATA',
      /^tokens\[1\]: /,
    );
    await expectFailure(make({}, { lengths: Int32Array.of(1, 1) }), 'ERR_DATA', /^tokens: /);
    const initial = { h: new Float32Array(24), c: new Float32Array(24) };
    const spoken = new Network({ ...options, context: 3 });
    for (const [change, message] of [
      [{ continues: true }, /^continues: /],
      [{ initial }, /^initial and keeps: a generator begins/],
      [{ keeps: true, context: new Float32Array(6) }, /^initial and keeps: /],
    ] as const)
      await expectFailure(make({}, { ...boundaries(2), ...change }, spoken), 'ERR_OPTION', message);
    await expectFailure(make({}, boundaries(2), spoken), 'ERR_SHAPE', /^context: expected 6 numbers/);
    await expectFailure(
      () => new Generator({} as InstanceType<typeof Network>, boundaries(2), sampling(2)),
      'ERR_OPTION',
      /^network: /,
    );
    for (const [change, message] of [
      [{ bidirectional: true }, /one direction/],
      [{ pooling: 'last' }, /pooling/],
      [{ output: { kind: 'classes', size: 8 } }, /what it reads/],
      [{ output: { kind: 'values', size: 9 } }, /what it reads/],
      [{ input: { kind: 'tokens', vocabulary: 9, embedding: 4, window: 1 } }, /window/],
    ] as const) {
      const other = new Network({ ...options, ...change });
      await expectFailure(make({}, boundaries(2), other), 'ERR_OPTION', message);
    }
    await expectFailure(
      () =>
        new Generator(
          new Network(keys),
          { lengths: Int32Array.of(1), activeCounts: Int32Array.of(0), active: new Int32Array() },
          sampling(1, { topK: 2 }),
        ),
      'ERR_OPTION',
      /^topK: expected 0/,
    );
    const generator = new Generator(network, boundaries(2), sampling(2));
    await expectFailure(() => generator.next(0), 'ERR_OPTION', /^steps: .* found 0$/);
    await expectFailure(() => generator.next(2 ** 31), 'ERR_OPTION', /^steps: /);
    await expectFailure(() => generator.next(NaN), 'ERR_OPTION', /^steps: /);
  });

  it('is not led astray by getters', async () => {
    const network = new Network(options);
    const seeds = Float64Array.of(1, 2);
    const detaching = {
      ...sampling(2),
      seeds,
      get banned() {
        structuredClone(seeds.buffer, { transfer: [seeds.buffer] });
        return new Int32Array();
      },
    };
    expect((await new Generator(network, boundaries(2), detaching).next(3)).lengths).toHaveLength(2);
    const disposing = {
      ...sampling(2),
      get banned() {
        network.dispose();
        return new Int32Array();
      },
    };
    await expectFailure(() => new Generator(network, boundaries(2), disposing), 'ERR_DISPOSED', /disposed/);
  });

  it('takes a batch of none', async () => {
    const chunk = await new Generator(new Network(options), boundaries(0), sampling(0)).next(5);
    expect([chunk.lengths.length, chunk.symbols!.length, chunk.ended.length]).toEqual([0, 0, 0]);
  });

  it('works in a worker, which can be stopped in the middle of a chunk', async () => {
    const code = `
      const { parentPort, workerData } = require('node:worker_threads');
      const module_ = { exports: {} };
      process.dlopen(module_, workerData.file);
      const { Generator, Network } = module_.exports;
      const generator = new Generator(new Network(workerData.options), workerData.prompts, workerData.sampling);
      generator.next(3).then(({ lengths }) => {
        parentPort.postMessage(lengths.length);
        generator.next(2 ** 31 - 1);
      });`;
    const file = join(__dirname, '..', '..', 'build', 'Release', 'bptt.node');
    for (let round = 0; round < 3; round += 1) {
      const worker = new Worker(code, {
        eval: true,
        workerData: { file, options, prompts: boundaries(40), sampling: sampling(40, { endless: true }) },
      });
      const count = await new Promise((resolve, reject) => {
        worker.once('message', resolve).once('error', reject);
      });
      expect(count).toBe(40);
      await new Promise((resolve) => setTimeout(resolve, 5));
      await worker.terminate();
    }
  });
});
