import type { Batch, Decoding, DecodingOptions } from '../../../binding';
import { checkEncoderDecoder } from '../../../lib/architecture/encoder-decoder-schema';
import { checkPredictDecoder } from '../../../lib/options/decoder-schema';
import { EncoderDecoderTask } from '../../../lib/tasks/encoder-decoder/encoder-decoder-task';
import type { Engine } from '../../../lib/tasks/task';
import { failure } from '../../data/failure';

const spelling = checkEncoderDecoder({
  cell: 'lstm',
  hidden: 3,
  input: { kind: 'tokens', tokenizer: 'characters', embedding: 2 },
  output: { kind: 'classes' },
  decoder: { hidden: 4, input: { kind: 'tokens', embedding: 5 } },
  teacherForcing: { from: 1, to: 0, epochs: 4 },
});

const forecasting = checkEncoderDecoder({
  cell: 'gru',
  hidden: 3,
  input: { kind: 'features', normalize: false },
  output: { kind: 'values', normalize: true },
});

const sounds = [
  { x: 'ab', y: ['A', 'B'] },
  { x: 'abb', y: ['A', 'B', 'B', 'B'] },
  { x: '', y: [] },
];

const rows = [
  { x: [[1], [2]], y: [[3], [5]] },
  { x: [[4]], y: [[4], [4], [4]] },
];

/** Answers what it is told, and keeps what it was asked. */
function engine(
  answer: Partial<Decoding> = {},
): Engine & { asked: { batch: Batch; options: DecodingOptions }[] } {
  const asked: { batch: Batch; options: DecodingOptions }[] = [];
  return {
    asked,
    evaluate: () => Promise.reject(new Error('not asked for')),
    decode: (batch, options) => {
      asked.push({ batch, options });
      return Promise.resolve({ ...nothing, ...answer });
    },
  };
}

const nothing: Decoding = {
  counts: new Int32Array(),
  lengths: new Int32Array(),
  symbols: new Int32Array(),
  values: new Float32Array(),
  scores: new Float64Array(),
  ended: new Uint8Array(),
  attention: new Float32Array(),
  loss: NaN,
  count: 0,
  infeasible: 0,
};

const greedy = { beam: 1, nBest: 1 };

describe('symbols', () => {
  let task: EncoderDecoderTask;

  beforeAll(async () => {
    task = await EncoderDecoderTask.learn(spelling, sounds);
  });

  test('the network is told of both sides', () => {
    expect(task.network).toMatchObject({
      cell: 'lstm',
      hidden: 3,
      pooling: 'none',
      input: { kind: 'tokens', vocabulary: 4, embedding: 2 },
      output: { kind: 'classes', size: 4 },
      decoder: { cell: 'lstm', hidden: 4, layers: 1, embedding: 5, attention: 'luong' },
    });
    expect(task.labels).toEqual(['B', 'A']);
    expect(task.vocabulary!.toJSON().tokens).toEqual(['b', 'a']);
    expect([task.metric, task.scale]).toEqual(['symbolErrorRate', undefined]);
  });

  test('a batch has the targets one after the other, and in training the share of its epoch', async () => {
    const encoded = await task.encode(sounds, 'error');
    expect(task.assemble(encoded, Int32Array.of(1, 2, 0), 3)).toEqual({
      lengths: Int32Array.of(3, 0, 2),
      tokens: Int32Array.of(3, 2, 2, 3, 2),
      classes: Int32Array.of(3, 2, 2, 2, 3, 2),
      targetLengths: Int32Array.of(4, 0, 2),
      teacherForcing: 0.5,
    });
    expect(task.assemble(encoded, Int32Array.of(0))).not.toHaveProperty('teacherForcing');
    const [alone] = await task.encodeInputs(['ab'], () => 'the sequence');
    expect(task.assemble([alone!], Int32Array.of(0))).toEqual({
      lengths: Int32Array.of(2),
      tokens: Int32Array.of(3, 2),
    });
  });

  test('an output may be as long as any in training, or twice the input and 10', async () => {
    const long = engine();
    const lengths = Int32Array.of(0, 1, 100);
    await task.compute(long, { lengths }, greedy);
    expect(long.asked[0]!.options).toEqual({ ...greedy, limits: Int32Array.of(10, 12, 210) });
    const teacher = await EncoderDecoderTask.learn(spelling, [{ x: 'a', y: Array<string>(20).fill('A') }]);
    await teacher.compute(long, { lengths }, { ...greedy, lengthPenalty: 1 });
    expect(long.asked[1]!.options).toEqual({
      ...greedy,
      lengthPenalty: 1,
      limits: Int32Array.of(21, 21, 210),
    });
    await task.compute(long, { lengths }, { ...greedy, maxSteps: 2 });
    expect(long.asked[2]!.options.limits).toEqual(Int32Array.of(2, 2, 2));
  });

  test('targets are decoded with: they give the loss', async () => {
    const listener = engine();
    const batch = task.assemble(await task.encode(sounds, 'keep'), Int32Array.of(0, 1));
    await task.compute(listener, batch, greedy);
    expect(listener.asked[0]!.batch).toEqual(batch);
  });

  const decoding: Decoding = {
    ...nothing,
    counts: Int32Array.of(2, 1),
    lengths: Int32Array.of(2, 1, 0),
    symbols: Int32Array.of(2, 1, 3),
    scores: Float64Array.of(-0.5, -2, -1),
    ended: Uint8Array.of(1, 1, 0),
    attention: Float32Array.of(0.25, 0.75, 0.5, 0.5, 1, 0),
    loss: 6,
    count: 4,
  };

  test('predictions name the symbols', () => {
    const batch = { lengths: Int32Array.of(2, 3) };
    const plain = task.predictions(decoding, batch, checkPredictDecoder(spelling));
    expect(plain).toEqual([
      { y: ['B', '<unknown>'], score: -0.5, finishReason: 'end' },
      { y: [], score: -1, finishReason: 'length' },
    ]);
    const more = task.predictions(
      decoding,
      batch,
      checkPredictDecoder(spelling, { nBest: 3, attention: true }),
    );
    expect(more).toEqual([
      {
        ...plain[0],
        attention: Float32Array.of(0.25, 0.75, 0.5, 0.5),
        alternatives: [{ y: ['A'], score: -2, attention: Float32Array.of(1, 0) }],
      },
      { ...plain[1], attention: new Float32Array(), alternatives: [] },
    ]);
  });

  test('the best output is measured against all right answers', async () => {
    const encoded = await task.encode(
      [
        { x: 'ab', y: ['A', 'A'], alternatives: [['B', 'x']] },
        { x: 'aaa', y: ['A', 'A', 'A'] },
      ],
      'keep',
    );
    const meter = task.meter();
    await meter.add(encoded, Int32Array.of(0, 1), decoding);
    expect(meter.result()).toEqual({
      loss: 1.5,
      // One of two against the alternative, as against y; three of three.
      symbolErrorRate: (1 + 3) / (2 + 3),
      sequenceErrorRate: 1,
      bleu: 0,
      examples: 2,
      steps: 5,
    });
  });

  test('what was learned can be written down', async () => {
    const json = JSON.parse(JSON.stringify(task.toJSON())) as { input: object; output: object };
    const again = EncoderDecoderTask.fromJSON(spelling, json);
    expect(again.network).toEqual(task.network);
    expect(again.toJSON()).toEqual(task.toJSON());
    const other = await EncoderDecoderTask.learn(forecasting, rows);
    expect(() => EncoderDecoderTask.fromJSON(spelling, { ...json, ...other.toJSON() })).toThrow(
      failure('ERR_DATA', 'expected tokens; found features'),
    );
    expect(() =>
      EncoderDecoderTask.fromJSON(forecasting, { ...other.toJSON(), output: json.output }),
    ).toThrow(failure('ERR_DATA', ''));
    expect(() => EncoderDecoderTask.fromJSON(spelling, { ...json, output: other.toJSON().output })).toThrow(
      failure('ERR_DATA', ''),
    );
  });

  test('without word targets there is no BLEU', async () => {
    const form = checkEncoderDecoder({
      ...spelling,
      decoder: { input: { kind: 'tokens', tokenizer: 'characters' } },
    });
    const letters = await EncoderDecoderTask.learn(form, sounds);
    expect(letters.meter().result()).not.toHaveProperty('bleu');
  });
});

describe('values', () => {
  let task: EncoderDecoderTask;

  beforeAll(async () => {
    task = await EncoderDecoderTask.learn(forecasting, rows);
  });

  test('the network reads what it emits', () => {
    expect(task.network).toMatchObject({
      input: { kind: 'features', size: 1 },
      output: { kind: 'values', size: 1 },
      decoder: { cell: 'gru', hidden: 3, embedding: 0 },
    });
    expect([task.labels, task.targetVocabulary, task.metric]).toEqual([undefined, undefined, 'loss']);
    expect(task.scale!.mean[0]).toBe(4);
  });

  test('a forecast has as many rows as the longest target, one that is measured as many as its own', async () => {
    const prophet = engine();
    await task.compute(prophet, { lengths: Int32Array.of(2, 5) }, greedy);
    expect(prophet.asked[0]!.options.limits).toEqual(Int32Array.of(3, 3));
    await task.compute(prophet, { lengths: Int32Array.of(2) }, { ...greedy, maxSteps: 7 });
    expect(prophet.asked[1]!.options.limits).toEqual(Int32Array.of(7));
    const batch = task.assemble(await task.encode(rows, 'keep'), Int32Array.of(0, 1));
    await task.compute(prophet, batch, greedy);
    await task.compute(prophet, batch, { ...greedy, maxSteps: 1 });
    expect(prophet.asked[2]!.options.limits).toEqual(Int32Array.of(2, 3));
    expect(prophet.asked[3]!.options.limits).toEqual(Int32Array.of(1, 1));
    // The targets are not read.
    expect(prophet.asked[2]!.batch).toEqual({ lengths: batch.lengths, features: batch.features });
  });

  test('before the first training nobody knows how many', () => {
    const known = EncoderDecoderTask.known(
      checkEncoderDecoder({
        ...forecasting,
        input: { kind: 'features', size: 1 },
        output: { kind: 'values' },
        decoder: { input: { kind: 'features', size: 1 } },
      }),
    )!;
    expect(() => known.compute(engine(), { lengths: Int32Array.of(1) }, greedy)).toThrow(
      failure('ERR_STATE', '"maxSteps"'),
    );
  });

  test('predictions have the units of the data', () => {
    const decoding = {
      ...nothing,
      counts: Int32Array.of(1, 1),
      lengths: Int32Array.of(2, 0),
      values: Float32Array.of(0, 1),
      scores: Float64Array.of(0, 0),
      ended: Uint8Array.of(1, 1),
    };
    const batch = { lengths: Int32Array.of(1, 1) };
    const [deviation] = task.scale!.deviation;
    expect(task.predictions(decoding, batch, checkPredictDecoder(forecasting))).toEqual([
      { y: [[4], [4 + deviation!]], score: 0, finishReason: 'end' },
      { y: [], score: 0, finishReason: 'end' },
    ]);
  });

  test('forecasts are measured as far as they go, the loss as z-scores', async () => {
    const encoded = await task.encode(rows, 'keep');
    const meter = task.meter();
    expect(meter.result()).toMatchObject({ loss: NaN, mse: 0, mae: 0 });
    const [deviation] = task.scale!.deviation;
    await meter.add(encoded, Int32Array.of(1, 0), {
      ...nothing,
      counts: Int32Array.of(1, 1),
      lengths: Int32Array.of(2, 2),
      values: Float32Array.of(1, 3, -1 / deviation!, 1 / deviation!),
    });
    const { loss, scaledMse, scaledMae, mse, mae, examples, steps } = meter.result();
    expect({ examples, steps }).toEqual({ examples: 2, steps: 3 });
    expect(scaledMse).toBeCloseTo((1 + 9) / 4, 6);
    expect(scaledMae).toBeCloseTo((1 + 3) / 4, 6);
    expect(mse).toBeCloseTo(scaledMse! * deviation! ** 2, 6);
    expect(mae).toBeCloseTo(scaledMae! * deviation!, 6);
    expect(loss).toBeCloseTo(scaledMse! / 2, 12);
  });
});
