import type { CellKind } from '../../binding';

/** What a layer is timed with. */
export interface LayerShape {
  /** T */
  steps: number;
  /** B */
  batch: number;
  /** I */
  input: number;
  /** H */
  hidden: number;
  /** Default false. */
  bidirectional?: boolean;
}

/** Forward and backward, or forward alone. */
export type LayerMode = 'train' | 'infer';

export const layerModes: readonly LayerMode[] = ['train', 'infer'];

/** From tiny to large: weights in the first cache, in the second, in the third, in none; one sequence, many, few of many units. */
export const tableShapes: readonly LayerShape[] = [
  [64, 16, 32, 32],
  [100, 1, 64, 64],
  [100, 32, 64, 128],
  [100, 32, 128, 256],
  [50, 64, 512, 512],
  [50, 64, 1024, 1024],
  [100, 16, 256, 1760],
].map(shapeOf);

/** `T,B,I,H` → the shape; undefined for what is not four whole numbers of at least 1. */
export function parseShape(text: string): LayerShape | undefined {
  return /^\d+,\d+,\d+,\d+$/.test(text) && !/(^|,)0+(,|$)/.test(text)
    ? shapeOf(text.split(',').map(Number))
    : undefined;
}

const gates: Readonly<Record<CellKind, number>> = { rnn: 1, gru: 3, lstm: 4, mingru: 2 };

/**
 * Multiplications and additions of the products, 2·rows·D·G·H·(I+H) with `rows` the sum of all lengths (of a mingru, whose state enters no
 * product, 2·rows·D·G·H·I); a training step counts three times an inference.
 */
export function layerFlops(
  cell: CellKind,
  { input, hidden, bidirectional = false }: LayerShape,
  rows: number,
  mode: LayerMode,
): number {
  const forward =
    2 * rows * gates[cell] * hidden * (input + (cell === 'mingru' ? 0 : hidden)) * (bidirectional ? 2 : 1);
  return mode === 'train' ? 3 * forward : forward;
}

function shapeOf([steps = 0, batch = 0, input = 0, hidden = 0]: readonly number[]): LayerShape {
  return { steps, batch, input, hidden };
}
