import type { Stream as NativeStream } from '../binding';
import type { Normalization } from './data/normalization';
import { BpttError } from './errors';
import { fromNative, nativeCall } from './native-call';
import type { State } from './recurrent';
import type { Step, StepEncoder } from './step-encoder';

/**
 * Inference step by step, synchronous: each step's result depends on the steps before it. Keeps the parameters the
 * model had when the stream was made. A many-to-one model gives the result of the sequence as if it ended here.
 */
export class ModelStream {
  constructor(
    private readonly stream: NativeStream,
    private readonly encode: StepEncoder,
    private readonly outputSize: number,
    private readonly scale?: Normalization,
  ) {}

  /**
   * Takes one step and returns its result `[O]`: probabilities (classes, multihot) or values. `out` is written into and
   * returned; without it a new array is made.
   *
   * Errors: `ERR_DATA` for what is no step of this model, `ERR_SHAPE` for the wrong number of numbers.
   */
  step(x: Step, out: Float32Array = new Float32Array(this.outputSize)): Float32Array {
    if (out.length !== this.outputSize) {
      throw new BpttError(
        'ERR_SHAPE',
        `out must be a Float32Array of ${this.outputSize} numbers; found ${out.length}.`,
      );
    }
    try {
      this.stream.step(this.encode(x), out);
      this.scale?.restore(out, 0, out, 0);
    } catch (error) {
      throw fromNative(error);
    }
    return out;
  }

  /** Begins a new sequence: the state becomes zeros. */
  reset(): void {
    nativeCall(() => {
      this.stream.reset();
    });
  }

  /** The state after the last step, `[L, 1, H]`; reading copies. Writing one begins anew from there. */
  get state(): State {
    return nativeCall(() => this.stream.state());
  }

  /** Errors: `ERR_SHAPE`. */
  set state({ h, c }: State) {
    nativeCall(() => {
      this.stream.setState(h, c);
    });
  }
}
