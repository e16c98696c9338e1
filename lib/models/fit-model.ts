import type { Network, Trainer } from '../../binding';
import type { ModelForm } from '../architecture/architecture';
import type { Mode } from '../architecture/mode';
import { collectExamples, sizeOf, type Data, type ExampleSource } from '../data/example';
import { checkSavable, type ModelFile } from '../model-file/model-file';
import { recordOf } from '../model-file/record-of';
import type { TrainingFacts, TrainingRecord } from '../model-file/training-record';
import type { FitForm } from '../options/forms';
import type { History, WindowedSeries } from '../options/options';
import { seedAfter } from '../support/seed';
import { version } from '../support/version';
import type { WorkSlice } from '../support/work-slice';
import type { Task, TaskSource } from '../tasks/task';
import { Reading } from '../training/reading';
import { checkData, openCheckpoint } from '../training/resume';
import { checkMetric, trainNetwork } from '../training/train-network';
import { collectData, encodeData, identify } from '../training/training-data';
import { seriesOf } from './series';

/** What a training asks of a model. */
export interface ModelToFit<P> {
  mode: Mode;
  form: ModelForm;
  source: TaskSource<P>;
  /** What is known of the data before the training. */
  task: Task<P> | undefined;
  /** Of the training before, as the next one. */
  record: TrainingRecord | undefined;
  series: WindowedSeries | undefined;
  /** The form as it is written into a file. */
  describedForm: () => ModelForm;
  /** What a file holds besides parameters. */
  described: (task: Task<P>, record?: TrainingRecord, series?: WindowedSeries) => Omit<ModelFile, 'tensors'>;
  /** From here on the model is what the data have made of it: its network. */
  take: (task: Task<P>) => Network;
  /** Is given the trainer, to dispose of it early. */
  hold: (trainer: Trainer) => void;
}

/** What a training has come to; the parameters are in place. */
export interface FittedModel {
  history: History;
  record: TrainingRecord;
  series: WindowedSeries | undefined;
  /** Why a checkpoint could not be written, which has ended it. */
  failure?: Error;
}

/** The data of a model, taken as it takes them. */
export function collect(
  source: TaskSource<unknown>,
  data: unknown,
  name: string | undefined,
  slice: WorkSlice,
): Promise<Data> {
  return source.collect?.(data, name, slice) ?? collectExamples(data as ExampleSource, name, slice);
}

/** From the data to the trained network. Errors as `fit` has them. */
export async function fitModel<P>(model: ModelToFit<P>, data: unknown, form: FitForm): Promise<FittedModel> {
  const { mode, source, record: before } = model;
  form.signal?.throwIfAborted();
  const reading = new Reading(form.signal, form.onProgress);
  // Before the first training a model may have sizes, but nothing it has learned from data.
  const learned = before === undefined ? undefined : model.task;
  const resumed =
    form.resume === undefined
      ? undefined
      : await openCheckpoint(form.resume, {
          options: form,
          mode,
          form: model.form,
          described: model.describedForm(),
          source,
          learned: learned?.toJSON(),
        });
  const examples = await collectData(data, form, reading, (...given) => collect(source, ...given));
  const task = resumed?.task ?? learned ?? (await learn(source, examples.training, reading));
  checkMetric(task, form.metric);
  const series = seriesOf(task, [form.series, model.series, resumed?.series]);
  await checkSavable(model.described(task), reading.slice);
  const encoded = await encodeData(task, examples, reading);
  const identity =
    resumed === undefined && form.checkpoint === undefined
      ? undefined
      : await identify(encoded, reading.slice);
  if (resumed !== undefined) checkData(resumed, identity!);
  form.signal?.throwIfAborted();
  const network = model.take(task);
  const fits = before?.fits ?? 0;
  const facts: TrainingFacts = {
    bptt: version(),
    fits: fits + 1,
    // A model that is fitted again and again should not see the same order and dropout each time.
    seed: seedAfter(model.form.seed, fits),
    examples: encoded.training.length,
    steps: encoded.training.reduce((sum, { input }) => sum + input.length, 0),
    ...(resumed && { fits: resumed.record.fits, seed: resumed.record.seed }),
  };
  const { failure, ...result } = await trainNetwork({
    task,
    network,
    data: encoded,
    options: form,
    facts,
    from: resumed?.checkpoint,
    identity,
    describe: (record) => model.described(task, record, series),
    hold: model.hold,
  });
  return {
    history: result as History,
    record: recordOf(result, form, facts),
    series,
    ...(failure && { failure }),
  };
}

function learn<P>(source: TaskSource<P>, data: Data, reading: Reading): Promise<Task<P>> {
  return reading.run({ phase: 'learning', data: 'training', steps: sizeOf(data) }, (slice) =>
    source.learn(data, slice),
  );
}
