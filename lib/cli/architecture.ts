import type {
  Alignment,
  Architecture,
  CellSpec,
  EncoderDecoderArchitecture,
  InputSpec,
  ManyToManyArchitecture,
  ManyToOneArchitecture,
  OutputKind,
  OutputSpec,
  Scale,
} from '../architecture/architecture';
import type { Mode } from '../architecture/mode';
import { inferInput, inferOutput, type InputHints, type Per } from '../data/encoders/infer';
import type { Example } from '../data/example';
import { locate } from '../data/example';
import { checkDecoderFlags, decoderParts } from './decoder-options';
import type { TrainingExamples } from './examples';
import type { TrainFlags } from './train-options';
import { refuse, usageError } from './usage';

/** Refuses what the cell, the mode or a series would leave without effect: before any data are read. */
export function checkArchitectureFlags(mode: Mode, flags: TrainFlags): void {
  const { cell } = flags;
  if (cell !== 'rnn') refuse(flags, ['activation'], `belongs to --cell rnn; this cell is ${cell}`);
  if (cell !== 'gru') refuse(flags, ['reset'], `belongs to --cell gru; this cell is ${cell}`);
  if (cell !== 'lstm') {
    refuse(flags, ['forgetBias', 'peepholes', 'projection'], `belongs to --cell lstm; this cell is ${cell}`);
  }
  if (cell !== 'lstm' && cell !== 'gru') {
    refuse(flags, ['layerNorm'], `belongs to --cell lstm and gru; this cell is ${cell}`);
  }
  if (mode !== 'many-to-one') refuse(flags, ['pooling'], `belongs to many-to-one; this is ${mode}`);
  if (mode !== 'many-to-many') refuse(flags, ['ctc', 'crf'], `belongs to many-to-many; this is ${mode}`);
  checkDecoderFlags(mode, flags);
  if (mode === 'encoder-decoder' && flags.output === 'multihot') {
    throw usageError('option --output must be classes or values for an encoder-decoder; it is multihot.');
  }
  if (mode !== 'one-to-many') refuse(flags, ['context', 'tbptt'], `belongs to one-to-many; this is ${mode}`);
  if (flags.ctc === true) refuse(flags, ['crf'], 'does not go with --ctc: it needs a label for each step');
  for (const name of ['ctc', 'crf'] as const) {
    if (flags[name] !== undefined && flags.output !== undefined && flags.output !== 'classes') {
      throw usageError(`option --${name} needs classes; --output is ${flags.output}.`);
    }
  }
  if (flags.columns !== undefined) {
    refuse(
      flags,
      ['input', 'inputSize', 'output', 'outputSize', 'ctc', 'crf'],
      'does not go with --columns, which says it all',
    );
  }
  if (flags.input !== undefined) {
    checkInputFlags(flags, inputHints(flags).kind!);
  }
  if (flags.output === 'classes') {
    checkOutputFlags(flags, flags.output);
  }
}

/** The architecture, with kinds and sizes taken from the data where the options are silent. */
export async function architectureFor(
  mode: Mode,
  flags: TrainFlags,
  { training: examples, scale }: TrainingExamples,
): Promise<
  ManyToOneArchitecture &
    ManyToManyArchitecture<OutputKind, Alignment> &
    Omit<EncoderDecoderArchitecture, 'output'>
> {
  const { hidden, layers, bidirectional, pooling, ctc, crf, dropout, seed } = flags;
  const output = await outputSpec(flags, examples, mode === 'many-to-one' ? 'sequence' : 'step', scale);
  const shared: Architecture = {
    cell: cellSpec(flags),
    hidden,
    layers,
    bidirectional,
    dropout,
    input: await inputSpec(flags, examples, scale),
    output,
    seed,
  };
  return {
    ...shared,
    ...(pooling && { pooling }),
    ...(ctc && { alignment: 'ctc' }),
    ...(crf && { crf: crf === true || { transitions: crf } }),
    ...(mode === 'encoder-decoder' && decoderParts(flags, output.kind)),
  };
}

export function cellSpec(flags: TrainFlags): CellSpec {
  const { cell, activation, reset, forgetBias, peepholes, projection, layerNorm } = flags;
  switch (cell) {
    case 'rnn':
      return { kind: cell, ...(activation && { activation }) };
    case 'gru':
      return { kind: cell, reset, layerNorm };
    case 'lstm':
      return { kind: cell, forgetBias, peepholes, projection, layerNorm };
    case 'mingru':
      return { kind: cell };
  }
}

async function inputSpec(
  flags: TrainFlags,
  examples: readonly Example[],
  scale: Scale | undefined,
): Promise<InputSpec> {
  const { embedding, window, minCount, characters } = flags;
  const found = await inferInput(
    inputHints(flags),
    examples.map(({ x }) => x),
    { locate: locate(examples) },
  );
  checkInputFlags(flags, found.kind);
  switch (found.kind) {
    case 'tokens':
      return { ...found, embedding, window, minCount, characters };
    case 'features':
      // Of the rows of a series: its windows have most of them many times, and those at its ends less often.
      return { ...found, ...(scale && { normalize: scale }) };
    case 'multihot':
      return { ...found, embedding };
  }
}

export function inputHints({ input, inputSize }: TrainFlags): InputHints {
  const size = inputSize === undefined ? {} : { size: inputSize };
  switch (input) {
    case 'words':
    case 'characters':
      return { kind: 'tokens', tokenizer: input, ...size };
    case undefined:
      return size;
    default:
      return { kind: input, ...size };
  }
}

export function checkInputFlags(flags: TrainFlags, kind: InputSpec['kind']): void {
  const reason = `does not apply: the input is ${kind}`;
  if (kind === 'tokens') {
    refuse(flags, ['inputSize'], reason);
    if (flags.embedding === 0) throw usageError('option --embedding must be at least 1 for tokens.');
  } else {
    const ofTokens = ['window', 'minCount', 'characters'] as const;
    refuse(flags, kind === 'features' ? ['embedding', ...ofTokens] : ofTokens, reason);
  }
}

async function outputSpec(
  flags: TrainFlags,
  examples: readonly Example[],
  per: Per,
  scale: Scale | undefined,
): Promise<OutputSpec> {
  const { output, outputSize, ctc, crf } = flags;
  if (ctc === true || crf !== undefined) {
    checkOutputFlags(flags, 'classes');
    return { kind: 'classes' };
  }
  const hints = {
    ...(output !== undefined && { kind: output }),
    ...(outputSize !== undefined && { size: outputSize }),
  };
  const ys = examples.map(({ y }) => y);
  const found = await inferOutput(hints, ys, per, locate(examples));
  checkOutputFlags(flags, found.kind);
  return scale && found.kind === 'values' ? { ...found, normalize: repeated(scale, found.size!) } : found;
}

/** The scale of the columns for all rows of a forecast. */
function repeated({ mean, deviation }: Scale, size: number): Scale {
  const all = (numbers: readonly number[]): readonly number[] =>
    Array.from({ length: size }, (_, i) => numbers[i % numbers.length]!);
  return { mean: all(mean), deviation: all(deviation) };
}

function checkOutputFlags(flags: TrainFlags, kind: OutputSpec['kind']): void {
  if (kind === 'classes') {
    refuse(flags, ['outputSize'], 'does not apply: the output is classes, as many as there are labels');
  }
}
