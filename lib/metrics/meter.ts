import type { Alignment, OutputKind, SequenceKind } from '../architecture/architecture';
import type { EncodedExample } from '../data/encoded';
import type { ChunkResults } from './chunks';
import type { ClassResults } from './classes';
import type { LikelihoodResults } from './likelihood';
import type { SequenceResults } from './sequences';
import type { ValueResults } from './values';

/**
 * What `evaluate` measures. Always there: `loss`, `examples`, `steps` and `seconds`. With classes: `accuracy`, `macroF1`,
 * `perLabel` and `confusion`; if the labels of steps are tags (BIO, IOB, BIOES, BMES), also the chunks' `precision`,
 * `recall`, `f1` and `perType`. With values, in the units of the data: `mse`, `mae` and `rmse`;
 * of z-scores `scaledMse` and `scaledMae`; and all of them for each output, `perOutput`. With multihot output: `precision`, `recall` and `f1` of the
 * active outputs, all outputs together. Where the output has steps of its own: `symbolErrorRate` and
 * `sequenceErrorRate`, with ctc also `unalignable`, of an encoder–decoder that writes words also `bleu`. One-to-many:
 * `nllPerStep`, `perplexity` and `bitsPerStep`, of values the errors of the next step. Shares are 0…1.
 */
export interface Metrics
  extends
    Partial<ClassResults>,
    Partial<ChunkResults>,
    Partial<ValueResults>,
    Partial<SequenceResults>,
    Partial<LikelihoodResults> {
  /**
   * Mean over the examples (many-to-one, ctc), steps (many-to-many, one-to-many) or symbols of the targets with their ends
   * (encoder–decoder), in nats; for values half the squared error, summed over the outputs, of an encoder–decoder mean over the
   * rows it forecast. Labels not seen in training are left out; NaN if there were no others.
   */
  loss: number;
  /** BLEU of words (Papineni et al. 2002). */
  bleu?: number;
  /** With ctc: examples left out of `loss`, because x has too few steps for the labels of y. */
  unalignable?: number;
  /** With crf: examples left out of `loss`, because their tags break the scheme. */
  disallowed?: number;
  /** How many were measured. */
  examples: number;
  /** Time steps. */
  steps: number;
  /** The time it took, with the encoding of the data. */
  seconds: number;
}

type ValueMetric = 'loss' | 'mse' | 'mae' | 'rmse' | 'scaledMse' | 'scaledMae';

type SetMetric = 'loss' | 'precision' | 'recall' | 'f1';

type SymbolMetric = 'loss' | 'symbolErrorRate' | 'sequenceErrorRate';

type LikelihoodMetric = 'loss' | 'nllPerStep' | 'perplexity' | 'bitsPerStep';

/** The metrics that can tell which epoch is best, by kind of the output: of many-to-one models. */
export interface ManyToOneMetricNames {
  /** One label for a sequence. */
  classes: 'loss' | 'accuracy' | 'macroF1';
  /** Numbers. */
  values: ValueMetric;
  /** Active outputs, all together. */
  multihot: SetMetric;
}

/** Of many-to-many models with one result for each step. */
export interface ManyToManyMetricNames extends Omit<ManyToOneMetricNames, 'classes'> {
  /** A label for each step; of tags also how their chunks were found. */
  classes: ManyToOneMetricNames['classes'] | SetMetric;
}

/** By alignment of a many-to-many model. */
export type ManyToManyMetricName<K extends OutputKind, A extends Alignment> = A extends 'ctc'
  ? SymbolMetric
  : ManyToManyMetricNames[K];

/** Of encoder–decoder models. */
export interface EncoderDecoderMetricNames {
  /** Symbols; `bleu` of words. */
  classes: SymbolMetric | 'bleu';
  /** Rows of numbers. */
  values: ValueMetric;
}

/** Of one-to-many models, by kind of what they write. */
export interface OneToManyMetricNames {
  /** Symbols. */
  tokens: LikelihoodMetric;
  /** Rows of numbers. */
  features: ValueMetric;
  /** Sets of active indexes. */
  multihot: LikelihoodMetric;
}

/** The metrics that can tell which epoch is best, of any model: those of `evaluate` that are one number. */
export type MetricName =
  | ManyToManyMetricName<OutputKind, Alignment>
  | EncoderDecoderMetricNames[keyof EncoderDecoderMetricNames]
  | OneToManyMetricNames[SequenceKind];

/** What `fit` takes where metrics of type `N` are given to a model that has those of type `M`: a literal must be one of them; of what
 * may be any metric, or any string, the name is looked at when the training begins. */
export type MetricGiven<N, M> = MetricName extends N ? N : M;

/** The metrics that are one number. */
export type ScalarMetrics = Record<string, number>;

/** The metrics of which less is better. */
const losses: ReadonlySet<string> = new Set([
  'loss',
  'mse',
  'mae',
  'rmse',
  'scaledMse',
  'scaledMae',
  'symbolErrorRate',
  'sequenceErrorRate',
  'nllPerStep',
  'perplexity',
  'bitsPerStep',
]);

/** Of losses, those that say how much of something is wrong. */
const errorRates: ReadonlySet<string> = new Set(['symbolErrorRate', 'sequenceErrorRate']);

/** Whether less of a metric is better. */
export function isLoss(metric: string): boolean {
  return losses.has(metric);
}

export function isErrorRate(metric: string): boolean {
  return errorRates.has(metric);
}

/** Anything is better than what could not be computed. */
export function isBetter(metric: string, value: number, best: number): boolean {
  return Number.isNaN(best) || (isLoss(metric) ? value < best : value > best);
}

/** Takes in the results `R` of computed batches. */
export interface Meter<R = unknown> {
  /** The result of the batch of the examples with these indexes; of long ones with pauses. One call at a time. */
  add(examples: readonly EncodedExample[], indexes: Int32Array, result: R): void | Promise<void>;
  result(): Omit<Metrics, 'seconds'>;
}

/** Those of the results that are one number and tell how good the model is. */
export function scalarsOf(meter: Meter): ScalarMetrics {
  const {
    examples: _examples,
    steps: _steps,
    unalignable: _unalignable,
    disallowed: _disallowed,
    ...results
  } = meter.result();
  return Object.fromEntries(
    Object.entries(results).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
