import type { NetworkOptions, States, TrainerState } from '../../binding';
import { layerStates } from '../architecture/cells';
import type { DataIdentity } from '../data/batches/data-identity';
import type { Tensor } from '../files/safetensors';
import { damaged, type CheckpointParts } from '../model-file/model-file';
import { checkTensors, parameterShapes } from '../model-file/parameters';
import type { Optimizer } from '../options/optimizer';
import { momentsOf, type Moment } from '../options/optimizers';
import { BpttError } from '../support/errors';
import { checkCheckpoint, positionJSON } from './checkpoint-schema';
import type { TrainingPosition } from './epoch-progress';

/** A training between two batches: all that decides its bits and is not in the model file or its training record. */
export interface Checkpoint {
  data: { training: DataIdentity; validation?: DataIdentity };
  position: TrainingPosition;
  trainer: TrainerState;
}

/** Of what `checkpointParts` makes. A larger number means that this version of the package cannot go on from it. */
const version = 1;

const moments: readonly Moment[] = ['first', 'second'];

type ByName = Record<string, Float32Array>;

/** What a file holds of a checkpoint. The best parameters so far stand under their own names, as those of a model. */
export function checkpointParts(
  network: NetworkOptions,
  { data, position, trainer }: Checkpoint,
): CheckpointParts & { parameters: ReadonlyMap<string, Tensor> } {
  const { updates, parameters, kept, carried } = trainer;
  const tensors = new Map<string, Tensor>();
  const add = (group: string, arrays: ByName | undefined): void => {
    for (const [name, tensor] of named(network, arrays)) tensors.set(`${group}.${name}`, tensor);
  };
  if (kept !== undefined) add('parameters', parameters);
  for (const group of moments) add(group, trainer[group]);
  for (const name of ['h', 'c'] as const) {
    const states = carried?.[name];
    if (states === undefined) continue;
    const size = layerStates(network)[name];
    const sequences = states.length / (network.layers * size);
    tensors.set(`carried.${name}`, { shape: [network.layers, sequences, size], data: states });
  }
  return {
    state: { version, updates, data, position: positionJSON(position) },
    tensors,
    parameters: new Map(named(network, kept ?? parameters)),
  };
}

function* named(network: NetworkOptions, arrays: ByName | undefined): Generator<[string, Tensor]> {
  if (arrays === undefined) return;
  for (const [name, shape] of parameterShapes(network)) yield [name, { shape, data: arrays[name]! }];
}

export interface CheckpointSource {
  path: string;
  parts: CheckpointParts;
  /** Of the model. */
  tensors: ReadonlyMap<string, Tensor>;
  network: NetworkOptions;
  optimizer: Optimizer;
}

/**
 * The reverse, of a file that anybody may have written. Errors: `ERR_VERSION`, `ERR_FORMAT`, and `ERR_OPTION` or `ERR_SHAPE` for
 * what does not fit together.
 */
export function readCheckpoint({ path, parts, tensors, network, optimizer }: CheckpointSource): Checkpoint {
  checkVersion(path, parts.state);
  const { updates, data, position } = checkCheckpoint(parts.state);
  const groups = grouped(parts.tensors);
  const take = (group: string): ByName => {
    const found = groups.get(group) ?? new Map<string, Tensor>();
    groups.delete(group);
    return arraysOf(network, found, `checkpoint.${group}.`);
  };
  const plain = arraysOf(network, tensors, '');
  const trainer: TrainerState = { updates, parameters: plain };
  if (data.validation !== undefined && position.history.length > 0) {
    trainer.kept = plain;
    trainer.parameters = take('parameters');
  }
  for (const moment of momentsOf(optimizer)) trainer[moment] = take(moment);
  const carried = groups.get('carried');
  if (carried !== undefined) trainer.carried = statesOf(network, carried);
  groups.delete('carried');
  const [unknown] = groups.keys();
  if (unknown !== undefined) {
    throw new BpttError('ERR_SHAPE', `it should have no tensors "checkpoint.${unknown}.…"`);
  }
  return { data, position, trainer };
}

function checkVersion(path: string, state: unknown): void {
  const found = typeof state === 'object' && state !== null && 'version' in state ? state.version : undefined;
  if (!Number.isInteger(found)) {
    throw damaged(path, 'its checkpoint has no version number');
  }
  if (Number(found) > version) {
    throw new BpttError(
      'ERR_VERSION',
      `"${path}" was written in version ${String(found)} of the checkpoint format by a newer bptt; this one reads version ${version}.`,
    );
  }
}

/** By what stands before the first dot of their names. */
function grouped(tensors: ReadonlyMap<string, Tensor>): Map<string, Map<string, Tensor>> {
  const groups = new Map<string, Map<string, Tensor>>();
  for (const [name, tensor] of tensors) {
    const [group = ''] = name.split('.', 1);
    const members = groups.get(group) ?? new Map<string, Tensor>();
    groups.set(group, members.set(name.slice(group.length + 1), tensor));
  }
  return groups;
}

function arraysOf(network: NetworkOptions, tensors: ReadonlyMap<string, Tensor>, prefix: string): ByName {
  checkTensors(network, tensors, prefix);
  return Object.fromEntries([...tensors].map(([name, { data }]) => [name, data]));
}

function statesOf(network: NetworkOptions, tensors: ReadonlyMap<string, Tensor>): States {
  const [h, c] = [tensors.get('h'), tensors.get('c')];
  const sequences = h?.shape[1] ?? 0;
  const sizes = layerStates(network);
  const needed = sizes.c > 0 ? (['h', 'c'] as const) : (['h'] as const);
  const fits = (name: 'h' | 'c'): boolean =>
    tensors.get(name)?.shape.join() === [network.layers, sequences, sizes[name]].join();
  if (network.bidirectional || tensors.size !== needed.length || !needed.every(fits)) {
    throw new BpttError('ERR_SHAPE', 'the tensors "checkpoint.carried.…" are not the states of its cell');
  }
  return { h: h!.data, ...(sizes.c > 0 && { c: c!.data }) };
}
