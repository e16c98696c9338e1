import { readBy, type EncoderDecoderForm, type ModelForm } from '../architecture/architecture';
import type { Mode } from '../architecture/mode';
import type { DataIdentity } from '../data/batches/data-identity';
import type { Vocabulary } from '../data/text/vocabulary';
import { ofFile, readModelFile, withEarlierDefaults, type ModelFile } from '../model-file/model-file';
import { checkRecord, checkSeries } from '../model-file/record-schema';
import type { TrainingRecord } from '../model-file/training-record';
import { decidingOptions, picked } from '../options/fit-options';
import type { FitForm } from '../options/forms';
import type { WindowedSeries } from '../options/options';
import { BpttError } from '../support/errors';
import { firstDifference, firstDifferenceInSlices } from '../support/first-difference';
import { WorkSlice } from '../support/work-slice';
import type { Task, TaskJSON, TaskSource } from '../tasks/task';
import { readCheckpoint, type Checkpoint } from './checkpoint';
import { epochLimit } from './epoch-loop';
import { defaultWindow } from './feed';

/** A training that is gone on with. */
export interface Resumption<P> {
  path: string;
  /** What the model had learned from the data. */
  task: Task<P>;
  record: TrainingRecord;
  series: WindowedSeries | undefined;
  checkpoint: Checkpoint;
}

/** The model that is to go on, and how. */
export interface ResumedModel<P> {
  options: FitForm;
  mode: Mode;
  form: ModelForm;
  /** The form as it is written into a file. */
  described: ModelForm;
  source: TaskSource<P>;
  /** Of a model that was trained already. */
  learned: TaskJSON | undefined;
}

/**
 * The training that a checkpoint holds. Errors: `ERR_IO`, `ERR_FORMAT`, `ERR_VERSION`, `ERR_MEMORY`; `ERR_OPTION` where model or
 * options are others than those it was begun with, as far as they decide the bits.
 */
export async function openCheckpoint<P>(path: string, model: ResumedModel<P>): Promise<Resumption<P>> {
  const file = await readModelFile(path);
  const { checkpoint: parts, training, tensors } = file;
  if (parts === undefined || training === undefined) {
    throw new BpttError(
      'ERR_FORMAT',
      `"${path}" is a model, but no checkpoint: it does not hold what a training needs to go on.`,
    );
  }
  checkArchitecture(path, file, model);
  const resumption = (() => {
    try {
      const task = model.source.fromJSON(file);
      const record = checkRecord(training);
      const series = file.series === undefined ? undefined : checkSeries(file.series);
      const { optimizer } = record.options;
      const source = { path, parts, tensors, network: task.network, optimizer };
      return { path, task, record, series, checkpoint: readCheckpoint(source) };
    } catch (error) {
      throw ofFile(path, error);
    }
  })();
  await checkLearned(path, resumption.task, model);
  checkOptions(resumption, model.options);
  return resumption;
}

function checkArchitecture<P>(
  path: string,
  file: ModelFile,
  { mode, form, described }: ResumedModel<P>,
): void {
  if (file.mode !== mode) {
    throw other(path, 'the mode', `"${file.mode}"`, `"${mode}"`);
  }
  const expected = withEarlierDefaults(file.architecture);
  // Whoever leaves a default open that has changed since means the one of the training.
  const given =
    expected !== file.architecture && 'output' in form
      ? withEarlierDefaults({ ...described, output: form.output })
      : described;
  const difference = firstDifference(expected, JSON.parse(JSON.stringify(given)));
  if (difference !== undefined) {
    throw other(path, `the model's "${difference.path}"`, difference.expected, difference.found);
  }
}

/** What a model brings along besides its architecture must be what the checkpoint has. */
async function checkLearned<P>(
  path: string,
  task: Task<P>,
  { form, learned }: ResumedModel<P>,
): Promise<void> {
  const { decoder } = form as Partial<EncoderDecoderForm>;
  const vocabularies: [object | undefined, Vocabulary | undefined][] = [
    [readBy(form), task.vocabulary],
    [decoder?.input, task.targetVocabulary],
  ];
  const { input, output } = task.toJSON();
  const pairs: [expected: unknown, found: unknown][] = [
    ...(learned === undefined ? [] : [[{ input, output }, learned] as [unknown, unknown]]),
    ...vocabularies.flatMap(([given, there]): [unknown, unknown][] =>
      given !== undefined && 'vocabulary' in given && given.vocabulary !== undefined
        ? [[there?.toJSON(), (given.vocabulary as Vocabulary).toJSON()]]
        : [],
    ),
  ];
  const slice = new WorkSlice();
  for (const [expected, found] of pairs) {
    if ((await firstDifferenceInSlices(expected, found, slice)) === undefined) continue;
    throw new BpttError(
      'ERR_OPTION',
      `fit: option "resume": the model has another vocabulary, other labels or another scale than the checkpoint "${path}"; a new model takes those of the checkpoint.`,
    );
  }
}

function checkOptions<P>({ path, task, record, checkpoint }: Resumption<P>, form: FitForm): void {
  const difference = firstDifference(deciding(record.options, task), deciding(form, task));
  if (difference !== undefined) {
    throw other(path, `option "${difference.path}"`, difference.expected, difference.found);
  }
  const { data, position } = checkpoint;
  if ((data.validation === undefined) !== (form.validation === undefined)) {
    const [expected, found] = data.validation === undefined ? ['absent', 'data'] : ['there', 'nothing'];
    throw other(path, 'option "validation"', expected, found);
  }
  const reached = position.epoch - 1 + (position.sums.step > 0 ? 1 : 0);
  checkReached(path, 'epochs', reached, epochLimit(form) ?? Infinity);
  const { patience } = record.options;
  if (patience !== undefined) checkReached(path, 'patience', patience, form.patience ?? Infinity);
}

/** With their defaults. */
function deciding(options: TrainingRecord['options'], task: Task<unknown>): Record<string, unknown> {
  const { schedule, tbptt = defaultWindow, metric = task.metric } = options;
  const annealed = schedule.kind === 'linear' || schedule.kind === 'cosine';
  return {
    ...picked(options, decidingOptions),
    tbptt,
    metric,
    // The schedule is stretched over them.
    ...(annealed && { epochs: epochLimit(options), minutes: options.minutes }),
  };
}

function checkReached(path: string, name: string, least: number, found: number): void {
  if (found < least) {
    throw other(path, `option "${name}"`, `at least ${least}`, String(found));
  }
}

/** Errors: `ERR_DATA`. */
export function checkData<P>({ path, checkpoint }: Resumption<P>, data: Checkpoint['data']): void {
  checkIdentity(path, 'training data', checkpoint.data.training, data.training);
  checkIdentity(path, 'validation data', checkpoint.data.validation, data.validation);
}

function checkIdentity(
  path: string,
  name: string,
  expected: DataIdentity | undefined,
  found: DataIdentity | undefined,
): void {
  if (expected?.sha256 === found?.sha256) return;
  const size = ({ examples, steps }: DataIdentity): string => `${examples} examples of ${steps} steps`;
  const [before, now] = [size(expected!), size(found!)];
  const what = before === now ? `as many, but others or in another order` : now;
  throw new BpttError(
    'ERR_DATA',
    `fit: the ${name} must be those of the checkpoint "${path}", ${before}; found ${what}.`,
  );
}

function other(path: string, what: string, expected: string, found: string): BpttError {
  return new BpttError(
    'ERR_OPTION',
    `fit: ${what} must be ${expected}, as in the checkpoint "${path}"; found ${found}.`,
  );
}
