import type { EncoderDecoderForm } from '../../lib/architecture/architecture';
import { checkEncoderDecoder } from '../../lib/architecture/encoder-decoder-schema';
import { Vocabulary } from '../../lib/data/text/vocabulary';
import { checkEvaluateDecoder, checkPredictDecoder } from '../../lib/options/decoder-schema';

const smallest = { cell: 'gru', hidden: 8, input: { kind: 'tokens' }, output: { kind: 'classes' } };
const forecast = { ...smallest, input: { kind: 'features' }, output: { kind: 'values' } };

test('an architecture gets the documented defaults: the decoder is as the encoder', () => {
  expect(checkEncoderDecoder({ ...smallest, bidirectional: true, layers: 2 })).toMatchObject({
    cell: { kind: 'gru', reset: 'after' },
    hidden: 8,
    attention: 'luong',
    teacherForcing: 1,
    decoder: {
      cell: { kind: 'gru', reset: 'after' },
      hidden: 8,
      layers: 2,
      input: { kind: 'tokens', tokenizer: 'words', embedding: 64, minCount: 1 },
    },
  });
  expect(checkEncoderDecoder(forecast).decoder.input).toEqual({ kind: 'features' });
});

test('a decoder may differ from its encoder', () => {
  const vocabulary = Vocabulary.of(['a']);
  const decoder = {
    cell: 'lstm',
    hidden: 5,
    layers: 3,
    input: { kind: 'tokens', tokenizer: 'characters', vocabulary, embedding: 7 },
  };
  const form = checkEncoderDecoder({ ...smallest, decoder, attention: 'none', teacherForcing: 0 });
  expect(form).toMatchObject({
    attention: 'none',
    teacherForcing: 0,
    decoder: { cell: { kind: 'lstm', forgetBias: 1 }, hidden: 5, layers: 3 },
  });
  expect(form.decoder.input).toEqual({ ...decoder.input, minCount: 1 });
});

test('teacher forcing is a share or a schedule', () => {
  const schedule = { from: 1, to: 0.25, epochs: 4 };
  expect(checkEncoderDecoder({ ...smallest, teacherForcing: schedule }).teacherForcing).toEqual(schedule);
});

const tokens = { kind: 'tokens' };

test.each([
  [
    'multihot output',
    { output: { kind: 'multihot', size: 3 } },
    '"output.kind" must be "classes" or "values"',
  ],
  [
    'another attention',
    { attention: 'self' },
    '"attention" must be "none" or "bahdanau" or "luong"; found "self"',
  ],
  ['too much forcing', { teacherForcing: 1.5 }, '"teacherForcing" must be a number from 0 to 1 or { from'],
  ['half a schedule', { teacherForcing: { from: 1, to: 0 } }, '"teacherForcing.epochs"'],
  ['no epochs', { teacherForcing: { from: 1, to: 0, epochs: 0 } }, '"teacherForcing.epochs" must be a whole'],
  [
    'a decoder of both directions',
    { decoder: { bidirectional: true } },
    'unknown option "decoder.bidirectional"',
  ],
  ['a window', { decoder: { input: { ...tokens, window: 2 } } }, 'unknown option "decoder.input.window"'],
  [
    'characters of words',
    { decoder: { input: { ...tokens, characters: true } } },
    'unknown option "decoder.input.characters"',
  ],
  ['no units', { decoder: { hidden: 0 } }, '"decoder.hidden" must be a whole number from 1'],
  ['another cell', { decoder: { cell: 'ltsm' } }, '"decoder.cell.kind" must be "rnn" or "gru" or "lstm"'],
  [
    'a projection beyond the units of a decoder, as the encoder has it',
    { cell: { kind: 'lstm', projection: 5 }, decoder: { hidden: 5 } },
    '"decoder.cell.projection" must be less than hidden, 5; found 5',
  ],
  [
    'dropout of a state of the decoder that enters no product',
    { dropout: { recurrent: 0.1 }, decoder: { cell: 'mingru' } },
    '"dropout.recurrent" must be 0 with a decoder.cell whose state',
  ],
  [
    'numbers read where symbols are written',
    { decoder: { input: { kind: 'features' } } },
    '"decoder.input" must be an object whose kind is "tokens" where the output are classes',
  ],
  [
    'symbols told twice',
    {
      output: { kind: 'classes', labels: ['a'] },
      decoder: { input: { ...tokens, vocabulary: Vocabulary.of(['a']) } },
    },
    '"output.labels" must be left out where the decoder is given a vocabulary',
  ],
  ['a pooling', { pooling: 'last' }, 'unknown option "pooling"'],
  ['an alignment', { alignment: 'ctc' }, 'unknown option "alignment"'],
])('%s is refused', (_name, change, message) => {
  expect(() => checkEncoderDecoder({ ...smallest, ...change })).toThrow(
    expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringContaining(message) as string }),
  );
});

test.each([
  ['symbols read', { decoder: { input: tokens } }, '"decoder.input" must be an object whose kind'],
  ['a scale of its own', { decoder: { input: { kind: 'features', normalize: true } } }, 'unknown option'],
  [
    'another size',
    { output: { kind: 'values', size: 2 }, decoder: { input: { kind: 'features', size: 3 } } },
    '"decoder.input" must be of the size of the output',
  ],
  [
    'another size than that of the scale',
    {
      output: { kind: 'values', normalize: { mean: [0], deviation: [1] } },
      decoder: { input: { kind: 'features', size: 3 } },
    },
    '"decoder.input" must be of the size of the output',
  ],
])('with values, %s is refused', (_name, change, message) => {
  expect(() => checkEncoderDecoder({ ...forecast, ...change })).toThrow(
    expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringContaining(message) as string }),
  );
});

describe('a search', () => {
  const symbols: EncoderDecoderForm = checkEncoderDecoder(smallest);
  const blind: EncoderDecoderForm = checkEncoderDecoder({ ...smallest, attention: 'none' });
  const rows: EncoderDecoderForm = checkEncoderDecoder(forecast);

  test('has the documented defaults', () => {
    expect(checkPredictDecoder(symbols)).toEqual({
      batchSize: 32,
      probabilities: false,
      search: { beam: 5, nBest: 1, lengthPenalty: 0, maxSteps: undefined, attention: false },
    });
    expect(checkEvaluateDecoder(symbols, { lengthPenalty: 1, maxSteps: 9, beam: 2 })).toEqual({
      batchSize: 32,
      search: { beam: 2, nBest: 1, lengthPenalty: 1, maxSteps: 9 },
    });
    expect(checkPredictDecoder(rows).search).toEqual({
      beam: 1,
      nBest: 1,
      lengthPenalty: 0,
      maxSteps: undefined,
      attention: false,
    });
    expect(checkEvaluateDecoder(rows).search).toMatchObject({ beam: 1, nBest: 1 });
    expect(checkPredictDecoder(rows, { attention: true, maxSteps: 3, beam: 1 }).search).toMatchObject({
      attention: true,
      maxSteps: 3,
    });
  });

  test.each([
    ['no beam', symbols, { beam: 0 }, 'predict: option "beam" must be a whole number from 1 to 1024'],
    ['more than the beam has', symbols, { beam: 2, nBest: 3 }, '"nBest" must be at most as large as beam'],
    ['no steps', symbols, { maxSteps: 0 }, '"maxSteps" must be a whole number from 1'],
    ['a negative penalty', symbols, { lengthPenalty: -1 }, '"lengthPenalty" must be a number of at least 0'],
    ['probabilities', symbols, { probabilities: true }, 'unknown option "probabilities"'],
    ['weights there are none of', blind, { attention: true }, '"attention" must be false in a model without'],
    [
      'a beam for values',
      rows,
      { beam: 2 },
      '"beam" must be 1 where the output are values; found the number 2',
    ],
    ['many forecasts', rows, { nBest: 2 }, '"nBest" must be 1 where the output are values'],
    ['a penalty for values', rows, { lengthPenalty: 0.5 }, '"lengthPenalty" must be 0 where'],
  ])('refuses %s', (_name, form, options, message) => {
    expect(() => checkPredictDecoder(form, options)).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringContaining(message) as string }),
    );
  });

  test('of an evaluation has no n best and no weights', () => {
    expect(() => checkEvaluateDecoder(symbols, { nBest: 1 })).toThrow(/evaluate: unknown option "nBest"/);
    expect(() => checkEvaluateDecoder(symbols, { attention: false })).toThrow(/unknown option "attention"/);
    expect(() => checkEvaluateDecoder(rows, { beam: 5 })).toThrow(/"beam" must be 1 where/);
  });
});
