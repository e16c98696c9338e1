import type { SingleBar } from 'cli-progress';

import type { Progress } from '../options';
import { bar } from './bar';
import { duration, metricName, shortNumber } from './format';

/** How fast the training went, over all whole epochs. */
export interface Rates {
  examplesPerSecond: number;
  stepsPerSecond: number;
}

/** Shows a training on standard error: a bar on a terminal, and a line for each epoch. */
export class ProgressDisplay {
  private bar: SingleBar | undefined;
  private readonly epochEnds: Progress[] = [];
  private last: Progress | undefined;
  private ended = false;

  constructor(
    private readonly options: { quiet: boolean; epochs?: number | undefined },
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {}

  readonly show = (event: Progress): void => {
    this.last = event;
    if (event.kind === 'epoch') {
      this.epochEnds.push(event);
    }
    if (this.options.quiet || this.ended) {
      return;
    }
    if (event.kind === 'epoch') {
      this.clearBar();
      this.stream.write(`${this.epochLine(event)}\n`);
    } else if (this.stream.isTTY) {
      this.updateBar(event);
    }
  };

  /** Clears the bar away and shows nothing more: the terminal is as it was before. */
  end(): void {
    this.clearBar();
    this.ended = true;
  }

  rates(): Rates {
    const events = this.epochEnds.length > 0 ? this.epochEnds : this.last === undefined ? [] : [this.last];
    // Epochs are equally long, so the mean rate is the harmonic one.
    const mean = (rate: (event: Progress) => number): number =>
      events.length === 0 ? 0 : events.length / events.reduce((sum, event) => sum + 1 / rate(event), 0);
    return {
      examplesPerSecond: mean((event) => event.examplesPerSecond),
      stepsPerSecond: mean((event) => event.stepsPerSecond),
    };
  }

  private clearBar(): void {
    this.bar?.stop();
    this.bar = undefined;
  }

  private updateBar(event: Progress): void {
    if (this.bar === undefined) {
      this.bar = bar('{epoch} [{bar}] {percentage}%  loss {loss}  {rate} steps/s{left}', this.stream);
      this.bar.start(event.steps, 0, this.texts(event));
    }
    this.bar.update(event.step, this.texts(event));
  }

  private texts(event: Progress): Record<string, string> {
    return {
      epoch: this.epoch(event),
      loss: shortNumber(event.loss),
      rate: shortNumber(Math.round(event.stepsPerSecond)),
      left: timeLeft(event),
    };
  }

  private epochLine(event: Progress): string {
    const metrics = Object.entries(event.metrics ?? {}).map(
      ([key, value]) => `${key === 'loss' ? 'validation loss' : metricName(key)} ${shortNumber(value)}`,
    );
    const parts = [this.epoch(event), `loss ${shortNumber(event.loss)}`, ...metrics];
    return `${parts.join('  ')}  ${shortNumber(Math.round(event.stepsPerSecond))} steps/s${timeLeft(event)}`;
  }

  private epoch({ epoch }: Progress): string {
    const { epochs } = this.options;
    return `epoch ${epoch}${epochs === undefined ? '' : `/${epochs}`}`;
  }
}

function timeLeft({ secondsLeft }: Progress): string {
  return Number.isFinite(secondsLeft) ? `  ${duration(secondsLeft)} left` : '';
}
