export { BpttError } from './errors';
export type { ErrorCode } from './errors';

export { ManyToOne } from './many-to-one';
export type { ManyToOnePredictions } from './many-to-one';
export { ManyToMany } from './many-to-many';
export type { ManyToManyPrediction, ManyToManyPredictions } from './many-to-many';
export { EncoderDecoder } from './encoder-decoder';
export type { EncoderDecoderPredictions } from './encoder-decoder';
export type { Decoded, DecodedPrediction } from './decoded';
export { OneToMany } from './one-to-many';
export type { WrittenBy } from './one-to-many';
export type { WrittenSequence, WrittenStep } from './generation';
export { loadModel } from './load-model';
export type { LoadDecoderOptions, LoadOptions, LoadStepsOptions, LoadWriterOptions } from './load-options';
export { system } from './system';
export { SequenceModel } from './sequence-model';
export type { Mode } from './mode';
export type { TrainingRecord } from './training-record';

export { Recurrent } from './recurrent';
export type {
  BackwardOptions,
  BackwardResult,
  ForwardOptions,
  ForwardResult,
  RecurrentOptions,
} from './recurrent';
export type { State } from './state';
export type { ModelStream, SequenceStream } from './stream';
export type { WrittenSteps } from './written-steps';
export type { Step } from './step-encoder';

export type * from './architecture';
export type {
  CheckpointOptions,
  EpochRecord,
  EvaluateDecodedOptions,
  EvaluateOptions,
  EvaluateWrittenOptions,
  FitOptions,
  GenerateManyOptions,
  GenerateOptions,
  GenerateStart,
  History,
  PredictDecodedOptions,
  PredictOptions,
  PredictStepsOptions,
  PredictWrittenOptions,
  EpochEndProgress,
  Progress,
  ReadingProgress,
  StepProgress,
  TrainingBaseline,
  WindowedSeries,
} from './options';
export type {
  AdamOptions,
  AdamWOptions,
  OptimizerKind,
  OptimizerSpec,
  RmspropOptions,
  SgdOptions,
} from './optimizer';
export type {
  AnnealedSchedule,
  ConstantSchedule,
  PlateauSchedule,
  ScheduleKind,
  ScheduleSpec,
  StepSchedule,
} from './schedule';
export type { MetricName, Metrics, ScalarMetrics } from './meter';
export type { OutputErrors, ValueErrors } from './metrics/values';

export { Vocabulary } from './data/vocabulary';
export type {
  Context,
  Example,
  ExampleSource,
  Sequence,
  SequenceExample,
  SequenceSource,
  Target,
} from './data/example';
