import { readBy, type EncoderDecoderForm, type ModelForm } from './architecture';
import { readCheckpoint, type Checkpoint } from './checkpoint';
import type { Codec, CodecJSON } from './codec';
import type { CodecSource } from './codec-source';
import type { DataIdentity } from './data/data-identity';
import type { Vocabulary } from './data/vocabulary';
import { BpttError } from './errors';
import { firstDifference } from './first-difference';
import { epochLimit } from './fit';
import type { Mode } from './mode';
import { ofFile, readModelFile, withEarlierDefaults, type ModelFile } from './model-file';
import type { FitForm, WindowedSeries } from './options';
import { checkRecord, checkSeries } from './record-schema';
import type { TrainingRecord } from './training-record';
import { defaultWindow } from './training';

/** A training that is gone on with. */
export interface Resumption<P> {
  path: string;
  /** What the model had learned from the data. */
  codec: Codec<P>;
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
  source: CodecSource<P>;
  /** Of a model that was trained already. */
  learned: CodecJSON | undefined;
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
      const codec = model.source.fromJSON(file);
      const record = checkRecord(training);
      const series = file.series === undefined ? undefined : checkSeries(file.series);
      const { optimizer } = record.options;
      const source = { path, parts, tensors, network: codec.network, optimizer };
      return { path, codec, record, series, checkpoint: readCheckpoint(source) };
    } catch (error) {
      throw ofFile(path, error);
    }
  })();
  checkLearned(path, resumption.codec, model);
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
function checkLearned<P>(path: string, codec: Codec<P>, { form, learned }: ResumedModel<P>): void {
  const { decoder } = form as Partial<EncoderDecoderForm>;
  const vocabularies: [object | undefined, Vocabulary | undefined][] = [
    [readBy(form), codec.vocabulary],
    [decoder?.input, codec.targetVocabulary],
  ];
  const { input, output } = codec.toJSON();
  const pairs: [expected: unknown, found: unknown][] = [
    ...(learned === undefined ? [] : [[{ input, output }, learned] as [unknown, unknown]]),
    ...vocabularies.flatMap(([given, there]): [unknown, unknown][] =>
      given !== undefined && 'vocabulary' in given && given.vocabulary !== undefined
        ? [[there?.toJSON(), (given.vocabulary as Vocabulary).toJSON()]]
        : [],
    ),
  ];
  if (pairs.some(([expected, found]) => firstDifference(expected, found) !== undefined)) {
    throw new BpttError(
      'ERR_OPTION',
      `fit: option "resume": the model has another vocabulary, other labels or another scale than the checkpoint "${path}"; a new model takes those of the checkpoint.`,
    );
  }
}

function checkOptions<P>({ path, codec, record, checkpoint }: Resumption<P>, form: FitForm): void {
  const difference = firstDifference(deciding(record.options, codec), deciding(form, codec));
  if (difference !== undefined) {
    throw other(path, `option "${difference.path}"`, difference.expected, difference.found);
  }
  const { data, position } = checkpoint;
  if ((data.validation === undefined) !== (form.validation === undefined)) {
    const [expected, found] = data.validation === undefined ? ['absent', 'data'] : ['there', 'nothing'];
    throw other(path, 'option "validation"', expected, found);
  }
  const reached = position.history.length + (position.sums.step > 0 ? 1 : 0);
  checkReached(path, 'epochs', reached, epochLimit(form) ?? Infinity);
  const { patience } = record.options;
  if (patience !== undefined) checkReached(path, 'patience', patience, form.patience ?? Infinity);
}

/** With their defaults. */
function deciding(
  options: Pick<FitForm, keyof TrainingRecord['options']>,
  codec: Codec<unknown>,
): Record<string, unknown> {
  const { batchSize, optimizer, schedule, clipNorm, tbptt = defaultWindow, metric = codec.metric } = options;
  const annealed = schedule.kind === 'linear' || schedule.kind === 'cosine';
  return {
    batchSize,
    optimizer,
    schedule,
    clipNorm,
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
