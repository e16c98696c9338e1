import type { CellKind, Precision } from '../../binding';
import type { LayerMode, LayerShape } from '../benchmark/layer-shapes';
import type { Machine } from '../benchmark/machine';
import type { WorkingSet } from '../benchmark/working-sets';
import { shortNumber } from './format';
import { table } from './table';

/** The keys of `bptt bench --json`. */
export interface BenchResults {
  machine: Machine & { bptt: string; isa: string; isas: string[]; threads: number };
  /** Of products, in the layers and in the peak. */
  precision: Precision;
  /** Multiply-adds of all threads, GFLOP/s. */
  peak: number;
  reading: ReadingRow[];
  layers: LayerRow[];
  streams: StreamRow[];
}

export interface ReadingRow extends WorkingSet {
  /** 10⁹ bytes a second, of all threads. */
  gigabytes: number;
}

export interface LayerRow extends LayerShape {
  cell: CellKind;
  mode: LayerMode;
  /** Of a training step or an inference: the median. */
  milliseconds: number;
  /** How far the medians of the turns lie apart, as a share of it. */
  spread: number;
  /** How many were timed. */
  timed: number;
  /** GFLOP/s */
  gigaflops: number;
  /** 0…1 */
  ofPeak: number;
}

/** Of one `stream().step()`, in µs. */
export interface StreamRow {
  input: number;
  hidden: number;
  median: number;
  p99: number;
  timed: number;
}

export function layerName({
  cell,
  mode,
  ...shape
}: Pick<LayerRow, 'cell' | 'mode' | keyof LayerShape>): string {
  return `${cell} ${mode} ${shapeText(shape)}`;
}

export function streamName({ input, hidden }: Pick<StreamRow, 'input' | 'hidden'>): string {
  return `lstm stream, I ${input}, H ${hidden}`;
}

/** What a person wants to see. */
export function benchText({ machine, precision, peak, reading, layers, streams }: BenchResults): string {
  const parts = [
    table([
      ['processor', machine.processor],
      ['processors', String(machine.processors)],
      ['memory', `${shortNumber(Math.round(machine.memory / 2 ** 30))} GiB`],
      ['system', machine.system],
      ['Node.js', machine.node],
      ['bptt', machine.bptt],
      ['instruction set', `${machine.isa} (of ${machine.isas.join(', ')})`],
      ['threads', String(machine.threads)],
      ['precision', precision],
      ['multiply-add peak', `${shortNumber(peak)} GFLOP/s`],
    ]),
    table(
      reading.map(({ level, cache, bytes, gigabytes }) => [
        level,
        cache === undefined ? '' : bytesText(cache),
        bytesText(bytes),
        shortNumber(gigabytes),
      ]),
      ['read from', 'size', 'a thread reads', 'GB/s'],
      1,
    ),
    table(
      layers.map((row) => [
        row.cell,
        row.mode,
        shapeText(row),
        shortNumber(row.milliseconds),
        percent(row.spread),
        shortNumber(row.gigaflops),
        percent(row.ofPeak),
      ]),
      ['cell', 'mode', 'T B I H', 'ms', 'spread', 'GFLOP/s', 'of peak'],
      3,
    ),
    ...(streams.length === 0
      ? []
      : [
          table(
            streams.map((row) => [streamName(row), shortNumber(row.median), shortNumber(row.p99)]),
            ['one step', 'median µs', 'p99 µs'],
            1,
          ),
        ]),
  ];
  return `${parts.join('\n')}\n`;
}

function shapeText({ steps, batch, input, hidden }: LayerShape): string {
  return `${steps} ${batch} ${input} ${hidden}`;
}

function bytesText(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  return mebibytes >= 1 ? `${shortNumber(mebibytes)} MiB` : `${shortNumber(bytes / 2 ** 10)} KiB`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
