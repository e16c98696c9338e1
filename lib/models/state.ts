import { checkArray, checkOptions, zeros } from '../data/array-checks';
import { BpttError } from '../support/errors';

/** The state of all layers and directions, `[L·D, B, H]`, forward before backward; `c` for the LSTM alone. */
export interface State {
  /** Hidden state, the output of the last step. */
  h: Float32Array;
  /** Cell state, of an LSTM. */
  c?: Float32Array | undefined;
}

/** How large the states of a stack are. */
export class StateSizes {
  constructor(
    /** L·D: layers of all directions. */
    private readonly layers: number,
    /** H */
    private readonly hidden: number,
    /** Whether there is a c. */
    private readonly cell: boolean,
  ) {}

  /** Zeros for B sequences. Errors: `ERR_MEMORY`. */
  zeros(batch: number): State {
    const shape = [this.layers, batch, this.hidden];
    const h = zeros(shape);
    return this.cell ? { h, c: zeros(shape) } : { h };
  }

  /** The state a caller gives for B sequences. Errors: `ERR_OPTION` for what is no object, `ERR_SHAPE`. */
  check(name: string, state: State, batch: number): State {
    const shape = [this.layers, batch, this.hidden];
    checkOptions(name, state);
    const { h, c } = state;
    checkArray(`${name}.h`, h, shape, 'L·D, B, H');
    if (this.cell) {
      checkArray(`${name}.c`, c, shape, 'L·D, B, H');
    } else if (c !== undefined) {
      throw new BpttError('ERR_SHAPE', `${name}.c: only an LSTM has a c.`);
    }
    return { h, c };
  }
}
