import type { MetricName } from '../metrics/metrics';
import type { Listener } from '../support/listeners';
import type { Optimizer } from './optimizer';
import type { CheckpointOptions, Progress, TableColumns, WindowedSeries } from './options';
import type { Schedule } from './schedule';

/* What is left of options once they were checked. */

/** Fit options with nothing left to default but the metric, the window of a text and the threads. */
export interface FitForm {
  epochs?: number | undefined;
  minutes?: number | undefined;
  batchSize: number;
  optimizer: Optimizer;
  schedule: Schedule;
  clipNorm: number;
  tbptt?: number | undefined;
  validation?: unknown;
  metric?: MetricName | undefined;
  patience?: number | undefined;
  checkpoint?: CheckpointOptions | undefined;
  resume?: string | undefined;
  series?: WindowedSeries | undefined;
  table?: TableColumns | undefined;
  threads?: number | undefined;
  priority?: 'background' | 'normal' | undefined;
  signal?: AbortSignal | undefined;
  onProgress: readonly Listener<Progress>[];
}

/** How results are searched for where the steps of the output are not those of the input. */
export interface Search {
  /** Hypotheses followed at the same time; 1: greedy. */
  beam: number;
  /** Hypotheses returned, at most as many as the beam is wide. */
  nBest: number;
  /** Whether the probabilities of each step's labels are wanted beside the best labels of the whole (crf). */
  marginals?: boolean;
  /** Encoder–decoder only, as the next two. */
  lengthPenalty?: number | undefined;
  /** Default: as the task has it. */
  maxSteps?: number | undefined;
  /** Whether the weights of the attention are returned. */
  attention?: boolean | undefined;
}

export interface EvaluateForm {
  batchSize: number;
  threads?: number | undefined;
  signal?: AbortSignal | undefined;
  search: Search;
}

export interface PredictForm extends EvaluateForm {
  probabilities: boolean;
}

export interface GenerateForm {
  maxSteps: number;
  temperature?: number | undefined;
  topK?: number | undefined;
  topP?: number | undefined;
  seed?: number | undefined;
  signal?: AbortSignal | undefined;
}
