import { modes, type Mode } from '../architecture/mode';
import { Labels } from '../data/encoders/labels';
import { Vocabulary } from '../data/text/vocabulary';
import { writeFileAtomically } from '../files/atomic-file';
import { jsonPieces, parseInSlices } from '../files/json-in-slices';
import { checkHeader, encodeTensorsInSlices, escaped, readTensors, type Tensor } from '../files/safetensors';
import { distinguishing } from '../support/distinct-strings';
import { BpttError } from '../support/errors';
import { version } from '../support/version';
import { WorkSlice } from '../support/work-slice';

/**
 * A model as one safetensors file. The tensors stand under the parameter names; under `__metadata__` are the strings
 * `format` ("bptt"), `version` ("1", or "2" where cells ask for it), `mode`, and as JSON `architecture` (with all defaults filled in), `input` (kind and
 * size, with the vocabulary or the normalization), `output` (kind and size, with the labels) and `training` (what
 * the last `fit` did, if there was one), and `series` where the examples were cut from one.
 *
 * A checkpoint is a model, too. It has `checkpoint` as JSON besides, and tensors whose names begin with `checkpoint.`.
 */
export interface ModelFile {
  mode: Mode;
  architecture: unknown;
  input: unknown;
  output: unknown;
  training?: unknown;
  series?: unknown;
  tensors: ReadonlyMap<string, Tensor>;
  checkpoint?: CheckpointParts;
}

/** What a training needs to go on. */
export interface CheckpointParts {
  state: unknown;
  /** Without the beginning that their names have in the file. */
  tensors: ReadonlyMap<string, Tensor>;
}

const format = 'bptt';

const checkpointPrefix = 'checkpoint.';

/** Of the layout described above. A larger number means that this version of the package cannot read it. */
const formatVersion = 2;

/** What a file needs to be read: version 1 knows no cells but the plain rnn, gru and lstm. */
export function neededVersion(architecture: unknown): number {
  return cellsOf(architecture).some(isLaterCell) ? 2 : 1;
}

function cellsOf(architecture: unknown): Record<string, unknown>[] {
  const { cell, decoder } = architecture as { cell?: unknown; decoder?: { cell?: unknown } };
  return [cell, decoder?.cell].filter(
    (one): one is Record<string, unknown> => typeof one === 'object' && one !== null,
  );
}

const isLaterCell = ({ kind, peepholes, projection, layerNorm }: Record<string, unknown>): boolean =>
  kind === 'mingru' || [peepholes, projection, layerNorm].some((option) => option !== undefined);

/** Of the header, for what a training adds: the names and shapes of tensors, its record, and the state of a checkpoint. */
const reserve = 10_000_000;

/** The same model gives the same bytes. Errors: `ERR_DATA` for one that could not be read again; `ERR_IO`. Then the file there was before is still there. */
export async function writeModelFile(path: string, file: ModelFile): Promise<void> {
  const { mode, tensors: parameters, checkpoint, ...parts } = file;
  const metadata = new Map<string, string | Iterable<string>>([
    ['format', format],
    ['version', String(neededVersion(file.architecture))],
    ['mode', mode],
  ]);
  const tensors = new Map(parameters);
  for (const [name, tensor] of checkpoint?.tensors ?? []) {
    tensors.set(checkpointPrefix + name, tensor);
  }
  for (const [key, value] of Object.entries({ ...parts, checkpoint: checkpoint?.state })) {
    if (value !== undefined) {
      metadata.set(key, jsonPieces(value));
    }
  }
  await writeFileAtomically(path, await encodeTensorsInSlices({ tensors, metadata }));
}

/** Before hours are spent on training: what a model knows of its data must leave room in a file for the rest. Errors: `ERR_DATA`. */
export async function checkSavable(
  { architecture, input, output }: Omit<ModelFile, 'tensors'>,
  slice = new WorkSlice(),
): Promise<void> {
  let length = reserve;
  for (const part of [architecture, input, output]) {
    for (const text of jsonPieces(part)) {
      length += Buffer.byteLength(escaped(text));
      checkHeader(length);
      if (slice.spent) await slice.pause();
    }
  }
}

/** Errors: `ERR_IO`, `ERR_FORMAT`, `ERR_VERSION`, `ERR_MEMORY`. What the JSON says is not checked here. */
export async function readModelFile(path: string): Promise<ModelFile> {
  const { tensors, metadata } = await readTensors(path);
  if (metadata.get('format') !== format) {
    throw new BpttError(
      'ERR_FORMAT',
      `"${path}" is a safetensors file but no model of bptt: its metadata have no format "${format}".`,
    );
  }
  checkVersion(path, metadata.get('version'));
  const named = metadata.get('mode');
  const mode = modes.find((known) => known === named);
  if (mode === undefined) {
    throw damaged(path, `its mode is ${named === undefined ? 'missing' : `"${named}"`}`);
  }
  const slice = new WorkSlice();
  const part = async (key: string): Promise<unknown> => {
    const text = metadata.get(key);
    if (text === undefined) {
      throw damaged(path, `its metadata have no "${key}"`);
    }
    try {
      return await parseInSlices(text, slice);
    } catch (error) {
      throw damaged(path, `the "${key}" in its metadata is not JSON`, error);
    }
  };
  return {
    mode,
    architecture: await withKnownLabels(await part('architecture'), slice),
    input: await withNames(path, await part('input'), slice),
    output: await withNames(path, await part('output'), slice),
    ...(metadata.has('training') && { training: await part('training') }),
    ...(metadata.has('series') && { series: await part('series') }),
    ...(metadata.has('checkpoint') ? withCheckpoint(await part('checkpoint'), tensors) : { tensors }),
  };
}

/** With labels that need not be looked at again, if they are what they ought to be. */
async function withKnownLabels(architecture: unknown, slice: WorkSlice): Promise<unknown> {
  const { output } = (architecture ?? {}) as { output?: { labels?: unknown } | null };
  if (!Array.isArray(output?.labels)) return architecture;
  const strings = await slice.through(distinguishing(output.labels));
  if (typeof strings === 'number') return architecture;
  return { ...(architecture as object), output: { ...output, labels: strings.names } };
}

/** With vocabularies and labels in place of their JSON: large ones are made with pauses. */
async function withNames(path: string, part: unknown, slice: WorkSlice): Promise<unknown> {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
  const members: [string, unknown][] = [];
  try {
    for (const [key, value] of Object.entries(part) as [string, unknown][]) {
      members.push([key, await named(path, key, value, slice)]);
    }
  } catch (error) {
    throw ofFile(path, error);
  }
  return Object.fromEntries(members);
}

async function named(path: string, key: string, value: unknown, slice: WorkSlice): Promise<unknown> {
  switch (key) {
    case 'vocabulary':
    case 'characters':
      return Vocabulary.fromJSONInSlices(value, slice);
    case 'labels':
    case 'classes':
      return Labels.inSlices(value, slice);
    case 'context':
      return withNames(path, value, slice);
    default:
      return value;
  }
}

/**
 * The architecture of a file with what was the default when it was written and no longer is: values were learned as they are,
 * unless `normalize` said otherwise. Nothing is checked.
 */
export function withEarlierDefaults(architecture: unknown): unknown {
  const { output } = (architecture ?? {}) as { output?: { kind?: unknown; normalize?: unknown } | null };
  return output?.kind === 'values' && output.normalize === undefined
    ? { ...(architecture as object), output: { ...output, normalize: false } }
    : architecture;
}

function withCheckpoint(
  state: unknown,
  all: ReadonlyMap<string, Tensor>,
): Pick<ModelFile, 'tensors' | 'checkpoint'> {
  const [parameters, others] = [new Map<string, Tensor>(), new Map<string, Tensor>()];
  for (const [name, tensor] of all) {
    if (name.startsWith(checkpointPrefix)) others.set(name.slice(checkpointPrefix.length), tensor);
    else parameters.set(name, tensor);
  }
  return { tensors: parameters, checkpoint: { state, tensors: others } };
}

/** What in a file that says it is a model can turn out not to fit together. */
const inconsistent: ReadonlySet<string> = new Set(['ERR_OPTION', 'ERR_DATA', 'ERR_SHAPE']);

/** What was found wrong with the contents of a file, as an error of that file; any other error as it is. */
export function ofFile(path: string, error: unknown): unknown {
  return error instanceof BpttError && inconsistent.has(error.code)
    ? damaged(path, error.message.replace(/\.$/, ''), error)
    : error;
}

/** The error for a file that is a model, but not a sound one. */
export function damaged(path: string, what: string, cause?: unknown): BpttError {
  return new BpttError('ERR_FORMAT', `The model "${path}" is damaged: ${what.slice(0, 500)}.`, { cause });
}

function checkVersion(path: string, found: string | undefined): void {
  if (found === undefined || !/^[1-9]\d{0,8}$/.test(found)) {
    throw damaged(path, 'its metadata have no version number');
  }
  if (Number(found) > formatVersion) {
    throw new BpttError(
      'ERR_VERSION',
      `"${path}" is in version ${found} of the model format, written by a newer bptt; bptt ${version()} reads version ${formatVersion}.`,
    );
  }
}
