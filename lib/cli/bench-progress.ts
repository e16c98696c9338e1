import { barLine } from './bar';
import { StatusLine } from './status-line';

/** Shows on standard error what is being measured: a bar on a terminal, elsewhere a line for each result. */
export class BenchProgress {
  private readonly line: StatusLine;
  private begun = 0;

  constructor(
    private readonly options: { quiet: boolean; rows: number },
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {
    this.line = new StatusLine(stream);
  }

  /** What comes next. */
  begin(name: string): void {
    if (this.options.quiet || !this.stream.isTTY) return;
    const { rows } = this.options;
    const done = `${this.begun}/${rows}`;
    this.line.clear();
    this.line.draw((width) => barLine(this.begun / rows, { done }, [{ text: name }], width));
    this.begun += 1;
  }

  /** What came out. */
  done(line: string): void {
    if (!this.options.quiet && !this.stream.isTTY) this.stream.write(`${line}\n`);
  }

  /** Clears the bar away. */
  end(): void {
    this.line.clear();
  }
}
