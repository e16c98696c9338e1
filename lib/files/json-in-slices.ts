import type { WorkSlice } from '../support/work-slice';

/** Elements of a list that are written, or read, at once. */
const run = 1024;

/** Of a text that is read at once, in UTF-16 units. */
const piece = 2 ** 15;

/** Nothing that is written here is nested so deeply. */
const mostDepth = 100;

/** What `JSON.stringify` gives, in pieces, of a value made of plain objects and lists. */
export function* jsonPieces(value: unknown): Generator<string> {
  if (Array.isArray(value) && value.length > run) {
    for (let start = 0; start < value.length; start += run) {
      const text = JSON.stringify(value.slice(start, start + run));
      yield `${start === 0 ? '[' : ','}${text.slice(1, -1)}`;
    }
    yield ']';
    return;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    yield JSON.stringify(value);
    return;
  }
  let before = '{';
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${before}${JSON.stringify(key)}:`;
    yield* jsonPieces(member);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

/** What `JSON.parse` gives, with pauses between the elements of long lists. Errors: `SyntaxError`. */
export async function parseInSlices(text: string, slice: WorkSlice): Promise<unknown> {
  if (text.length <= piece) return JSON.parse(text) as unknown;
  const reader = new Reader(text, slice);
  const value = await reader.value(0);
  reader.end();
  return value;
}

/** Reads what is short at once, and of what is long the members one after the other. */
class Reader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly slice: WorkSlice,
  ) {}

  async value(depth: number): Promise<unknown> {
    if (this.slice.spent) await this.slice.pause();
    switch (this.next()) {
      case '{':
        return this.object(depth);
      case '[':
        return this.list(depth);
      default:
        return this.primitives(1)[0];
    }
  }

  end(): void {
    if (this.next() !== '') throw this.unexpected();
  }

  private async object(depth: number): Promise<unknown> {
    this.checkDepth(depth);
    const members: [string, unknown][] = [];
    this.at += 1;
    if (this.next() === '}') this.at += 1;
    else {
      for (let sign = ','; sign === ','; sign = this.separator('}')) {
        if (this.next() !== '"') throw this.unexpected();
        const start = this.at;
        this.skipPrimitive();
        const key = JSON.parse(this.text.slice(start, this.at)) as string;
        if (this.next() !== ':') throw this.unexpected();
        this.at += 1;
        members.push([key, await this.value(depth + 1)]);
      }
    }
    // An own property, whatever its name.
    return Object.fromEntries(members);
  }

  private async list(depth: number): Promise<unknown> {
    this.checkDepth(depth);
    const elements: unknown[] = [];
    this.at += 1;
    if (this.next() === ']') this.at += 1;
    else {
      for (let sign = ','; sign === ','; sign = this.separator(']')) {
        const first = this.next();
        if (first === '{' || first === '[') elements.push(await this.value(depth + 1));
        else for (const element of this.primitives(Infinity)) elements.push(element);
        if (this.slice.spent) await this.slice.pause();
      }
    }
    return elements;
  }

  /** Strings, numbers and words with commas between them: those up to the end of a piece, at least one, and so many at most. */
  private primitives(most: number): unknown[] {
    const start = this.at;
    this.skipPrimitive();
    let end = this.at;
    for (let count = 1; count < most && this.next() === ',' && this.at - start < piece; count += 1) {
      this.at += 1;
      const first = this.next();
      if (first === '{' || first === '[') break;
      this.skipPrimitive();
      end = this.at;
    }
    this.at = end;
    return JSON.parse(`[${this.text.slice(start, end)}]`) as unknown[];
  }

  /** Whether it is one is found out when it is parsed. */
  private skipPrimitive(): void {
    const { text } = this;
    if (text[this.at] !== '"') {
      const start = this.at;
      while (this.at < text.length && !' \t\n\r,:]}"[{'.includes(text[this.at]!)) this.at += 1;
      if (this.at === start) throw this.unexpected();
      return;
    }
    for (let end = text.indexOf('"', this.at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
      let escapes = end;
      while (text[escapes - 1] === '\\') escapes -= 1;
      if ((end - escapes) % 2 === 0) {
        this.at = end + 1;
        return;
      }
    }
    throw this.unexpected();
  }

  private separator(closing: string): string {
    const sign = this.next();
    if (sign !== ',' && sign !== closing) throw this.unexpected();
    this.at += 1;
    return sign;
  }

  /** What comes behind white space; nothing at the end. */
  private next(): string {
    while (' \t\n\r'.includes(this.text[this.at] ?? '-')) this.at += 1;
    return this.text[this.at] ?? '';
  }

  private checkDepth(depth: number): void {
    if (depth > mostDepth) throw new SyntaxError(`more than ${mostDepth} lists or objects in each other`);
  }

  private unexpected(): SyntaxError {
    return new SyntaxError(`unexpected ${JSON.stringify(this.text[this.at] ?? 'end')} at ${this.at}`);
  }
}
