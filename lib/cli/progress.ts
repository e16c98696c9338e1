import type { EpochEndProgress, Progress, StepProgress } from '../options/options';
import { barLine, percent } from './bar';
import { duration, metricName, shortNumber } from './format';
import { fitted, type LinePart } from './line';
import { PhaseDisplay, type PhaseProgress } from './phase-display';
import { StatusLine, widthOf } from './status-line';

export interface ProgressOptions {
  quiet: boolean;
  epochs?: number | undefined;
}

type Trained = StepProgress | EpochEndProgress;

/** Shows a training on standard error: a bar on a terminal, and a line for each epoch. */
export class ProgressDisplay {
  private readonly line: StatusLine;
  private readonly phases: PhaseDisplay;
  private ended = false;

  constructor(
    private readonly options: ProgressOptions,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {
    this.line = new StatusLine(stream);
    this.phases = new PhaseDisplay(stream);
  }

  readonly show = (event: Progress): void => {
    if (event.kind === 'reading') {
      // The examples have been read already; where they are put is no news.
      if (event.phase !== 'collecting') this.showPhase(phaseName(event), { ...event, unit: 'examples' });
      return;
    }
    this.phases.end();
    if (this.options.quiet || this.ended) {
      return;
    }
    if (event.kind === 'epoch') {
      this.line.clear();
      this.stream.write(`${this.epochLine(event)}\n`);
    } else if (this.stream.isTTY) {
      this.line.draw((width) => this.barLine(event, width));
    }
  };

  /** How far something is that comes before the training. */
  showPhase(name: string, progress: PhaseProgress): void {
    if (!this.options.quiet && !this.ended) this.phases.show(name, progress);
  }

  /** Clears the bar away and shows nothing more: the terminal is as it was before. */
  end(): void {
    this.phases.end();
    this.line.clear();
    this.ended = true;
  }

  private barLine(event: StepProgress, width: number): string {
    const rest: LinePart[] = [
      { text: `loss ${shortNumber(event.loss)}`, rank: 1 },
      { text: rate(event), rank: 3 },
      { text: timeLeft(event), rank: 2 },
    ];
    const share = event.step / event.steps;
    return barLine(share, { what: this.epoch(event), done: percent(share) }, rest, width);
  }

  /** What tells the best epoch and whether this is one stand in any line, the rest where there is room. */
  private epochLine(event: EpochEndProgress): string {
    const { metrics = {}, metric, best, loss } = event;
    const keys = Object.keys(metrics);
    const measured = keys.map((key, place): LinePart => ({
      text: `${measureName(key)} ${shortNumber(metrics[key]!)}${best && key === metric ? ' best' : ''}`,
      rank: key === metric ? 0 : key === 'loss' ? 2 : 4 + place,
    }));
    const parts: LinePart[] = [
      { text: this.epoch(event) },
      { text: `loss ${shortNumber(loss)}`, rank: 1 },
      ...measured,
      { text: rate(event), rank: 4 + keys.length },
      { text: timeLeft(event), rank: 3 },
    ];
    return fitted(parts, widthOf(this.stream) - 1);
  }

  private epoch({ epoch }: Trained): string {
    const { epochs } = this.options;
    return `epoch ${epoch}${epochs === undefined ? '' : `/${epochs}`}`;
  }
}

function phaseName({ phase, data }: Progress & { kind: 'reading' }): string {
  if (phase === 'learning') return 'learning words, labels and scales';
  return data === 'training' ? 'encoding the data' : 'encoding the validation data';
}

function measureName(key: string): string {
  return key === 'loss' ? 'validation loss' : metricName(key);
}

function rate({ stepsPerSecond }: Trained): string {
  return `${shortNumber(Math.round(stepsPerSecond))} steps/s`;
}

function timeLeft({ secondsLeft }: Trained): string {
  return Number.isFinite(secondsLeft) ? `${duration(secondsLeft)} left` : '';
}
