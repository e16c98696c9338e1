import type { CellKind } from '../../binding';
import { native } from '../addon/native';
import { nativeResult } from '../addon/native-call';
import { system } from '../addon/system';
import { layerFlops, layerModes, type LayerMode, type LayerShape } from '../benchmark/layer-shapes';
import { timedLayer } from '../benchmark/layer-step';
import { describeMachine } from '../benchmark/machine';
import { median, quantile, summarize } from '../benchmark/statistics';
import { timeInTurns } from '../benchmark/timing';
import { workingSets } from '../benchmark/working-sets';
import { ManyToMany } from '../models/many-to-many';
import { version } from '../support/version';
import type { BenchFlags } from './bench-options';
import { BenchProgress } from './bench-progress';
import {
  benchText,
  layerName,
  streamName,
  type BenchResults,
  type LayerRow,
  type ReadingRow,
  type StreamRow,
} from './bench-results';
import { shortNumber } from './format';
import { interruption } from './interruption';

/** Of the multiply-add peak, and of reading each working set. */
const secondsOfLimit = 0.3;

/** I and H of the lstm whose single steps are timed. */
const streamSizes = [
  [64, 128],
  [64, 256],
  [256, 512],
] as const;

/** `bptt bench`: measures this machine, and the layers on it. */
export async function bench(flags: BenchFlags): Promise<void> {
  const results = await new Measurement(flags).run();
  process.stdout.write(flags.json === true ? `${JSON.stringify(results)}\n` : benchText(results));
}

class Measurement {
  private readonly signal = interruption();
  private readonly threads: number;
  private readonly progress: BenchProgress;
  private readonly sets;
  private readonly streams;
  /** The highest counts, since a busy neighbour only lowers it. */
  private peak = 0;

  constructor(private readonly flags: BenchFlags) {
    const { cells, shapes, precision, threads = system.threads, quiet = false } = flags;
    this.threads = threads;
    this.sets = workingSets(threads);
    this.streams = cells.includes('lstm') && precision === 'float32' ? streamSizes : [];
    const rows = this.sets.length + cells.length * layerModes.length * shapes.length + this.streams.length;
    this.progress = new BenchProgress({ quiet, rows });
  }

  async run(): Promise<BenchResults> {
    const { isa, isas } = system;
    try {
      const reading = await this.reading();
      const layers = await this.layers();
      const streams = await this.timedStreams();
      return {
        machine: { ...describeMachine(), bptt: version(), isa, isas: [...isas], threads: this.threads },
        precision: this.flags.precision,
        peak: this.peak,
        reading,
        layers: layers.map((row) => ({ ...row, ofPeak: row.gigaflops / this.peak })),
        streams,
      };
    } finally {
      this.progress.end();
    }
  }

  private async reading(): Promise<ReadingRow[]> {
    const rows: ReadingRow[] = [];
    for (const set of this.sets) {
      const name = `reading, ${set.level}, ${shortNumber(set.bytes / 1024)} KiB a thread`;
      this.progress.begin(name);
      const options = { bytes: set.bytes, threads: this.threads, seconds: secondsOfLimit };
      const gigabytes = await nativeResult(() => native().measureReadBandwidth(options));
      this.signal.throwIfAborted();
      this.progress.done(`${name}: ${shortNumber(gigabytes)} GB/s`);
      rows.push({ ...set, gigabytes });
    }
    return rows;
  }

  private async layers(): Promise<Omit<LayerRow, 'ofPeak'>[]> {
    const rows: Omit<LayerRow, 'ofPeak'>[] = [];
    for (const cell of this.flags.cells) {
      for (const mode of layerModes) {
        await this.measurePeak();
        for (const shape of this.flags.shapes) rows.push(await this.layer(cell, mode, shape));
      }
    }
    await this.measurePeak();
    return rows;
  }

  private async measurePeak(): Promise<void> {
    const { precision } = this.flags;
    const options = { threads: this.threads, precision, seconds: secondsOfLimit };
    const peak = await nativeResult(() => native().measurePeak(options));
    this.signal.throwIfAborted();
    this.peak = Math.max(this.peak, peak);
  }

  private async layer(cell: CellKind, mode: LayerMode, shape: LayerShape): Promise<Omit<LayerRow, 'ofPeak'>> {
    const name = layerName({ cell, mode, ...shape });
    this.progress.begin(name);
    const { precision } = this.flags;
    const { step, dispose } = timedLayer({ cell, mode, shape, precision, threads: this.threads });
    try {
      const {
        median: milliseconds,
        spread,
        steps: timed,
      } = summarize(await timeInTurns(step, this.flags.seconds, this.signal));
      const flops = layerFlops(cell, shape, shape.steps * shape.batch, mode);
      const gigaflops = flops / milliseconds / 1e6;
      this.progress.done(`${name}: ${shortNumber(milliseconds)} ms, ${shortNumber(gigaflops)} GFLOP/s`);
      return { cell, mode, ...shape, milliseconds, spread, timed, gigaflops };
    } finally {
      dispose();
    }
  }

  private async timedStreams(): Promise<StreamRow[]> {
    const rows: StreamRow[] = [];
    for (const [input, hidden] of this.streams) {
      const name = streamName({ input, hidden });
      this.progress.begin(name);
      using model = new ManyToMany({
        cell: 'lstm',
        hidden,
        input: { kind: 'features', size: input, normalize: false },
        output: { kind: 'values', size: 1, normalize: false },
      });
      const stream = model.stream();
      const x = new Float32Array(input).fill(0.5);
      const out = new Float32Array(1);
      const turns = await timeInTurns(() => stream.step(x, out), this.flags.seconds, this.signal);
      const microseconds = turns.flat().map((milliseconds) => 1000 * milliseconds);
      const row = {
        input,
        hidden,
        median: median(microseconds),
        p99: quantile(microseconds, 0.99),
        timed: microseconds.length,
      };
      this.progress.done(`${name}: ${shortNumber(row.median)} µs, p99 ${shortNumber(row.p99)} µs`);
      rows.push(row);
    }
    return rows;
  }
}
