import type { Stream as NativeStream } from '../../binding';
import { fromNative, nativeCall } from '../addon/native-call';
import { checkArray, checkFinite } from '../data/array-checks';
import type { Step, StepEncoder } from '../data/encoders/step-encoder';
import type { Normalization } from '../data/normalization';
import { BpttError } from '../support/errors';
import type { State, StateSizes } from './state';

/**
 * Inference step by step, synchronous: each step's result depends on the steps before it. Keeps the parameters the
 * model had when the stream was made, also once the model was disposed. A many-to-one model gives the result of the sequence as if it ended here.
 */
export class ModelStream {
  /** Taken in this sequence. */
  private steps = 0;

  /** Made by `stream` of a model. */
  constructor(
    protected readonly stream: NativeStream,
    private readonly encode: StepEncoder,
    protected readonly outputSize: number,
    private readonly stateSizes: StateSizes,
    protected readonly scale?: Normalization,
  ) {}

  /**
   * Takes one step and returns its result `[O]`: probabilities (classes, multihot) or values. `out` is written into and
   * returned; without it a new array is made.
   *
   * Errors: `ERR_DATA` for what is no step of this model, `ERR_SHAPE` for the wrong number of numbers, `ERR_DISPOSED`, `ERR_NON_FINITE`
   * (naming the step, from 0) where a result is too large for float32; the step has then been taken.
   */
  step(x: Step, out: Float32Array = new Float32Array(this.outputSize)): Float32Array {
    checkArray('out', out, [this.outputSize], 'O');
    try {
      this.stream.step(this.encode(x), out);
    } catch (error) {
      throw fromNative(error, () => `step ${this.steps}`);
    }
    this.steps += 1;
    this.restore(out);
    return out;
  }

  /** Begins a new sequence: the state becomes zeros. */
  reset(): void {
    nativeCall(() => {
      this.stream.reset();
    });
    this.steps = 0;
  }

  /** Values in the units of the data, which float32 may not hold where it held their z-scores. */
  protected restore(out: Float32Array): void {
    if (this.scale === undefined) return;
    this.scale.restore(out, 0, out, 0);
    if (!out.every(Number.isFinite)) {
      throw new BpttError('ERR_NON_FINITE', `The result after ${this.steps} steps is too large for float32.`);
    }
  }

  /** The state after the last step, `[L, 1, H]`; reading copies. Writing one begins anew from there. */
  get state(): State {
    return nativeCall(() => ({ ...this.stream.state() }));
  }

  /** `c` is needed for the LSTM, and for it alone. Errors: `ERR_OPTION`, `ERR_SHAPE`; `ERR_DATA` for numbers that are not
   * finite. */
  set state(state: State) {
    const { h, c } = this.stateSizes.check('state', state, 1);
    checkFinite('state.h', h);
    if (c !== undefined) checkFinite('state.c', c);
    nativeCall(() => {
      this.stream.setState(h, c);
    });
    this.steps = 0;
  }

  /** Frees the native memory, which else waits for the garbage collector. Whatever else is called afterwards throws `ERR_DISPOSED`. */
  dispose(): void {
    this.stream.dispose();
  }

  /** `dispose()`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** A stream of a model that writes sequences: the result of a step is what is expected at the next one. */
export class SequenceStream extends ModelStream {
  private expected: Float32Array | undefined;

  /** Made by `stream` of a model. */
  constructor(
    stream: NativeStream,
    encode: StepEncoder,
    outputSize: number,
    stateSizes: StateSizes,
    scale: Normalization | undefined,
    /** What is read before the first step; undefined: nothing. */
    private readonly start: Float32Array | Int32Array | undefined,
  ) {
    super(stream, encode, outputSize, stateSizes, scale);
    this.begin();
  }

  /** What is expected at the first step of a sequence, `[O]`; undefined where nothing is known before it, as in a text. Copied. */
  get first(): Float32Array | undefined {
    return this.expected?.slice();
  }

  /** Begins a new sequence. */
  override reset(): void {
    super.reset();
    this.begin();
  }

  private begin(): void {
    if (this.start === undefined) return;
    const out = new Float32Array(this.outputSize);
    nativeCall(() => {
      this.stream.step(this.start!, out);
    });
    this.restore(out);
    this.expected = out;
  }
}
