import { barLine, percent } from './bar';
import { duration, shortNumber } from './format';
import { fitted, shortened } from './line';
import { StatusLine, widthOf } from './status-line';

/** How far a phase is; `steps` where it is known how many there will be. */
export interface PhaseProgress {
  step: number;
  steps?: number;
  /** How many things they were so far, and what they are called. */
  count?: number;
  unit?: string;
  secondsLeft?: number;
}

/** Milliseconds before a phase is worth a line, and between two lines. */
const [firstLine, nextLine] = [1000, 10_000];

/** Shows what comes before a training: a bar on a terminal; elsewhere lines, of what takes longer than a second. */
export class PhaseDisplay {
  private readonly line: StatusLine;
  private name: string | undefined;
  private due = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly stream: NodeJS.WriteStream) {
    this.line = new StatusLine(stream);
  }

  show(name: string, progress: PhaseProgress): void {
    if (name !== this.name) this.begin(name);
    if (this.stream.isTTY) {
      this.line.draw((width) => phaseLine(name, progress, width));
    } else if (performance.now() >= this.due) {
      this.write(phaseLine(name, progress, widthOf(this.stream) - 1));
    }
  }

  /** The terminal is as it was before. */
  end(): void {
    clearTimeout(this.timer);
    this.name = undefined;
    this.line.clear();
  }

  private begin(name: string): void {
    this.end();
    this.name = name;
    this.due = performance.now() + firstLine;
    if (this.stream.isTTY) return;
    // A pipe may have nothing to tell for a long time.
    this.timer = setTimeout(() => {
      this.write(shortened(name, widthOf(this.stream) - 1));
    }, firstLine + 500).unref();
  }

  private write(line: string): void {
    clearTimeout(this.timer);
    this.due = performance.now() + nextLine;
    this.stream.write(`${line}\n`);
  }
}

function phaseLine(
  name: string,
  { step, steps, count = step, unit, secondsLeft }: PhaseProgress,
  width: number,
): string {
  const counted = { text: unit === undefined ? '' : `${shortNumber(count)} ${unit}`, rank: 2 };
  const left =
    secondsLeft !== undefined && Number.isFinite(secondsLeft) ? `${duration(secondsLeft)} left` : '';
  const rest = [counted, { text: left, rank: 1 }];
  return steps === undefined || steps === 0
    ? fitted([{ text: name }, ...rest], width)
    : barLine(step / steps, { what: name, done: percent(step / steps) }, rest, width);
}
