import { integers } from './integers';

/** Integers of which nobody knows how many there will be, in half of the memory that a list of numbers takes. */
export class GrowingIntegers {
  length = 0;
  private numbers = new Int32Array(16);

  push(value: number): void {
    if (this.length === this.numbers.length) {
      const grown = new Int32Array(2 * this.length);
      grown.set(this.numbers);
      this.numbers = grown;
    }
    this.numbers[this.length] = value;
    this.length += 1;
  }

  /** Begins anew, in the same memory. */
  clear(): void {
    this.length = 0;
  }

  /** A copy of just that length. */
  toArray(): Int32Array {
    const copy = integers(this.length);
    copy.set(this.numbers.subarray(0, this.length));
    return copy;
  }
}
