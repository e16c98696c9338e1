import { stat } from 'node:fs/promises';

import { readBy, type DecoderForm } from '../architecture/architecture';
import type { Mode } from '../architecture/mode';
import { damaged, neededVersion } from '../model-file/model-file';
import type { TrainingRecord } from '../model-file/training-record';
import { loadModel } from '../models/load-model';
import type { WindowedSeries } from '../options/options';
import { BpttError } from '../support/errors';
import { version } from '../support/version';
import { metricName, shortNumber } from './format';
import { table } from './table';
import { baselineRow } from './training-results';

/**
 * `bptt info`: what a model file holds, once all of it was checked: header and sizes, the metadata, the shape of every
 * tensor, and that its numbers are finite. What is wrong is an error that says so; with `json` also an object of it.
 */
export async function info(path: string, { json }: { json?: true }): Promise<void> {
  let description: Description;
  try {
    description = await verified(path);
  } catch (error) {
    if (json === true && error instanceof BpttError) {
      const { code, message } = error;
      process.stdout.write(`${JSON.stringify({ verified: false, code, message })}\n`);
    }
    throw error;
  }
  process.stdout.write(json === true ? `${JSON.stringify(description)}\n` : infoText(description));
}

/** Loading looks at everything but the numbers themselves, which may be what a training has made of them. */
async function verified(path: string): Promise<Description> {
  const model = await loadModel(path);
  for (const [name, { data }] of Object.entries(model.parameters())) {
    const wrong = data.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      throw damaged(path, `number ${wrong} of tensor "${name}" is ${data[wrong]}, which no training leaves`);
    }
  }
  const { size: bytes } = await stat(path);
  return describe(model, bytes);
}

type Model = Awaited<ReturnType<typeof loadModel>>;

interface Description {
  verified: true;
  /** Of the layout of the file. */
  formatVersion: number;
  /** Of the package that looks at it; what wrote it is in `training`. */
  bptt: string;
  mode: Mode;
  architecture: Model['architecture'];
  /** Numbers a step reads: tokens known (two of them special), features or indexes. */
  inputSize: number;
  outputSize: number;
  labels?: string[];
  /** Of one-to-many: whether it learned from a text, and the classes it can write from. */
  endless?: boolean;
  contexts?: string[];
  parameterCount: number;
  parameters: { name: string; shape: number[] }[];
  bytes: number;
  /** What its training examples were cut from. */
  series?: WindowedSeries;
  training?: TrainingRecord;
}

function describe(model: Model, bytes: number): Description {
  const { mode, architecture, labels, vocabulary, parameterCount, record, series } = model;
  const parameters = model.parameters();
  const embedding = parameters['embedding.weight']?.shape[0];
  return {
    verified: true,
    formatVersion: neededVersion(architecture),
    bptt: version(),
    mode,
    architecture,
    inputSize:
      vocabulary?.size ??
      embedding ??
      (parameters['recurrent.weight_ih_l0'] ?? parameters['encoder.weight_ih_l0'])!.shape[1]!,
    outputSize: parameters['output.bias']!.shape[0]!,
    ...(labels && { labels }),
    ...(model.mode === 'one-to-many' && { endless: model.endless }),
    ...(model.mode === 'one-to-many' && model.contexts && { contexts: model.contexts }),
    parameterCount,
    parameters: Object.entries(parameters).map(([name, { shape }]) => ({ name, shape })),
    bytes,
    ...(series && { series }),
    ...(record && { training: record }),
  };
}

function infoText(description: Description): string {
  const { parameters, parameterCount, training } = description;
  const parts = [
    table(modelRows(description)),
    table(
      [
        ...parameters.map(({ name, shape }) => [name, shape.join(' × '), shortNumber(product(shape))]),
        ['all', '', shortNumber(parameterCount)],
      ],
      ['parameter', 'shape', 'numbers'],
    ),
    training === undefined ? 'never trained' : table(trainingRows(training)),
  ];
  return `${parts.join('\n')}\n`;
}

function modelRows(description: Description): string[][] {
  const { mode, architecture, inputSize, outputSize, labels, bytes, series } = description;
  const { cell, hidden, layers, bidirectional, dropout, seed } = architecture;
  const { kind: readKind, ...readOptions } = readBy(architecture);
  const read = withOptions({ kind: readKind, ...readOptions, characters: undefined, size: inputSize });
  const details: string[][] = [
    ['mode', mode],
    ['cell', withOptions(cell)],
    ['hidden', shortNumber(hidden)],
    ['layers', `${layers}${bidirectional ? ', in both directions' : ''}`],
    [mode === 'one-to-many' ? 'sequence' : 'input', read],
    ...characterRow(description),
  ];
  if ('output' in architecture) {
    details.push(['output', withOptions({ ...architecture.output, labels: undefined, size: outputSize })]);
  } else {
    const learned = description.endless === true ? 'a text' : 'sequences';
    details.push(['learned from', learned], ['context', architecture.context]);
  }
  if (series !== undefined) {
    const { columns, ...steps } = series;
    details.push(['columns', someOf(columns)], ['windows', options(steps)]);
  }
  if (description.contexts !== undefined) details.push(['classes', someOf(description.contexts)]);
  if (labels !== undefined) details.push(['labels', someOf(labels)]);
  if ('crf' in architecture && architecture.crf !== false) details.push(['crf', options(architecture.crf)]);
  if ('decoder' in architecture) {
    const { decoder, attention, teacherForcing } = architecture;
    details.push(...decoderRows(decoder), ['attention', attention]);
    details.push([
      'teacher forcing',
      typeof teacherForcing === 'number' ? String(teacherForcing) : options(teacherForcing),
    ]);
  }
  if ('pooling' in architecture) details.push(['pooling', architecture.pooling]);
  details.push(
    ['dropout', options(dropout)],
    ['seed', String(seed)],
    ['file', `${shortNumber(bytes)} bytes, verified`],
    ['model format', `version ${description.formatVersion}, read by bptt ${description.bptt}`],
  );
  return details;
}

function decoderRows({ cell, hidden, layers, input }: DecoderForm): string[][] {
  return [
    ['decoder', withOptions(cell)],
    ['decoder hidden', shortNumber(hidden)],
    ['decoder layers', String(layers)],
    ['decoder input', withOptions(input)],
  ];
}

/** The network of the words' characters, with the number of characters known (two of them special). */
function characterRow({ architecture, parameters }: Description): string[][] {
  const input = readBy(architecture);
  if (input.kind !== 'tokens' || input.characters === false) return [];
  const [size] = parameters.find(({ name }) => name === 'characters.embedding.weight')!.shape;
  return [['characters', options({ ...input.characters, size })]];
}

function trainingRows(record: TrainingRecord): string[][] {
  const { optimizer, schedule, ...others } = record.options;
  const best = record.epochs.find(({ epoch }) => epoch === record.bestEpoch);
  return [
    ['examples', shortNumber(record.examples)],
    ['steps', shortNumber(record.steps)],
    ['epochs', `${record.epochs.at(-1)?.epoch ?? 0}, ${ended(record)}`],
    ['best epoch', String(record.bestEpoch)],
    ...(best === undefined ? [] : [['train loss', shortNumber(best.loss)]]),
    ...Object.entries(best?.metrics ?? {}).map(([key, value]) => [
      `validation ${metricName(key)}`,
      shortNumber(value),
    ]),
    ...baselineRow(record),
    ['optimizer', withOptions(optimizer)],
    ['schedule', withOptions(schedule)],
    ['options', options(others)],
    ['times fitted', String(record.fits)],
    ['seed', String(record.seed)],
    ['trained by', `bptt ${record.bptt}`],
  ];
}

function ended({ stoppedBy }: TrainingRecord): string {
  return stoppedBy === 'checkpoint' ? 'not over: a checkpoint' : `stopped by ${stoppedBy}`;
}

function withOptions<T extends { kind: string }>({ kind, ...rest }: T): string {
  const text = options(rest);
  return text === '' ? kind : `${kind} (${text})`;
}

function options(values: object): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${metricName(key)} ${optionText(value)}`)
    .join(', ');
}

const numbersShown = 6;

/** Scales are lists of numbers, and what has options of its own stands in brackets. */
function optionText(value: unknown): string {
  if (typeof value === 'number')
    return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
  if (Array.isArray(value)) {
    const shown = value.slice(0, numbersShown).map(optionText).join(' ');
    return value.length > numbersShown ? `${shown} … (${value.length})` : shown;
  }
  return typeof value === 'object' && value !== null ? `(${options(value)})` : String(value);
}

const labelsShown = 12;

function someOf(labels: readonly string[]): string {
  const shown = labels.slice(0, labelsShown).join(' ');
  return labels.length > labelsShown ? `${shown} … (${labels.length})` : shown;
}

function product(shape: readonly number[]): number {
  return shape.reduce((result, size) => result * size, 1);
}
