import type { CellKind, StackOptions } from '../../binding';

export const cellKinds: readonly CellKind[] = ['rnn', 'gru', 'lstm', 'mingru'];

/** How many numbers the states of a layer and direction have for each sequence. */
export interface LayerStates {
  /** P: those of h. H, or fewer with a projection. */
  h: number;
  /** Those of c: H for an LSTM, else 0. */
  c: number;
}

/** Those of a stack. */
export function layerStates({
  cell,
  hidden,
  projection,
}: Pick<StackOptions, 'cell' | 'hidden' | 'projection'>): LayerStates {
  return { h: projection > 0 ? projection : hidden, c: cell === 'lstm' ? hidden : 0 };
}
