// For programs whose own settings leave Symbol.dispose out.
/// <reference lib="esnext.disposable" preserve="true" />

import type { Precision, RecurrentLayer } from '../../binding';
import { native } from '../addon/native';
import { nativeCall } from '../addon/native-call';
import type { CellSpec } from '../architecture/architecture';
import { layerStates } from '../architecture/cells';
import { nativeStack } from '../architecture/network-options';
import { checkArray, checkCount, checkFinite, checkLengths, checkOptions, zeros } from '../data/array-checks';
import { BpttError } from '../support/errors';
import { found } from '../support/found';
import { plainCopy } from '../support/plain-copy';
import { machinery } from './on-demand';
import { StateSizes, type State } from './state';

/** Sizes are whole numbers ≥ 1 unless said. */
export interface RecurrentOptions {
  /** The recurrent cell: a name, or `{ kind }` with options of its own. */
  cell: CellSpec;
  /** I, numbers a step of the input, at most 2^20. */
  input: number;
  /** H, units of a layer and direction, at most 2^20. */
  hidden: number;
  /** L, at most 1024. Default 1. */
  layers?: number | undefined;
  /** Default false. */
  bidirectional?: boolean | undefined;
  /** Of the first parameters: 0…2^53 − 1. Default 1. */
  seed?: number | undefined;
  /** At most 1024. Default: all processors. The result is the same with any number. */
  threads?: number | undefined;
  /**
   * `bfloat16`: what products multiply (weights, inputs, states, gradients of sums) is rounded to bfloat16, to nearest, ties to even.
   * Sums, parameters, states and everything pointwise stay float32. Default `float32`.
   */
  precision?: Precision | undefined;
}

/** Shape of the input, and what is wanted besides the output. */
export interface ForwardOptions {
  /** T ≥ 0. */
  steps: number;
  /** B ≥ 0. */
  batch: number;
  /** `[B]`, each 0…T: past them the output is 0. Default: all T. */
  lengths?: Int32Array | undefined;
  /** Before the first step. Default: zeros. */
  state?: State | undefined;
  /** Whether to remember what `backward` needs. Default false. */
  training?: boolean | undefined;
  /** `[T, B, D·P]`, to be written into. Default: a new array. */
  output?: Float32Array | undefined;
}

/** What `forward` gives. */
export interface ForwardResult {
  /** `[T, B, D·P]` */
  output: Float32Array;
  /** At the last step of each sequence. */
  state: State;
}

/** Arrays to be written into. */
export interface BackwardOptions {
  /** `[T, B, I]`, to be written into. Default: a new array. */
  dInput?: Float32Array | undefined;
}

/** What `backward` gives besides the gradients of the parameters. */
export interface BackwardResult {
  /** `[T, B, I]`: gradient of the input. */
  dInput: Float32Array;
  /** Gradient of the state before the first step. */
  dState: State;
}

const forwardOptions: readonly (keyof ForwardOptions)[] = [
  'steps',
  'batch',
  'lengths',
  'state',
  'training',
  'output',
];

const backwardOptions: readonly (keyof BackwardOptions)[] = ['dInput'];

/**
 * A stack of recurrent layers by itself: forward, backward through time, parameters and gradients. Arrays are
 * float32, row-major and time-major. Everything is synchronous.
 *
 * P is the size of a state: H, or that of an LSTM's projection.
 *
 * Parameters: `weight_ih_l0` `[G·H, I]`, `weight_hh_l0` `[G·H, P]`, `bias_l0` `[G·H]`, and `bias_hn_l0` `[H]` for
 * a GRU with reset `after`; of an LSTM `weight_peephole_l0` `[3·H]` (i f o) and `weight_hr_l0` `[P, H]` where it has peepholes or a
 * projection; with layer norm `norm_ih_l0` and `norm_hh_l0` `[G·H]` and, of an LSTM, `norm_c_l0` `[H]`, each with another one that ends in
 * `_bias`. A minGRU has no `weight_hh`. `_l1`, `_l2` … for deeper layers, `_reverse` appended for the backward direction. The
 * gates' order is r z n for the GRU, i f g o for the LSTM, z h for the minGRU.
 */
export class Recurrent {
  static {
    // What console.log shows; its name is Node.js's.
    Object.defineProperty(this.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: Recurrent, _depth: number, _options: unknown, inspect: (value: unknown) => string) {
        return `Recurrent ${inspect(this.toJSON())}`;
      },
    });
  }

  private layer: RecurrentLayer | undefined;
  private readonly form: object;
  private readonly sizes: { input: number; output: number };
  private readonly states: StateSizes;
  private trained: { steps: number; batch: number } | undefined;
  private hasGradients = false;

  /** Errors: `ERR_OPTION`, `ERR_MEMORY`. */
  constructor(options: RecurrentOptions) {
    const form = machinery().checkRecurrent(options);
    this.form = form;
    const { input, threads = native().system().threads, precision } = form;
    const stack = nativeStack(form);
    this.layer = nativeCall(() => new (native().RecurrentLayer)({ ...stack, input, threads, precision }));
    const directions = form.bidirectional ? 2 : 1;
    const states = layerStates(stack);
    this.sizes = { input, output: directions * states.h };
    this.states = new StateSizes(directions * form.layers, states);
  }

  /**
   * x is `[T, B, I]`. Errors: `ERR_SHAPE` for an array of another length, `ERR_DATA` for one on shared memory, `ERR_OPTION`,
   * `ERR_MEMORY`, `ERR_DISPOSED`.
   */
  forward(x: Float32Array, options: ForwardOptions): ForwardResult {
    const layer = this.alive();
    checkOptions('forward', options, forwardOptions);
    const { steps, batch, lengths, state, training = false } = options;
    checkCount('steps', steps);
    checkCount('batch', batch);
    checkArray('x', x, [steps, batch, this.sizes.input], 'T, B, I');
    if (lengths !== undefined) {
      checkLengths(lengths, steps, batch);
    }
    if (state !== undefined) {
      this.states.check('state', state, batch);
    }
    const output = options.output ?? zeros([steps, batch, this.sizes.output]);
    checkArray('output', output, [steps, batch, this.sizes.output], 'T, B, D·P');
    const last = this.states.zeros(batch);
    // Whatever it remembered is gone once the native call has begun, even if that fails.
    this.trained = undefined;
    nativeCall(() => {
      layer.forward(x, steps, batch, lengths, state?.h, state?.c, training, output, last.h, last.c);
    });
    this.trained = training ? { steps, batch } : undefined;
    return { output, state: last };
  }

  /**
   * The gradients of a loss by the input, the first state and all parameters, from those by the output
   * `[T, B, D·P]` and by the last state (default: zeros). Belongs to the last `forward`, which must have been one with
   * `training`: else `ERR_STATE`. Each call overwrites the gradients of the parameters. Other errors as `forward`.
   */
  backward(dOutput: Float32Array, dState?: State, options: BackwardOptions = {}): BackwardResult {
    const layer = this.alive();
    checkOptions('backward', options, backwardOptions);
    if (this.trained === undefined) {
      throw new BpttError('ERR_STATE', 'backward needs a forward with training: true before it.');
    }
    const { steps, batch } = this.trained;
    checkArray('dOutput', dOutput, [steps, batch, this.sizes.output], 'T, B, D·P');
    if (dState !== undefined) {
      this.states.check('dState', dState, batch);
    }
    const dInput = options.dInput ?? zeros([steps, batch, this.sizes.input]);
    checkArray('dInput', dInput, [steps, batch, this.sizes.input], 'T, B, I');
    const first = this.states.zeros(batch);
    // A call that fails may have begun to overwrite them.
    this.hasGradients = false;
    nativeCall(() => {
      layer.backward(dOutput, dState?.h, dState?.c, dInput, first.h, first.c);
    });
    this.hasGradients = true;
    return { dInput, dState: first };
  }

  /** In the order in which the parameters are stored. */
  get parameterNames(): string[] {
    const layer = this.alive();
    return nativeCall(() => [...layer.parameterNames()]);
  }

  /** Errors: `ERR_OPTION` for an unknown name. */
  parameterShape(name: string): number[] {
    const layer = this.named(name);
    return nativeCall(() => [...layer.parameterShape(name)]);
  }

  /** A copy. Errors: `ERR_OPTION` for an unknown name. */
  parameter(name: string): Float32Array {
    const layer = this.named(name);
    return nativeCall(() => layer.parameter(name));
  }

  /** Errors: `ERR_OPTION` for an unknown name, `ERR_SHAPE`; `ERR_DATA` for numbers that are not finite. */
  setParameter(name: string, data: Float32Array): void {
    const layer = this.named(name);
    checkArray(name, data, this.parameterShape(name));
    checkFinite(name, data);
    nativeCall(() => {
      layer.setParameter(name, data);
    });
  }

  /** A copy of the gradient the last `backward` left. Errors: `ERR_OPTION` for an unknown name, `ERR_STATE` where there was none. */
  gradient(name: string): Float32Array {
    const layer = this.named(name);
    if (!this.hasGradients) {
      throw new BpttError('ERR_STATE', `gradient: there is none of "${name}" before a backward.`);
    }
    return nativeCall(() => layer.gradient(name));
  }

  /** What `console.log` and `JSON.stringify` show: the options with their defaults, or that it was disposed. */
  toJSON(): object {
    return this.layer === undefined ? { disposed: true } : plainCopy(this.form);
  }

  /** Lets go of the native memory; later calls throw `ERR_DISPOSED`. */
  dispose(): void {
    this.layer?.dispose();
    this.layer = undefined;
  }

  /** The same as `dispose`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  private alive(): RecurrentLayer {
    if (this.layer === undefined) {
      throw new BpttError('ERR_DISPOSED', 'This Recurrent was disposed.');
    }
    return this.layer;
  }

  private named(name: string): RecurrentLayer {
    const names = this.parameterNames;
    if (!names.includes(name)) {
      throw new BpttError(
        'ERR_OPTION',
        `There is no parameter ${found(name)}; expected one of ${names.join(', ')}.`,
      );
    }
    return this.alive();
  }
}
