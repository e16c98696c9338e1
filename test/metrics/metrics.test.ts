import { TargetEncoder, type TargetEncoderJSON } from '../../lib/data/encoders/target-encoder';
import { Normalization } from '../../lib/data/normalization';
import { scalarsOf, type Meter } from '../../lib/metrics/meter';
import { isBetter, isErrorRate, isLoss, isMetric, metricsOf } from '../../lib/metrics/metrics';
import { AlignedMeter } from '../../lib/tasks/aligned/aligned-meter';
import { DecodedMeter } from '../../lib/tasks/decoded-meter';
import { ForecastMeter } from '../../lib/tasks/encoder-decoder/forecast-meter';
import { NextStepMeter } from '../../lib/tasks/next-step/next-step-meter';

const scale = { mean: [0, 1], deviation: [1, 2] };
const measured = { measured: Normalization.fromJSON(scale) };
const aligned = (json: TargetEncoderJSON): Meter => new AlignedMeter(TargetEncoder.fromJSON(json), false);
const decoded = (bleu: boolean): Meter => new DecodedMeter({ symbol: String, bleu, alignment: !bleu });

test.each([
  ['label', aligned({ kind: 'classes', per: 'sequence', labels: ['a', 'b'] })],
  ['labels', aligned({ kind: 'classes', per: 'step', labels: ['O', 'B-x', 'I-x'] })],
  ['active', aligned({ kind: 'multihot', per: 'step', size: 3 })],
  ['values', aligned({ kind: 'values', per: 'step', size: 2, measured: scale })],
  ['symbols', decoded(false)],
  ['decoded', decoded(true)],
  ['values', new ForecastMeter(2, measured) as Meter],
  ['next', new NextStepMeter({ kind: 'classes', size: 3 }) as Meter],
  ['next', new NextStepMeter({ kind: 'multihot', size: 3 }) as Meter],
  ['values', new NextStepMeter({ kind: 'values', size: 2 }, measured) as Meter],
] as const)('%s has the metrics that the table says', (measures, meter) => {
  expect(Object.keys(scalarsOf(meter)).sort()).toEqual(metricsOf(measures).sort());
});

test('which is better, and what is no metric', () => {
  expect(isBetter('accuracy', 0.9, 0.8)).toBe(true);
  expect(isBetter('rmse', 0.9, 0.8)).toBe(false);
  expect([isLoss('rmse'), isErrorRate('rmse')]).toEqual([true, false]);
  expect([isLoss('sequenceErrorRate'), isErrorRate('sequenceErrorRate')]).toEqual([true, true]);
  expect(['seconds', 'examples', 'toString'].map(isMetric)).toEqual([false, false, false]);
});
