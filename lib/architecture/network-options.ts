import type { DecoderOptions, StackOptions } from '../../binding';
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
    peepholes: cell.kind === 'lstm' && cell.peepholes === true,
    projection: cell.kind === 'lstm' ? (cell.projection ?? 0) : 0,
    layerNorm: 'layerNorm' in cell && cell.layerNorm === true,
    hidden,
    layers,
  };
}
