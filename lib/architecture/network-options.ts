import type { CharactersOptions, DecoderOptions, NetworkOptions, StackOptions } from '../../binding';
import type { EncoderDecoderForm, StackForm } from './architecture';

/** The stack as the addon takes it: what a cell does not have is given a value that does nothing. */
export function nativeStack({ bidirectional, seed, ...stack }: StackForm): StackOptions {
  return { ...nativeLayers(stack), bidirectional, seed };
}

/** The decoder as the addon takes it. */
export function nativeDecoder({ decoder, attention }: EncoderDecoderForm): DecoderOptions {
  const { input } = decoder;
  return {
    ...nativeLayers(decoder),
    embedding: input.kind === 'tokens' ? input.embedding : 0,
    attention,
  };
}

function nativeLayers({
  cell,
  hidden,
  layers,
}: Pick<StackForm, 'cell' | 'hidden' | 'layers'>): Omit<StackOptions, 'bidirectional' | 'seed'> {
  return {
    cell: cell.kind,
    activation: cell.kind === 'rnn' ? cell.activation : 'tanh',
    resetAfter: cell.kind === 'gru' && cell.reset === 'after',
    forgetBias: cell.kind === 'lstm' ? cell.forgetBias : 0,
    hidden,
    layers,
  };
}

/** Of one parameter. */
type Shape = [name: string, shape: number[]];

/** Numbers a step that the first layer reads. */
function inputWidth({ input }: NetworkOptions): number {
  switch (input.kind) {
    case 'tokens':
      return (input.embedding + 2 * (input.characters?.hidden ?? 0)) * (2 * input.window + 1);
    case 'features':
      return input.size;
    case 'multihot':
      return input.embedding > 0 ? input.embedding : input.size;
  }
}

/** Of the network that reads the characters of words: an LSTM of one layer, in both directions. */
function* characterShapes({ vocabulary, embedding, hidden }: CharactersOptions): Generator<Shape> {
  yield ['characters.embedding.weight', [vocabulary, embedding]];
  for (const direction of ['', '_reverse']) {
    const name = (part: string): string => `characters.recurrent.${part}_l0${direction}`;
    yield [name('weight_ih'), [4 * hidden, embedding]];
    yield [name('weight_hh'), [4 * hidden, hidden]];
    yield [name('bias'), [4 * hidden]];
  }
}

/** Of a recurrent stack, whose names begin with `prefix`. */
function* stackShapes(
  prefix: string,
  { cell, hidden, layers, resetAfter }: Omit<DecoderOptions, 'embedding' | 'attention'>,
  directions: readonly string[],
  inputWidth: number,
): Generator<Shape> {
  const gates = { rnn: 1, gru: 3, lstm: 4 }[cell];
  for (let layer = 0; layer < layers; layer += 1) {
    for (const direction of directions) {
      const name = (part: string): string => `${prefix}.${part}_l${layer}${direction}`;
      yield [name('weight_ih'), [gates * hidden, layer === 0 ? inputWidth : directions.length * hidden]];
      yield [name('weight_hh'), [gates * hidden, hidden]];
      yield [name('bias'), [gates * hidden]];
      if (cell === 'gru' && resetAfter) {
        yield [name('bias_hn'), [hidden]];
      }
    }
  }
}

/** Of a decoder behind an encoder whose outputs are `width` wide and which ends with `states` numbers. */
function* decoderShapes(
  { output, decoder }: NetworkOptions & { decoder: DecoderOptions },
  width: number,
  states: number,
): Generator<Shape> {
  const { cell, hidden, layers, embedding, attention } = decoder;
  if (embedding > 0) yield ['decoder.embedding.weight', [output.size, embedding]];
  const first = layers * hidden * (cell === 'lstm' ? 2 : 1);
  yield ['decoder.initial.weight', [first, states]];
  yield ['decoder.initial.bias', [first]];
  const read = embedding > 0 ? embedding : output.size;
  yield* stackShapes('decoder', decoder, [''], attention === 'bahdanau' ? read + width : read);
  if (attention === 'none') return;
  yield ['attention.weight', [hidden, width]];
  if (attention === 'bahdanau') {
    yield ['attention.bias', [hidden]];
    yield ['attention.query', [hidden, hidden]];
    yield ['attention.context', [hidden]];
  }
  yield ['attention.output.weight', [hidden, width + hidden]];
  yield ['attention.output.bias', [hidden]];
}

/**
 * The names and shapes of a network's parameters, in the order of a model file. Worked out here as well as in the
 * addon, so that a file can be held against its architecture before memory of that size is taken; one by one,
 * so that a file that claims a million layers costs no more than the first that is missing.
 */
export function* parameterShapes(options: NetworkOptions): Generator<Shape> {
  const { cell, hidden, bidirectional, input, output, decoder } = options;
  const directions = bidirectional ? ['', '_reverse'] : [''];
  const width = directions.length * hidden;
  if (input.kind === 'tokens') {
    yield ['embedding.weight', [input.vocabulary, input.embedding]];
    if (input.characters !== undefined) yield* characterShapes(input.characters);
  } else if (input.kind === 'multihot' && input.embedding > 0) {
    yield ['embedding.weight', [input.size, input.embedding]];
  }
  const prefix = decoder === undefined ? 'recurrent' : 'encoder';
  yield* stackShapes(prefix, options, directions, inputWidth(options));
  if (options.context !== undefined) {
    const states = options.layers * hidden * (cell === 'lstm' ? 2 : 1);
    yield ['context.weight', [states, options.context]];
    yield ['context.bias', [states]];
  }
  if (decoder !== undefined) {
    yield* decoderShapes({ ...options, decoder }, width, cell === 'lstm' ? 2 * width : width);
  } else if (options.pooling === 'attention') {
    yield ['attention.weight', [width, width]];
    yield ['attention.bias', [width]];
    yield ['attention.context', [width]];
  }
  yield ['output.weight', [output.size, decoder?.hidden ?? width]];
  yield ['output.bias', [output.size]];
  if (options.crf !== undefined) {
    yield ['crf.transitions', [output.size + 1, output.size + 1]];
  }
}
