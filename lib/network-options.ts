import type { CharactersOptions, NetworkOptions, StackOptions } from '../binding';
import type { StackForm } from './architecture';

/** The stack as the addon takes it: what a cell does not have is given a value that does nothing. */
export function nativeStack({ cell, hidden, layers, bidirectional, seed }: StackForm): StackOptions {
  return {
    cell: cell.kind,
    activation: cell.kind === 'rnn' ? cell.activation : 'tanh',
    resetAfter: cell.kind === 'gru' && cell.reset === 'after',
    forgetBias: cell.kind === 'lstm' ? cell.forgetBias : 0,
    hidden,
    layers,
    bidirectional,
    seed,
  };
}

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
function* characterShapes({
  vocabulary,
  embedding,
  hidden,
}: CharactersOptions): Generator<[name: string, shape: number[]]> {
  yield ['characters.embedding.weight', [vocabulary, embedding]];
  for (const direction of ['', '_reverse']) {
    const name = (part: string): string => `characters.recurrent.${part}_l0${direction}`;
    yield [name('weight_ih'), [4 * hidden, embedding]];
    yield [name('weight_hh'), [4 * hidden, hidden]];
    yield [name('bias'), [4 * hidden]];
  }
}

/**
 * The names and shapes of a network's parameters, in the order of a model file. Worked out here as well as in the
 * addon, so that a file can be held against its architecture before memory of that size is taken; one by one,
 * so that a file that claims a million layers costs no more than the first that is missing.
 */
export function* parameterShapes(options: NetworkOptions): Generator<[name: string, shape: number[]]> {
  const { cell, hidden, layers, bidirectional, input } = options;
  const gates = { rnn: 1, gru: 3, lstm: 4 }[cell];
  const directions = bidirectional ? ['', '_reverse'] : [''];
  const width = directions.length * hidden;
  if (input.kind === 'tokens') {
    yield ['embedding.weight', [input.vocabulary, input.embedding]];
    if (input.characters !== undefined) yield* characterShapes(input.characters);
  } else if (input.kind === 'multihot' && input.embedding > 0) {
    yield ['embedding.weight', [input.size, input.embedding]];
  }
  for (let layer = 0; layer < layers; layer += 1) {
    for (const direction of directions) {
      const name = (part: string): string => `recurrent.${part}_l${layer}${direction}`;
      yield [name('weight_ih'), [gates * hidden, layer === 0 ? inputWidth(options) : width]];
      yield [name('weight_hh'), [gates * hidden, hidden]];
      yield [name('bias'), [gates * hidden]];
      if (cell === 'gru' && options.resetAfter) {
        yield [name('bias_hn'), [hidden]];
      }
    }
  }
  if (options.pooling === 'attention') {
    yield ['attention.weight', [width, width]];
    yield ['attention.bias', [width]];
    yield ['attention.context', [width]];
  }
  yield ['output.weight', [options.output.size, width]];
  yield ['output.bias', [options.output.size]];
  if (options.crf !== undefined) {
    yield ['crf.transitions', [options.output.size + 1, options.output.size + 1]];
  }
}
