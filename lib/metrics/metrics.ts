import type { Alignment, OutputKind } from '../architecture/architecture';
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

/** The results that count something, and say nothing of how good a model is. */
type Count = 'unalignable' | 'disallowed' | 'examples' | 'steps' | 'seconds';

/** Those that are one number. */
type Scalar = Exclude<
  { [N in keyof Metrics]-?: Metrics[N] extends number | undefined ? N : never }[keyof Metrics],
  Count
>;

/** What is measured, as far as it decides by what. */
type Measured =
  /** A class for a sequence. */
  | 'label'
  /** A class for each step. */
  | 'labels'
  /** Outputs that are active or not. */
  | 'active'
  | 'values'
  /** Symbols that were searched for: of ctc, and of a decoder, whose symbols may be words. */
  | 'symbols'
  | 'decoded'
  /** How probable the next step was. */
  | 'next';

interface Metric {
  better: 'more' | 'less';
  /** It is the share of what is wrong. */
  errorRate?: true;
  /** What has it. */
  of: readonly Measured[];
}

/**
 * The metrics that tell how good a model is, each once: which is better, the choice of the best epoch, the names that TypeScript takes
 * for an output, and what tables show come from here. What they mean, and how they are computed, stands with the results that have them.
 */
const metrics = {
  loss: { better: 'less', of: ['label', 'labels', 'active', 'values', 'symbols', 'decoded', 'next'] },
  accuracy: { better: 'more', of: ['label', 'labels'] },
  macroF1: { better: 'more', of: ['label', 'labels'] },
  precision: { better: 'more', of: ['labels', 'active'] },
  recall: { better: 'more', of: ['labels', 'active'] },
  f1: { better: 'more', of: ['labels', 'active'] },
  mse: { better: 'less', of: ['values'] },
  mae: { better: 'less', of: ['values'] },
  rmse: { better: 'less', of: ['values'] },
  scaledMse: { better: 'less', of: ['values'] },
  scaledMae: { better: 'less', of: ['values'] },
  symbolErrorRate: { better: 'less', errorRate: true, of: ['symbols', 'decoded'] },
  sequenceErrorRate: { better: 'less', errorRate: true, of: ['symbols', 'decoded'] },
  bleu: { better: 'more', of: ['decoded'] },
  nllPerStep: { better: 'less', of: ['next'] },
  perplexity: { better: 'less', of: ['next'] },
  bitsPerStep: { better: 'less', of: ['next'] },
} as const satisfies Record<Scalar, Metric>;

/** The metrics that can tell which epoch is best, of any model: those of `evaluate` that are one number. */
export type MetricName = keyof typeof metrics;

/** Those that `M` has. */
type MetricOf<M extends Measured> = {
  [N in MetricName]: M extends (typeof metrics)[N]['of'][number] ? N : never;
}[MetricName];

/** The metrics that can tell which epoch is best, by kind of the output: of many-to-one models. */
export interface ManyToOneMetricNames {
  /** One label for a sequence. */
  classes: MetricOf<'label'>;
  /** Numbers. */
  values: MetricOf<'values'>;
  /** Active outputs, all together. */
  multihot: MetricOf<'active'>;
}

/** Of many-to-many models with one result for each step. */
export interface ManyToManyMetricNames extends Omit<ManyToOneMetricNames, 'classes'> {
  /** A label for each step; of tags also how their chunks were found. */
  classes: MetricOf<'labels'>;
}

/** By alignment of a many-to-many model. */
export type ManyToManyMetricName<K extends OutputKind, A extends Alignment> = A extends 'ctc'
  ? MetricOf<'symbols'>
  : ManyToManyMetricNames[K];

/** Of encoder–decoder models. */
export interface EncoderDecoderMetricNames {
  /** Symbols; `bleu` of words. */
  classes: MetricOf<'decoded'>;
  /** Rows of numbers. */
  values: MetricOf<'values'>;
}

/** Of one-to-many models, by kind of what they write. */
export interface OneToManyMetricNames {
  /** Symbols. */
  tokens: MetricOf<'next'>;
  /** Rows of numbers. */
  features: MetricOf<'values'>;
  /** Sets of active indexes. */
  multihot: MetricOf<'next'>;
}

/** What `fit` takes where metrics of type `N` are given to a model that has those of type `M`: a literal must be one of them; of what
 * may be any metric, or any string, the name is looked at when the training begins. */
export type MetricGiven<N, M> = MetricName extends N ? N : M;

/** The metrics that are one number. */
export type ScalarMetrics = Record<string, number>;

/** Whether it tells how good a model is. */
export function isMetric(key: string): key is MetricName {
  return Object.hasOwn(metrics, key);
}

/** Of such outputs, in the order of tables. */
export function metricsOf(measured: Measured): MetricName[] {
  return Object.entries<Metric>(metrics)
    .filter(([, { of }]) => of.includes(measured))
    .map(([name]) => name as MetricName);
}

/** Whether less of a metric is better. */
export function isLoss(metric: string): boolean {
  return isMetric(metric) && metrics[metric].better === 'less';
}

/** Whether it is the share of what is wrong. */
export function isErrorRate(metric: string): boolean {
  return isMetric(metric) && 'errorRate' in metrics[metric];
}

/** Anything is better than what could not be computed. */
export function isBetter(metric: string, value: number, best: number): boolean {
  return Number.isNaN(best) || (isLoss(metric) ? value < best : value > best);
}
