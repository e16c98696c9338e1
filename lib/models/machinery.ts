/** What a program needs once it makes its first model: see on-demand.ts. */

export {
  checkManyToMany,
  checkManyToOne,
  checkOneToMany,
  checkRecurrent,
} from '../architecture/architecture-schema';
export { checkEncoderDecoder } from '../architecture/encoder-decoder-schema';
export { checkEvaluateDecoder, checkPredictDecoder } from '../options/decoder-schema';
export {
  checkEvaluate,
  checkEvaluateDecoded,
  checkFit,
  checkGenerate,
  checkGenerateMany,
  checkGenerateStart,
  checkLoad,
  checkPredict,
  checkPredictDecoded,
  checkPredictSteps,
} from '../options/options-schema';

export { AlignedTask } from '../tasks/aligned/aligned-task';
export { CtcTask } from '../tasks/ctc/ctc-task';
export { EncoderDecoderTask } from '../tasks/encoder-decoder/encoder-decoder-task';
export { NextStepTask, noPrediction } from '../tasks/next-step/next-step-task';

export { ofFile, readModelFile, withEarlierDefaults, writeModelFile } from '../model-file/model-file';
export { checkRecord, checkSeries } from '../model-file/record-schema';

export { evaluateBatches, measure, serving } from '../training/evaluation';
export { Reading } from '../training/reading';

export { collect, fitModel } from './fit-model';
export { byColumn, seriesOf } from './series';
export { openGenerator, writeSequences, writeSteps } from './generation';
export { WrittenSteps } from './written-steps';
