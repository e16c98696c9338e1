import type { NetworkOptions } from '../../binding';
import { native } from '../../lib/addon/native';
import { evaluateText } from '../../lib/training/text-evaluation';
import { rejection } from '../data/failure';

const options: NetworkOptions = {
  cell: 'lstm',
  activation: 'tanh',
  resetAfter: false,
  forgetBias: 1,
  peepholes: false,
  projection: 0,
  layerNorm: false,
  hidden: 8,
  layers: 2,
  bidirectional: false,
  seed: 1,
  dropout: { input: 0, between: 0, recurrent: 0, output: 0 },
  input: { kind: 'tokens', vocabulary: 10, embedding: 4, window: 0 },
  pooling: 'none',
  output: { kind: 'classes', size: 10 },
};

const text = Int32Array.from({ length: 3000 }, (_, i) => 2 + ((i * i) % 8));
const network = new (native().Network)(options);

test('the result does not depend on the windows, which depend on the size of the output', async () => {
  const whole = await network.evaluate({
    lengths: Int32Array.of(2999),
    tokens: text.slice(0, -1),
    classes: text.slice(1),
  });
  // Windows of 4096, 1000, 7 and 1 steps.
  for (const outputs of [10, 2 ** 19 / 1000, 2 ** 19 / 7, 2 ** 20]) {
    const { loss, count } = await evaluateText(network, text, outputs);
    expect(count).toBe(2999);
    expect(loss).toBeCloseTo(whole.loss, 8);
  }
});

test('ends with the reason of a signal', async () => {
  const reason = new Error('enough');
  expect(await rejection(evaluateText(network, text, 10, { signal: AbortSignal.abort(reason) }))).toBe(
    reason,
  );
});
