import type { Generator as NativeGenerator } from '../../binding';
import { BpttError } from '../support/errors';
import type { Written } from '../tasks/next-step/next-step-task';

/** A step that a model has written. */
export interface WrittenStep<Y = Written> {
  /** The symbol, the active indexes, or the values. */
  y: Y;
  /** What the model itself, whatever the temperature, gave to y after what was there before; 1 for values. */
  probability: number;
  /** At the last step: whether the sequence came to its end, or to the most steps allowed. */
  finishReason?: 'end' | 'length';
}

/** A whole sequence that a model has written. */
export interface WrittenSequence<Y = Written> {
  /** One a step: symbols, active indexes or values; the end is not among them. */
  y: Y[];
  /** Logarithm of the probability that the model itself gives to y, its end included; 0 for values. */
  score: number;
  /** `end`: it came to its end; `length`: to the most steps allowed. */
  finishReason: 'end' | 'length';
}

/**
 * The steps of a sequence as they are written. It ends by itself, or by leaving a `for await` loop over it; one that is not read to its
 * end can be disposed of, which frees its native memory.
 */
export class WrittenSteps<Y> implements AsyncGenerator<WrittenStep<Y>, void, undefined> {
  private disposed = false;

  /** Is made by `generate`. */
  constructor(
    private readonly steps: AsyncGenerator<WrittenStep<Y>, void, undefined>,
    private readonly generator: NativeGenerator,
  ) {}

  /** The next step. Rejects as said of `generate`, and with `ERR_DISPOSED`. */
  async next(): Promise<IteratorResult<WrittenStep<Y>, void>> {
    if (this.disposed) throw new BpttError('ERR_DISPOSED', 'What writes this sequence was disposed of.');
    return this.steps.next();
  }

  /** Ends it. */
  return(): Promise<IteratorResult<WrittenStep<Y>, void>> {
    // Where it has not begun, nothing else would free it.
    this.generator.dispose();
    return this.steps.return();
  }

  /** Ends it with that error. */
  throw(error: unknown): Promise<IteratorResult<WrittenStep<Y>, void>> {
    this.generator.dispose();
    return this.steps.throw(error);
  }

  /** Frees the native memory. A step that is awaited, and every later one, rejects with `ERR_DISPOSED`. */
  dispose(): void {
    this.disposed = true;
    this.generator.dispose();
  }

  /** `dispose()`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** The same for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.dispose();
    return Promise.resolve();
  }

  /** Itself: its steps can be read once. */
  [Symbol.asyncIterator](): this {
    return this;
  }
}
