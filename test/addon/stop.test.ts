import type { Batch, Decoding, DecodingOptions, Stop as StopObject } from '../../binding';
import { native } from '../../lib/addon/native';
import { networkOptions, stack, training } from './options';

const { Generator, Network, Stop, Trainer } = native();

/** Writes rows of values until it has as many as it is told to. */
const endless = networkOptions({
  cell: 'gru',
  forgetBias: 0,
  peepholes: false,
  projection: 0,
  layerNorm: false,
  hidden: 4,
  input: { kind: 'features', size: 1 },
  output: { kind: 'values', size: 1 },
  decoder: { ...stack, forgetBias: 0, hidden: 4, embedding: 0, attention: 'none' },
});

const batch: Batch = { lengths: Int32Array.of(1), features: Float32Array.of(1) };
const targets: Batch = { ...batch, targetLengths: Int32Array.of(2), values: Float32Array.of(1, 2) };

/** So many steps that nobody waits for their end. */
const forever: DecodingOptions = { beam: 1, nBest: 1, limits: Int32Array.of(2 ** 31 - 1) };

const stopped = expect.objectContaining({ code: 'ERR_DISPOSED' }) as Error;

const begun = () => new Promise((resolve) => setTimeout(resolve, 20));

test.each<[string, (stop: StopObject) => Promise<Decoding>]>([
  ['a network', (stop) => new Network(endless).decode(batch, forever, stop)],
  ['a trainer', (stop) => new Trainer(new Network(endless), training).decode(batch, forever, stop)],
])('a request ends what %s works on', async (_of, decode) => {
  const stop = new Stop();
  const decoding = decode(stop);
  await begun();
  stop.request();
  await expect(decoding).rejects.toEqual(stopped);
});

test('what is requested already ends at once, and calls without it go on', async () => {
  const stop = new Stop();
  stop.request();
  const network = new Network(endless);
  await expect(network.decode(batch, forever, stop)).rejects.toEqual(stopped);
  await expect(network.evaluate(targets, stop)).rejects.toEqual(stopped);
  await network.evaluate(targets);
});

test('a step that is stopped leaves no trace', async () => {
  const step = async (disturb: (trainer: InstanceType<typeof Trainer>) => Promise<void>) => {
    const trainer = new Trainer(new Network(endless), training);
    await trainer.step(targets, 0.1);
    await disturb(trainer);
    const { loss } = await trainer.step(targets, 0.1);
    const { parameters, updates } = await trainer.state();
    trainer.dispose();
    return { loss, parameters, updates };
  };
  const disturbed = await step(async (trainer) => {
    const stop = new Stop();
    stop.request();
    await expect(trainer.step(targets, 0.1, stop)).rejects.toEqual(stopped);
  });
  expect(disturbed).toEqual(await step(() => Promise.resolve()));
});

test('disposing of a trainer ends what it works on and what waits', async () => {
  const trainer = new Trainer(new Network(endless), training);
  const running = trainer.decode(batch, forever);
  const waiting = trainer.step(targets, 0.1);
  const outcomes = Promise.allSettled([running, waiting]);
  await begun();
  trainer.dispose();
  expect(await outcomes).toEqual([
    { status: 'rejected', reason: stopped },
    { status: 'rejected', reason: stopped },
  ]);
});

test('disposing of a generator ends what it works on', async () => {
  const network = new Network({
    ...endless,
    decoder: undefined,
    output: { kind: 'values', size: 1 },
  });
  const generator = new Generator(network, batch, {
    temperature: 1,
    topK: 0,
    topP: 1,
    seeds: Float64Array.of(1),
    banned: new Int32Array(),
    endless: false,
  });
  const writing = generator.next(2 ** 31 - 1);
  await begun();
  generator.dispose();
  await expect(writing).rejects.toEqual(stopped);
});

test('what is no Stop is refused', () => {
  const network = new Network(endless);
  const wrong = [1, {}, new AbortController().signal] as never[];
  for (const stop of wrong)
    expect(() => network.decode(batch, forever, stop)).toThrow(/^stop: expected (an object|a Stop), found/);
});
