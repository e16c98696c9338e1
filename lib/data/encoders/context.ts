import type { ContextKind } from '../../architecture/architecture';
import { BpttError } from '../../support/errors';
import { found } from '../../support/found';
import { isFloat32Array } from '../../support/realms';
import { WorkSlice } from '../../support/work-slice';
import type { Locate } from '../example';
import { Moments, Normalization } from '../normalization';
import { isDetached, isNumberList, wrongKind, wrongSize } from '../rows';
import { Labels } from './labels';

/**
 * Turns what sequences are made from into what the native core takes: the name of a class into its number, or numbers into
 * z-scores. Methods that see data throw a BpttError naming the example: `ERR_DATA` for the wrong kind of thing and unknown
 * classes, `ERR_SHAPE` for a wrong number of numbers.
 */
export class ContextEncoder {
  private constructor(
    readonly kind: Exclude<ContextKind, 'none'>,
    /** K: classes, or numbers. */
    readonly size: number,
    readonly classes?: Labels,
    private readonly normalization?: Normalization,
  ) {}

  /** Learns the classes, or number and scale of the numbers. */
  static async fit(
    kind: Exclude<ContextKind, 'none'>,
    xs: readonly unknown[],
    locate: Locate,
    slice = new WorkSlice(),
  ): Promise<ContextEncoder> {
    if (kind === 'class') {
      const names = new Set<string>();
      for (const [i, x] of xs.entries()) {
        if (slice.spent) await slice.pause();
        names.add(className(x, locate(i)));
      }
      return ContextEncoder.ofClasses(await Labels.collect(names, slice));
    }
    const [first] = xs;
    if (!isNumberList(first) || first.length === 0) {
      throw wrongKind(locate(0), 'the context (x) to be a list of at least one number', first);
    }
    const moments = new Moments(first.length);
    for (const [i, x] of xs.entries()) {
      if (slice.spent) await slice.pause();
      moments.addRows([numbersOf(x, first.length, locate(i))]);
    }
    return ContextEncoder.ofValues(moments.normalization());
  }

  private static ofClasses(classes: Labels): ContextEncoder {
    return new ContextEncoder('class', classes.size, classes);
  }

  private static ofValues(normalization: Normalization): ContextEncoder {
    return new ContextEncoder('values', normalization.size, undefined, normalization);
  }

  /** @throws BpttError `ERR_DATA` when the value is not what `toJSON` gives. */
  static fromJSON(value: unknown): ContextEncoder {
    const { kind, classes, normalization } = (
      typeof value === 'object' && value !== null ? value : {}
    ) as Partial<Record<string, unknown>>;
    if (kind === 'class') return ContextEncoder.ofClasses(Labels.fromJSON(classes));
    if (kind === 'values') return ContextEncoder.ofValues(Normalization.fromJSON(normalization));
    throw new BpttError('ERR_DATA', `Expected the JSON form of a context, found ${found(value)}.`);
  }

  encode(x: unknown, where: string): number | Float32Array {
    if (this.classes !== undefined) return this.classes.id(className(x, where), `${where}, context`);
    const numbers = new Float32Array(this.size);
    this.normalization!.apply(numbersOf(x, this.size, where), 0, numbers, 0);
    const wrong = numbers.findIndex((number) => !Number.isFinite(number));
    if (wrong >= 0) {
      throw wrongKind(
        `${where}, number ${wrong} of the context`,
        'one that float32 can hold',
        'a larger one',
      );
    }
    return numbers;
  }

  toJSON(): object {
    return this.classes === undefined
      ? { kind: this.kind, normalization: this.normalization!.toJSON() }
      : { kind: this.kind, classes: this.classes.toJSON() };
  }
}

/** Contexts side by side, `[B·K]`; a class is a one among zeros. */
export function contextRows(contexts: readonly (number | Float32Array)[], size: number): Float32Array {
  const rows = new Float32Array(contexts.length * size);
  contexts.forEach((context, row) => {
    if (typeof context === 'number') rows[row * size + context] = 1;
    else rows.set(context, row * size);
  });
  return rows;
}

function className(x: unknown, where: string): string {
  if (typeof x !== 'string')
    throw wrongKind(where, 'the context (x) to be the name of a class (a string)', x);
  return x;
}

function numbersOf(x: unknown, size: number, where: string): number[] {
  if (!isNumberList(x)) throw wrongKind(where, `the context (x) to be a list of ${size} numbers`, x);
  if (isFloat32Array(x) && isDetached(x))
    throw wrongKind(where, 'the context (x) to be numbers', 'a detached array');
  if (x.length !== size) throw wrongSize(where, `a context of ${size} numbers`, x.length);
  const numbers = Array.from(x);
  const wrong = numbers.findIndex((number) => !Number.isFinite(number));
  if (wrong >= 0) throw wrongKind(`${where}, number ${wrong} of the context`, 'a finite number', x[wrong]);
  return numbers;
}
