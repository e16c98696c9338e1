export { BpttError } from './support/errors';
export type { ErrorCode } from './support/errors';

export { EncoderDecoder, ManyToMany, ManyToOne, OneToMany, Recurrent } from './models/constructors';
export type { ManyToOnePredictions } from './models/many-to-one';
export type { ManyToManyPrediction, ManyToManyPredictions } from './models/many-to-many';
export type { EncoderDecoderPredictions } from './models/encoder-decoder';
export type { Decoded, DecodedPrediction } from './tasks/decoded';
export type { WrittenBy } from './models/one-to-many';
export { loadModel } from './models/load-model';
export type {
  LoadDecoderOptions,
  LoadOptions,
  LoadStepsOptions,
  LoadWriterOptions,
} from './options/load-options';
export { system } from './addon/system';
export { SequenceModel } from './models/sequence-model';
export type { Mode } from './architecture/mode';
export type { TrainingRecord } from './model-file/training-record';

export type {
  BackwardOptions,
  BackwardResult,
  ForwardOptions,
  ForwardResult,
  RecurrentOptions,
} from './models/recurrent';
export type { State } from './models/state';
export type { ModelStream, SequenceStream } from './models/stream';
export type { WrittenSequence, WrittenStep, WrittenSteps } from './models/written-steps';
export type { Step } from './data/encoders/step-encoder';

export type * from './architecture/architecture';
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
  TableColumns,
  WindowedSeries,
} from './options/options';
export type {
  AdamOptions,
  AdamWOptions,
  OptimizerKind,
  OptimizerSpec,
  RmspropOptions,
  SgdOptions,
} from './options/optimizer';
export type {
  AnnealedSchedule,
  ConstantSchedule,
  PlateauSchedule,
  ScheduleKind,
  ScheduleSpec,
  StepSchedule,
} from './options/schedule';
export type {
  EncoderDecoderMetricNames,
  ManyToManyMetricName,
  ManyToManyMetricNames,
  ManyToOneMetricNames,
  MetricGiven,
  MetricName,
  Metrics,
  OneToManyMetricNames,
  ScalarMetrics,
} from './metrics/metrics';
export type { OutputErrors, ValueErrors } from './metrics/values';

export { Vocabulary } from './data/text/vocabulary';
export type {
  Context,
  Example,
  ExampleSource,
  Sequence,
  SequenceExample,
  SequenceSource,
  Target,
} from './data/example';
