import type { LayerStates } from '../architecture/cells';
import { checkArray, checkOptions, zeros } from '../data/array-checks';
import { BpttError } from '../support/errors';

/** The state of all layers and directions, forward before backward; `c` for the LSTM alone. */
export interface State {
  /** `[L·D, B, P]`: hidden state, the output of the last step. P is H, or that of a projection. */
  h: Float32Array;
  /** `[L·D, B, H]`: cell state, of an LSTM. */
  c?: Float32Array | undefined;
}

/** How large the states of a stack are. */
export class StateSizes {
  constructor(
    /** L·D: layers of all directions. */
    private readonly layers: number,
    private readonly sizes: LayerStates,
  ) {}

  /** Zeros for B sequences. Errors: `ERR_MEMORY`. */
  zeros(batch: number): State {
    const h = zeros([this.layers, batch, this.sizes.h]);
    return this.sizes.c > 0 ? { h, c: zeros([this.layers, batch, this.sizes.c]) } : { h };
  }

  /** The state a caller gives for B sequences. Errors: `ERR_OPTION` for what is no object, `ERR_SHAPE`. */
  check(name: string, state: State, batch: number): State {
    checkOptions(name, state);
    const { h, c } = state;
    checkArray(`${name}.h`, h, [this.layers, batch, this.sizes.h], 'L·D, B, P');
    if (this.sizes.c > 0) {
      checkArray(`${name}.c`, c, [this.layers, batch, this.sizes.c], 'L·D, B, H');
    } else if (c !== undefined) {
      throw new BpttError('ERR_SHAPE', `${name}.c: only an LSTM has a c.`);
    }
    return { h, c };
  }
}
