import { once } from 'node:events';

import { indexList } from '../data/active-indexes';
import type { Context, Sequence } from '../data/example';
import { loadModel } from '../models/load-model';
import type { OneToMany } from '../models/one-to-many';
import type { WrittenSequence } from '../models/written-steps';
import type { GenerateManyOptions, GenerateStart } from '../options/options';
import { seedAfter } from '../support/seed';
import type { GenerateFlags } from './generate-options';
import { interruption } from './interruption';
import { usageError } from './usage';

/** Sequences that are written side by side. */
const sequencesAtOnce = 256;

/** `bptt generate`: writes sequences, those of symbols as text, as they come. */
export async function generate(
  path: string,
  { prompt, context, count, json, ...given }: GenerateFlags,
): Promise<void> {
  const signal = interruption();
  const model = await loadModel(path);
  if (model.mode !== 'one-to-many') {
    throw usageError(`generate needs a one-to-many model; "${path}" is ${model.mode}.`);
  }
  const { sequence } = model.architecture;
  const asText = sequence.kind === 'tokens' && json !== true;
  const start: GenerateStart = {
    ...(prompt !== undefined && { prompt: promptOf(model, prompt) }),
    ...(context !== undefined && { context: contextOf(model, context) }),
  };
  const options = { ...given, signal };
  if (asText && count === 1) {
    await writeText(model, start, options);
    return;
  }
  const { seed = 1, ...others } = options;
  for (let from = 0; from < count; from += sequencesAtOnce) {
    const starts = new Array<GenerateStart>(Math.min(sequencesAtOnce, count - from)).fill(start);
    // Where nothing is random, a seed has no meaning.
    const seeded =
      sequence.kind === 'features' && given.seed === undefined ? {} : { seed: seedAfter(seed, from) };
    const sequences = await model.generateMany(starts, { ...others, ...seeded });
    await write(sequences.map((one) => `${asText ? joined(model, one.y) : line(model, one)}\n`).join(''));
  }
}

async function writeText(
  model: OneToMany,
  start: GenerateStart,
  options: GenerateManyOptions,
): Promise<void> {
  let between = '';
  try {
    for await (const { y } of model.generate({ ...start, ...options })) {
      await write(between + String(y));
      between = separator(model);
    }
  } finally {
    await write('\n');
  }
}

/** As it could be trained with. */
function line(model: OneToMany, { y, ...rest }: WrittenSequence): string {
  const { sequence } = model.architecture;
  const isString = sequence.kind === 'tokens' && sequence.tokenizer === 'characters';
  return JSON.stringify({ y: isString && model.vocabulary !== undefined ? y.join('') : y, ...rest });
}

function joined(model: OneToMany, y: readonly unknown[]): string {
  return y.join(separator(model));
}

/** Ids of the caller's own are no letters. */
function separator({ architecture: { sequence }, vocabulary }: OneToMany): string {
  return sequence.kind === 'tokens' && sequence.tokenizer === 'characters' && vocabulary !== undefined
    ? ''
    : ' ';
}

function promptOf({ architecture: { sequence }, vocabulary }: OneToMany, prompt: string): Sequence {
  if (sequence.kind === 'tokens' && vocabulary !== undefined) return prompt;
  const steps = jsonOf('--prompt', prompt) as Sequence;
  return sequence.kind === 'tokens' ? idsOf(steps) : steps;
}

/** Ids of the caller's own. */
function idsOf(steps: unknown): Int32Array {
  return Int32Array.from(indexList(steps, 'option --prompt'));
}

function contextOf({ architecture }: OneToMany, context: string): Context {
  if (architecture.context !== 'values') return context;
  return jsonOf('--context', context.startsWith('[') ? context : `[${context}]`) as number[];
}

/** A list. */
function jsonOf(option: string, text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value;
  } catch {
    // Neither is what is no JSON at all.
  }
  throw usageError(`option ${option} must be a JSON list for this model; found "${text}".`);
}

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) {
    await once(process.stdout, 'drain');
  }
}
