/** Different tokens, numbered from 0 in the order in which they first came, and how often each came. */
export class TokenNumbers {
  private readonly numbers = new Map<string, number>();
  private readonly names: string[] = [];
  private readonly counts: number[] = [];

  get size(): number {
    return this.names.length;
  }

  /** Counts a token and gives its number. */
  add(token: string): number {
    let number = this.numbers.get(token);
    if (number === undefined) {
      number = this.names.push(token) - 1;
      this.numbers.set(token, number);
      this.counts.push(1);
    } else {
      this.counts[number]! += 1;
    }
    return number;
  }

  push(tokens: readonly string[]): void {
    for (let i = 0; i < tokens.length; i++) this.add(tokens[i] as string);
  }

  /** The different tokens, in the order of their numbers. */
  tokens(): readonly string[] {
    return this.names;
  }

  token(number: number): string {
    return this.names[number]!;
  }

  /** The tokens with their counts, in the order of their numbers. */
  *[Symbol.iterator](): Generator<[token: string, count: number]> {
    for (let number = 0; number < this.names.length; number++) {
      yield [this.names[number]!, this.counts[number]!];
    }
  }
}
