import type { CellKind, Precision } from '../../binding';
import { Recurrent } from '../models/recurrent';
import { Random } from '../support/random';
import type { LayerMode, LayerShape } from './layer-shapes';

export interface LayerTask {
  cell: CellKind;
  shape: LayerShape;
  mode: LayerMode;
  /** Of products. Default float32. */
  precision?: Precision | undefined;
  threads: number;
  /** `[B]`, each 0…T. Default: all T. */
  lengths?: Int32Array | undefined;
}

/** A layer to be timed. */
export interface TimedLayer {
  /**
   * Infer: forward. Train: changes `weight_ih` and `weight_hh`, so that packing them is inside the time, then forward, and
   * backward with the gradients of the input and of all parameters. Both into arrays made beforehand.
   */
  step: () => void;
  dispose: () => void;
}

export function timedLayer({ cell, shape, mode, precision, threads, lengths }: LayerTask): TimedLayer {
  const { steps, batch, input, hidden, bidirectional = false } = shape;
  const layer = new Recurrent({ cell, input, hidden, bidirectional, precision, threads });
  const dispose = (): void => {
    layer.dispose();
  };
  const x = noise(steps * batch * input);
  const output = new Float32Array(steps * batch * hidden * (bidirectional ? 2 : 1));
  const options = { steps, batch, lengths, output, training: mode === 'train' };
  if (mode === 'infer') {
    return { step: () => layer.forward(x, options), dispose };
  }
  const dOutput = noise(output.length);
  const dInput = new Float32Array(x.length);
  const weights = changingWeights(layer);
  let count = 0;
  const step = (): void => {
    count += 1;
    for (const { name, values } of weights) layer.setParameter(name, values[count % 2]!);
    layer.forward(x, options);
    layer.backward(dOutput, undefined, { dInput });
  };
  return { step, dispose };
}

/** The weight matrices with two sets of values. */
function changingWeights(layer: Recurrent): { name: string; values: Float32Array[] }[] {
  return layer.parameterNames
    .filter((name) => name.startsWith('weight_'))
    .map((name) => {
      const values = layer.parameter(name);
      return { name, values: [values, values.map((value) => value * 1.001)] };
    });
}

/** From −1 to 1, always the same. */
function noise(length: number): Float32Array {
  const random = new Random(1);
  const values = new Float32Array(length);
  for (let i = 0; i < length; i += 1) values[i] = random.next() / 2 ** 31 - 1;
  return values;
}
