import type { SingleBar } from 'cli-progress';

import { bar } from './bar';

/** Shows on standard error what is being measured: a bar on a terminal, elsewhere a line for each result. */
export class BenchProgress {
  private bar: SingleBar | undefined;

  constructor(
    private readonly options: { quiet: boolean; rows: number },
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {}

  /** What comes next. */
  begin(name: string): void {
    if (this.options.quiet || !this.stream.isTTY) return;
    if (this.bar === undefined) {
      this.bar = bar('[{bar}] {value}/{total}  {name}', this.stream);
      this.bar.start(this.options.rows, 0, { name });
    } else {
      this.bar.increment(1, { name });
    }
  }

  /** What came out. */
  done(line: string): void {
    if (!this.options.quiet && !this.stream.isTTY) this.stream.write(`${line}\n`);
  }

  /** Clears the bar away. */
  end(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}
