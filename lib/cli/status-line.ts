/*
 * Why no library draws it: log-update, ora, listr2 and @clack/prompts are ES modules alone, which a CommonJS package cannot load in
 * Node.js 20.17. cli-progress 3.12 counts characters where it cuts a line, not columns, so that one with wide characters wraps; given whole
 * lines by a function of ours it would do no more than what stands here.
 */

/** Milliseconds between two drawings, so that a terminal is not busy with nothing else. */
const interval = 80;

/** The last line of a terminal, drawn over and over while work goes on, and gone after it. */
export class StatusLine {
  private drawn = -Infinity;
  private shown = false;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  /** @param line for a width in columns; not asked for where the line was drawn a moment ago. */
  draw(line: (width: number) => string): void {
    const now = performance.now();
    if (now - this.drawn < interval) return;
    this.drawn = now;
    this.shown = true;
    // A character in the last column makes some terminals begin a new line.
    this.stream.write(`\r${line(widthOf(this.stream) - 1)}\u001b[K`);
  }

  /** The terminal is as it was before; the next line is drawn at once. */
  clear(): void {
    if (this.shown) this.stream.write('\r\u001b[K');
    this.shown = false;
    this.drawn = -Infinity;
  }
}

/** Columns of a terminal; what is no terminal is read in one of the usual width. */
export function widthOf({ isTTY, columns }: NodeJS.WriteStream): number {
  return isTTY && columns > 0 ? columns : 80;
}
