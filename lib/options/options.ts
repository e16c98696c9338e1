import type { Context, ExampleSource, Sequence } from '../data/example';
import type { MetricName, ScalarMetrics } from '../metrics/metrics';
import type { OptimizerKind, OptimizerSpec } from './optimizer';
import type { ScheduleKind, ScheduleSpec } from './schedule';

/** How a model is trained, on data of type `D`, with metrics of type `M`. */
export interface FitOptions<D = ExampleSource, M extends string = MetricName> {
  /** Passes over the data, at least 1. Default 10, or no limit when only `minutes` is given. */
  epochs?: number | undefined;
  /** Ends the training after so many minutes, at the next batch, but not before the first one. What was trained of the
   * last epoch counts as an epoch. Greater than 0. Default: no limit. */
  minutes?: number | undefined;
  /** Examples a batch; of a text, the parts that are read side by side. Default 32. */
  batchSize?: number | undefined;
  /** Default `adam`, learning rate 0.002. */
  optimizer?: OptimizerKind | OptimizerSpec | undefined;
  /** How the learning rate changes. Default `constant`. */
  schedule?: ScheduleKind | ScheduleSpec | undefined;
  /** The gradient of a batch is scaled down to this global norm (Pascanu et al. 2013); 0: never. Default 5. */
  clipNorm?: number | undefined;
  /** Of a text alone, which is learned from in windows of so many steps: a gradient flows back to the beginning of its window,
   * the state goes on from one window to the next (truncated back-propagation through time, Williams and Peng 1990).
   * Default 100. */
  tbptt?: number | undefined;
  /** Data the model does not learn from, measured after each epoch: the best epoch's parameters are kept. */
  validation?: D | undefined;
  /** The key of the metric that tells which epoch is best; less is better for losses and errors. Needs
   * `validation`. Default: `f1` for tag schemes, `accuracy` for classes, `symbolErrorRate` where the output has steps of its
   * own, else `loss`. */
  metric?: M | undefined;
  /** Ends the training after so many epochs in a row without a better metric; epochs before the model has got clearly beyond what a
   * constant answer scores do not count. Needs `validation`. Default: none, all epochs run. */
  patience?: number | undefined;
  /** Where the training is written to, so that it can be gone on with: after each epoch, and where it ends before the end of one.
   * The file is also a model, with the best parameters so far. Default: nowhere. */
  checkpoint?: CheckpointOptions | undefined;
  /** Goes on from this checkpoint, to the bits of a training that was never broken off: with the same architecture, data and
   * options. Other values may have `threads`, `priority`, `signal`, `onProgress` and `checkpoint`; `patience`, which may grow; and, where the
   * schedule is neither `linear` nor `cosine`, `minutes`, which counts the time before too, and `epochs`. */
  resume?: string | undefined;
  /** What the examples were cut from. The model keeps it, and its file, where the command line finds the columns again; `perOutput` of
   * its metrics is told by them. Default: none, or that of the training before. */
  series?: WindowedSeries | undefined;
  /** Of which columns of a table the examples are. It stands in the record of the training, where the command line finds the
   * columns again. Default: none. */
  table?: TableColumns | undefined;
  /** Threads to train with, at most 1024; the result is the same with any number. More than there are processors are started, but
   * only take turns. Default: all processors. */
  threads?: number | undefined;
  /** `background`: the threads that train give way to all else on the machine, such as the event loop of a server and other
   * programs; beside a busy one they are slow. `normal`: as any other thread. The result is the same. Default `background` (the
   * command line: `normal`). */
  priority?: 'background' | 'normal' | undefined;
  /** Ends the training after the batch under way (where batches take less than 50 ms, one more may follow); `fit` then
   * resolves with the best so far in place. A signal aborted before the training begins, also while the data are read, makes it
   * reject with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called while the data are read, after each batch and after each epoch; several functions are called one after the other. A promise is
   * awaited before the next event, until `signal` is aborted. What one throws or rejects with, `fit` rejects with. */
  onProgress?: ProgressListener | readonly ProgressListener[] | undefined;
}

/** Hears how a training stands. */
export type ProgressListener = (event: Progress) => void | PromiseLike<void>;

/** Windows of a table whose rows follow each other in time: x are `lookback` rows, y the `horizon` rows behind them. */
export interface WindowedSeries {
  /** Names of the columns, in the order of the numbers of a row. */
  columns: string[];
  /** Rows of x, at least 1. */
  lookback: number;
  /** Rows of y, at least 1. */
  horizon: number;
}

/** The columns of a table whose rows are examples. */
export interface TableColumns {
  /** The name of that with x; there is none where sequences are written from nothing. */
  x?: string | undefined;
  /** The name of that with y. */
  y: string;
}

/** Where, and how often, a training is written to a file. */
export interface CheckpointOptions {
  /** Of the file, which is replaced in one go. */
  path: string;
  /** Batches, counted over all epochs, after which it is written too, at least 1. Default: after each epoch only. */
  everySteps?: number | undefined;
}

/** How a training stands; `kind` tells which of them it is. */
export type Progress = ReadingProgress | StepProgress | EpochEndProgress;

/** Before the first batch: how far the data have been read and turned into numbers. It comes at the beginning and at the end of
 * each phase, and in between about ten times a second. */
export interface ReadingProgress {
  /** Data are being read. */
  kind: 'reading';
  /** `collecting`: taking the examples from where they come. `learning`: vocabulary, labels and scales. `encoding`: turning the
   * examples into numbers. */
  phase: 'collecting' | 'learning' | 'encoding';
  /** Which data are read. */
  data: 'training' | 'validation';
  /** The first is yet to come. */
  epoch: 0;
  /** Examples done in this phase, of `steps`; a text is one. */
  step: number;
  /** Absent while the source does not tell. */
  steps?: number;
  /** In this phase so far. */
  examplesPerSecond: number;
  /** Estimate for this phase; `Infinity` where nothing is known. */
  secondsLeft: number;
  /** None while data are read. */
  loss?: undefined;
  /** None while data are read. */
  stepsPerSecond?: undefined;
  /** None while data are read. */
  metrics?: undefined;
}

/** After each batch. */
export interface StepProgress extends TrainingProgress {
  /** A batch is done. */
  kind: 'step';
  /** None before the end of an epoch. */
  metrics?: undefined;
}

/** At the end of each epoch. */
export interface EpochEndProgress extends TrainingProgress {
  /** An epoch is over. */
  kind: 'epoch';
  /** Of the validation data; absent without them. */
  metrics?: ScalarMetrics;
  /** The key of the metric among them that tells which epoch is best; absent without validation data. */
  metric?: string;
  /** Whether this epoch's parameters are those that `fit` would end with now: the best so far by the validation data, without
   * them always. */
  best: boolean;
}

/** How the training of an epoch stands. */
export interface TrainingProgress {
  /** From 1. */
  epoch: number;
  /** Batches done in this epoch, of `steps`. */
  step: number;
  steps: number;
  /** Mean over this epoch so far: nats an example (many-to-one) or a step (encoder–decoder: of the target); half squared
   * error for values. */
  loss: number;
  /** Of the last batch. */
  learningRate: number;
  /** Global norm of the last batch's gradient, before clipping. */
  gradientNorm: number;
  /** Examples and time steps a second, in the training of this epoch so far. */
  examplesPerSecond: number;
  stepsPerSecond: number;
  /** Estimate of the time until the training ends by `epochs` or `minutes`. */
  secondsLeft: number;
}

/** How an epoch went. */
export interface EpochRecord {
  /** From 1. */
  epoch: number;
  /** Mean training loss. */
  loss: number;
  /** With the measuring of the validation data. */
  seconds: number;
  /** Of the validation data, where there are any. */
  metrics?: ScalarMetrics;
}

/** What a training run did. */
export interface History {
  /** The last one may be incomplete when the run was stopped by `minutes` or `signal`. Of more than 4096 that a checkpoint was to keep, it
   * has some only: those whose numbers are multiples of 2, 4, 8 …, the first, the best and the last. */
  epochs: EpochRecord[];
  /** The epoch whose parameters are in place, from 1. */
  bestEpoch: number;
  /** What ended the training: all `epochs` done, the time of `minutes`, no better metric for `patience` epochs, the `signal`, or a callback. */
  stoppedBy: 'epochs' | 'minutes' | 'patience' | 'signal';
  /** Whether anything was learned. Missing where there is nothing to compare: ctc without validation data. */
  baseline?: TrainingBaseline;
}

/** What the best answer scores that is the same for every input (the most frequent class, the mean), on the validation data by the
 * metric that tells the best epoch, or without them by the training loss. */
export interface TrainingBaseline {
  /** The key of the metric. */
  metric: string;
  /** What that answer scores. */
  score: number;
  /** Whether some epoch was better by more than chance gives: else the model is no better than that answer, and nothing has been
   * learned from the inputs yet. */
  beaten: boolean;
}

/** How a model is measured. */
export interface EvaluateOptions {
  /** Examples a batch; the result does not depend on it. Default 32. */
  batchSize?: number | undefined;
  /** Batches computed at the same time, at most 1024. There is a thread for each processor and no more, so that a larger number
   * computes no more of them at a time. Default: one for each processor. */
  threads?: number | undefined;
  /** Rejects with the signal's reason once aborted, also while the data are read or the last batch is computed. */
  signal?: AbortSignal | undefined;
}

/** Of models whose output has steps of its own: many-to-many with `ctc`, encoder–decoder. */
export interface EvaluateDecodedOptions extends EvaluateOptions {
  /** How many beginnings of the output are followed at the same time, at most 1024; 1: only the most probable one, as it must be
   * with values. Default 5. */
  beam?: number | undefined;
}

/** Of encoder–decoder models. */
export interface EvaluateWrittenOptions extends EvaluateDecodedOptions {
  /** α of the length penalty ((5 + U)/6)^α by which the logarithm of the probability of U steps is divided before
   * outputs are compared (Wu et al. 2016), the end among them, at least 0; greater ones favour longer outputs. Not with values.
   * Default 0. */
  lengthPenalty?: number | undefined;
  /** The most steps of an output, at least 1; one with as many symbols has no end. Default for symbols: twice the steps of
   * the input and 10, or one more than the longest training target has, whichever is more. With values the number of rows;
   * default in `predict`: those of the longest training target, in `evaluate`: those of each target. */
  maxSteps?: number | undefined;
}

/** How sequences are predicted. */
export type PredictOptions = EvaluateOptions;

/** Of models whose output has steps of its own. */
export interface PredictDecodedOptions extends EvaluateDecodedOptions {
  /** How many outputs are returned of each sequence, at most `beam`: the best one and `alternatives`. Where fewer were found,
   * fewer. Default 1. */
  nBest?: number | undefined;
}

/** Of encoder–decoder models. */
export interface PredictWrittenOptions extends PredictDecodedOptions, EvaluateWrittenOptions {
  /** Whether the weights of the attention are returned. Default false. */
  attention?: boolean | undefined;
}

/** Of models with one result for each step. */
export interface PredictStepsOptions extends PredictOptions {
  /** Whether to return the probabilities of all classes, or active outputs, at each step. Default false. */
  probabilities?: boolean | undefined;
}

/** How a sequence is written. */
export interface GenerateOptions {
  /** What it is made from: the name of a class or numbers, as the model was trained with. */
  context?: Context | undefined;
  /** What has been written already and is gone on from, as `y` of the training data. A symbol that is not known is read as the
   * unknown one. Default: nothing. */
  prompt?: Sequence | undefined;
  /** Steps that are written at most, the prompt not counted. Default 1000. */
  maxSteps?: number | undefined;
  /** Divides the logarithms of the probabilities: below 1 the probable becomes more probable; 0: the most probable always. Not for
   * values. Default 1. */
  temperature?: number | undefined;
  /** Symbols only: chosen among so many most probable ones; 0: among all. Default 0. */
  topK?: number | undefined;
  /** Symbols only: then among the fewest most probable ones that hold this share, above 0, at most 1, of what is left
   * (Holtzman et al. 2020). Default 1. */
  topP?: number | undefined;
  /** The same seed gives the same sequence. 0…2^53 − 1. Not for values, where nothing is random. Default 1. */
  seed?: number | undefined;
  /** Ends the writing: it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** What many sequences have in common. */
export type GenerateManyOptions = Omit<GenerateOptions, 'context' | 'prompt'>;

/** What each of them begins with. */
export type GenerateStart = Pick<GenerateOptions, 'context' | 'prompt'>;
