import { identityOf } from '../data/batches/data-identity';
import type { EncodedExample } from '../data/encoded';
import { locate, sizeOf, Text, type Data, type Locate } from '../data/example';
import { checkWritable } from '../files/atomic-file';
import { fitOptionsWhere } from '../options/fit-options';
import type { FitForm } from '../options/forms';
import { BpttError } from '../support/errors';
import { isInt32Array } from '../support/realms';
import type { WorkSlice } from '../support/work-slice';
import type { Task } from '../tasks/task';
import type { Checkpoint } from './checkpoint';
import type { Reading } from './reading';

/** What `fit` is given, once it was collected. */
export interface CollectedData {
  training: Data;
  validation?: Data;
}

export interface EncodedExamples {
  training: EncodedExample[];
  validation?: EncodedExample[];
  /** Names those of the validation. */
  locate: Locate;
}

export async function collectData(
  data: unknown,
  options: FitForm,
  reading: Reading,
  collect: (data: unknown, name: string | undefined, slice: WorkSlice) => Promise<Data>,
): Promise<CollectedData> {
  const { validation, tbptt, checkpoint } = options;
  if (checkpoint !== undefined) {
    await checkWritable(checkpoint.path);
  }
  if (validation === undefined) {
    for (const name of fitOptionsWhere(({ needs }) => needs === 'validation')) {
      if (options[name] === undefined) continue;
      throw new BpttError('ERR_OPTION', `fit: option "${name}" needs the option "validation" too.`);
    }
  }
  const collected = (part: 'training' | 'validation', source: unknown, name?: string): Promise<Data> =>
    reading.run({ phase: 'collecting', data: part, ...known(source) }, (slice) =>
      collect(source, name, slice),
    );
  const training = await collected('training', data);
  if (tbptt !== undefined && !(training instanceof Text)) {
    throw new BpttError(
      'ERR_OPTION',
      'fit: option "tbptt" cuts a text into windows, for models that write sequences; examples are learned from as a whole.',
    );
  }
  return {
    training,
    ...(validation !== undefined && {
      validation: await collected('validation', validation, 'the validation data'),
    }),
  };
}

/** How many examples there are, where that is known before they are taken. */
function known(source: unknown): { steps?: number } {
  if (typeof source === 'string' || isInt32Array(source)) return { steps: 1 };
  return Array.isArray(source) ? { steps: source.length } : {};
}

export async function encodeData(
  task: Task<unknown>,
  { training, validation }: CollectedData,
  reading: Reading,
): Promise<EncodedExamples> {
  const encoded = (data: 'training' | 'validation', given: Data, place?: Locate): Promise<EncodedExample[]> =>
    reading.run({ phase: 'encoding', data, steps: sizeOf(given) }, (slice) =>
      task.encode(given, data === 'training' ? 'error' : 'keep', slice, place),
    );
  const place = locate(validation ?? [], 'validation');
  return {
    training: await encoded('training', training),
    ...(validation && { validation: await encoded('validation', validation, place) }),
    locate: place,
  };
}

/** What tells the data from others. */
export async function identify(
  { training, validation }: Pick<EncodedExamples, 'training' | 'validation'>,
  slice: WorkSlice,
): Promise<Checkpoint['data']> {
  return {
    training: await identityOf(training, slice),
    ...(validation && { validation: await identityOf(validation, slice) }),
  };
}
