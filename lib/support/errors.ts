/**
 * What kind of thing went wrong; every error thrown by this package carries one.
 *
 * - `ERR_OPTION`: an option is unknown, missing, of the wrong type or out of range.
 * - `ERR_DATA`: an example, a line or a label does not fit the model or the mode.
 * - `ERR_SHAPE`: an array has the wrong length or shape.
 * - `ERR_STATE`: the call comes too early, e.g. `predict` before the sizes are known.
 * - `ERR_FORMAT`: a file is not a model, or is damaged.
 * - `ERR_VERSION`: a file was written by a newer version of this package.
 * - `ERR_BUSY`: the model is already being fitted.
 * - `ERR_NON_FINITE`: a loss, a gradient or a result is NaN or infinite.
 * - `ERR_DISPOSED`: the model was disposed.
 * - `ERR_MEMORY`: memory ran out, or the sizes asked for cannot be addressed.
 * - `ERR_IO`: a file could not be read or written.
 * - `ERR_PLATFORM`: no native addon for this platform.
 */
export type ErrorCode =
  | 'ERR_OPTION'
  | 'ERR_DATA'
  | 'ERR_SHAPE'
  | 'ERR_STATE'
  | 'ERR_FORMAT'
  | 'ERR_VERSION'
  | 'ERR_BUSY'
  | 'ERR_NON_FINITE'
  | 'ERR_DISPOSED'
  | 'ERR_MEMORY'
  | 'ERR_IO'
  | 'ERR_PLATFORM';

/** Marks the errors of all copies of this package: each realm, and each time Jest resets its modules, has one of its own. */
const mark = Symbol.for('bptt.BpttError');

/**
 * The error this package throws. The message says what was wrong, where, what was expected and what came. Those of another copy
 * of the package, or another realm, are instances too.
 */
export class BpttError extends Error {
  static {
    Object.defineProperty(this.prototype, mark, { value: true });
    const ordinary = Function.prototype[Symbol.hasInstance];
    Object.defineProperty(this, Symbol.hasInstance, {
      value(this: unknown, error: unknown) {
        if (this !== BpttError) return ordinary.call(this as typeof BpttError, error);
        return typeof error === 'object' && error !== null && mark in error;
      },
    });
  }

  override readonly name = 'BpttError';
  /** What kind of thing went wrong. */
  readonly code: ErrorCode;

  /** `options.cause`: the error behind this one, if there is one. */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
