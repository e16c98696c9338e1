import { checkManyToMany, checkManyToOne, checkRecurrent } from '../../lib/architecture/architecture-schema';
import { Vocabulary } from '../../lib/data/text/vocabulary';
import {
  checkEvaluate,
  checkEvaluateDecoded,
  checkFit,
  checkPredict,
  checkPredictDecoded,
  checkPredictSteps,
} from '../../lib/options/options-schema';

const smallest = { cell: 'lstm', hidden: 8, input: { kind: 'tokens' }, output: { kind: 'classes' } };

test('an option that is missing is named, or the unknown one that may be meant', () => {
  const { hidden: _hidden, ...without } = smallest;
  expect(() => checkManyToOne(without)).toThrow('option "hidden" is missing');
  expect(() => checkManyToOne({ ...without, hiden: 8 })).toThrow(
    'unknown option "hiden"; expected one of cell',
  );
});

test('an architecture gets the documented defaults', () => {
  expect(checkManyToOne(smallest)).toEqual({
    cell: { kind: 'lstm', forgetBias: 1 },
    hidden: 8,
    layers: 1,
    bidirectional: false,
    seed: 1,
    dropout: { input: 0, between: 0, recurrent: 0, output: 0 },
    input: {
      kind: 'tokens',
      tokenizer: 'words',
      embedding: 64,
      minCount: 1,
      window: 0,
      characters: false,
    },
    output: { kind: 'classes' },
    pooling: 'last',
  });
  expect(checkManyToMany(smallest)).toMatchObject({ alignment: 'steps' });
});

test('each cell gets its own defaults', () => {
  const cell = (spec: unknown) => checkManyToOne({ ...smallest, cell: spec }).cell;
  expect(cell('rnn')).toEqual({ kind: 'rnn', activation: 'tanh' });
  expect(cell('gru')).toEqual({ kind: 'gru', reset: 'after' });
  expect(cell({ kind: 'gru', reset: 'before' })).toEqual({ kind: 'gru', reset: 'before' });
  expect(cell({ kind: 'lstm', forgetBias: -0.5 })).toEqual({ kind: 'lstm', forgetBias: -0.5 });
  expect(cell({ kind: 'lstm', peepholes: true, projection: 7 })).toEqual({
    kind: 'lstm',
    forgetBias: 1,
    peepholes: true,
    projection: 7,
  });
  expect(cell({ kind: 'lstm', peepholes: false })).toEqual({ kind: 'lstm', forgetBias: 1 });
  expect(cell('mingru')).toEqual({ kind: 'mingru' });
});

test('the other inputs get their defaults', () => {
  const input = (spec: unknown) => checkManyToOne({ ...smallest, input: spec }).input;
  expect(input({ kind: 'features' })).toEqual({ kind: 'features', normalize: true });
  expect(input({ kind: 'multihot', size: 88 })).toEqual({ kind: 'multihot', size: 88, embedding: 64 });
});

test('a scale can be given', () => {
  const scale = { mean: [1, 2], deviation: [1, 0.5] };
  const check = (spec: object) => checkManyToOne({ ...smallest, output: { kind: 'values', ...spec } }).output;
  expect(check({ normalize: scale })).toEqual({ kind: 'values', normalize: scale });
  expect(() => check({ size: 3, normalize: scale })).toThrow('"output.normalize" must be a scale of as many');
  for (const wrong of [{ mean: [1], deviation: [0] }, { mean: [1], deviation: [1, 1] }, { mean: [] }, 1]) {
    expect(() => check({ normalize: wrong })).toThrow('"output.normalize" must be true, false or { mean');
  }
});

test('characters of words have sizes of their own', () => {
  const characters = (given: unknown) =>
    checkManyToOne({ ...smallest, input: { kind: 'tokens', characters: given } }).input;
  expect(characters(true)).toMatchObject({ characters: { embedding: 30, hidden: 50 } });
  expect(characters({ hidden: 7 })).toMatchObject({ characters: { embedding: 30, hidden: 7 } });
  expect(characters(false)).toMatchObject({ characters: false });
});

test('a plain number of dropout spares the recurrent connections', () => {
  const dropout = (spec: unknown) => checkManyToOne({ ...smallest, dropout: spec }).dropout;
  expect(dropout(0.25)).toEqual({ input: 0.25, between: 0.25, recurrent: 0, output: 0.25 });
  expect(dropout({ recurrent: 0.5 })).toEqual({ input: 0, between: 0, recurrent: 0.5, output: 0 });
});

test('undefined counts as not given', () => {
  expect(checkManyToOne({ ...smallest, layers: undefined, pooling: undefined })).toEqual(
    checkManyToOne(smallest),
  );
});

const wrongArchitectures: [string, object, RegExp][] = [
  ['no cell', { cell: undefined }, /option "cell" must be an object with a kind; found nothing/],
  [
    'an unknown cell',
    { cell: 'lstn' },
    /option "cell.kind" must be "rnn" or "gru" or "lstm" or "mingru"; found "lstn"/,
  ],
  [
    'characters that are a number',
    { input: { kind: 'tokens', characters: 30 } },
    /option "input.characters" must be true, false or an object of options; found the number 30/,
  ],
  [
    'characters without units',
    { input: { kind: 'tokens', characters: { hidden: 0 } } },
    /option "input.characters.hidden" must be a whole number from 1/,
  ],
  [
    'characters of features',
    { input: { kind: 'features', characters: true } },
    /unknown option "input.characters"/,
  ],
  [
    'an activation for a GRU',
    { cell: { kind: 'gru', activation: 'tanh' } },
    /unknown option "cell.activation"/,
  ],
  [
    'an unknown activation',
    { cell: { kind: 'rnn', activation: 'x' } },
    /"cell.activation" must be "tanh" or/,
  ],
  [
    'a projection to as many numbers as units',
    { cell: { kind: 'lstm', projection: 8 } },
    /^ManyToOne: option "cell.projection" must be less than hidden, 8; found 8\.$/,
  ],
  [
    'layer norm with the reset before the product',
    { cell: { kind: 'gru', reset: 'before', layerNorm: true } },
    /option "cell.reset" must be "after" where there is layerNorm; found "before"/,
  ],
  [
    'a projection to nothing',
    { cell: { kind: 'lstm', projection: 0 } },
    /"cell.projection" must be a whole number from 1/,
  ],
  [
    'peepholes in words',
    { cell: { kind: 'lstm', peepholes: 'yes' } },
    /"cell.peepholes" must be true or false; found "yes"/,
  ],
  ['peepholes of a GRU', { cell: { kind: 'gru', peepholes: true } }, /unknown option "cell.peepholes"/],
  ['a reset of a mingru', { cell: { kind: 'mingru', reset: 'after' } }, /unknown option "cell.reset"/],
  [
    'dropout of a state that enters no product',
    { cell: 'mingru', dropout: { recurrent: 0.1 } },
    /option "dropout.recurrent" must be 0 with a cell whose .* mingru; found 0\.1\.$/,
  ],
  [
    'an infinite forget bias',
    { cell: { kind: 'lstm', forgetBias: Infinity } },
    /"cell.forgetBias" must be a finite/,
  ],
  [
    'no hidden size',
    { hidden: undefined },
    /"hidden" must be a whole number from 1 to 1048576; found nothing/,
  ],
  ['a hidden size of 0', { hidden: 0 }, /"hidden" .* found the number 0/],
  ['half a unit', { hidden: 1.5 }, /"hidden" .* found the number 1.5/],
  ['a hidden size beyond 2^20', { hidden: 2 ** 20 + 1 }, /"hidden" .* found the number 1048577/],
  ['a hidden size in words', { hidden: '64' }, /"hidden" .* found "64"/],
  ['−1 layers', { layers: -1 }, /"layers" must be a whole number from 1 to 1024/],
  ['NaN layers', { layers: NaN }, /"layers" .* found the number NaN/],
  ['a direction in words', { bidirectional: 'yes' }, /"bidirectional" must be true or false; found "yes"/],
  ['a seed of −1', { seed: -1 }, /"seed" must be a whole number from 0 to 9007199254740991/],
  ['a seed of 2^53', { seed: 2 ** 53 }, /"seed"/],
  [
    'a dropout of 1',
    { dropout: 1 },
    /"dropout.input" must be a number from 0 to below 1; found the number 1/,
  ],
  ['a negative dropout', { dropout: { output: -0.1 } }, /"dropout.output"/],
  [
    'an unknown dropout',
    { dropout: { hidden: 0.1 } },
    /unknown option "dropout.hidden"; expected one of input, /,
  ],
  [
    'an unknown input',
    { input: { kind: 'words' } },
    /"input.kind" must be "tokens" or "features" or "multihot"/,
  ],
  ['an input in words', { input: 'tokens' }, /option "input" must be/],
  ['a size for tokens', { input: { kind: 'tokens', size: 5 } }, /unknown option "input.size"/],
  ['an embedding of 0', { input: { kind: 'tokens', embedding: 0 } }, /"input.embedding"/],
  [
    'an embedding beyond 2^20',
    { input: { kind: 'tokens', embedding: 2 ** 20 + 1 } },
    /"input.embedding" must be a whole number from 1 to 1048576/,
  ],
  [
    'an embedding of indexes beyond 2^20',
    { input: { kind: 'multihot', embedding: 2 ** 20 + 1 } },
    /"input.embedding" must be a whole number from 0 to 1048576/,
  ],
  ['1025 layers', { layers: 1025 }, /"layers" must be a whole number from 1 to 1024/],
  [
    'a vocabulary that is none',
    { input: { kind: 'tokens', vocabulary: ['a'] } },
    /must be a Vocabulary; found a list/,
  ],
  [
    'no label',
    { output: { kind: 'classes', labels: [] } },
    /"output.labels" must be an array of different strings/,
  ],
  ['a label twice', { output: { kind: 'classes', labels: ['a', 'a'] } }, /"output.labels"/],
  [
    'a size for classes',
    { output: { kind: 'classes', size: 2 } },
    /unknown option "output.size"; expected one of kind, labels/,
  ],
  [
    'an unknown pooling',
    { pooling: 'sum' },
    /"pooling" must be "last" or "mean" or "max" or "attention"; found "sum"/,
  ],
  ['a misspelt option', { hiden: 8 }, /unknown option "hiden"; expected one of cell, hidden, /],
  ['an alignment', { alignment: 'steps' }, /unknown option "alignment"/],
];

test.each(wrongArchitectures)('%s is refused', (_, change, message) => {
  const wrong = { ...smallest, ...change };
  expect(() => checkManyToOne(wrong)).toThrow(
    expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringMatching(message) as string }),
  );
});

test.each([undefined, null, 7, 'lstm', []])('%p is no architecture', (value) => {
  expect(() => checkManyToOne(value)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }));
});

test('the alignment is one of two, and ctc needs classes', () => {
  expect(() => checkManyToMany({ ...smallest, alignment: 'none' })).toThrow(
    /ManyToMany: option "alignment" must be "steps" or "ctc"; found "none"/,
  );
  const values = { ...smallest, output: { kind: 'values' } };
  expect(() => checkManyToMany({ ...values, alignment: 'ctc' })).toThrow(
    /option "output.kind" must be "classes" where alignment is "ctc"; found "values"/,
  );
  expect(checkManyToMany({ ...smallest, alignment: 'ctc' })).toMatchObject({ alignment: 'ctc' });
});

test('where the output is searched for, the search has options', () => {
  expect(checkEvaluateDecoded()).toEqual({ batchSize: 32, search: { beam: 5, nBest: 1 } });
  expect(checkPredictDecoded({ beam: 9, nBest: 3 })).toMatchObject({ search: { beam: 9, nBest: 3 } });
  expect(() => checkPredictDecoded({ beam: 0 })).toThrow(
    /option "beam" must be a whole number from 1 to 1024/,
  );
  expect(() => checkPredictDecoded({ nBest: 6 })).toThrow(
    /option "nBest" must be at most as large as beam; found the number 6/,
  );
  expect(() => checkEvaluateDecoded({ nBest: 2 })).toThrow(/evaluate: unknown option "nBest"/);
  expect(() => checkPredictSteps({ beam: 2 })).toThrow(/predict: unknown option "beam"/);
});

test('pooling belongs to many-to-one', () => {
  expect(() => checkManyToMany({ ...smallest, pooling: 'last' })).toThrow(/unknown option "pooling"/);
});

test('a vocabulary is taken as it is', () => {
  const vocabulary = Vocabulary.of(['a', 'b']);
  const { input } = checkManyToOne({ ...smallest, input: { kind: 'tokens', vocabulary } });
  expect(input.kind === 'tokens' && input.vocabulary).toBe(vocabulary);
});

test('the bare layer has options of its own', () => {
  expect(checkRecurrent({ cell: 'gru', input: 3, hidden: 4 })).toEqual({
    cell: { kind: 'gru', reset: 'after' },
    input: 3,
    hidden: 4,
    layers: 1,
    bidirectional: false,
    seed: 1,
    precision: 'float32',
  });
  expect(() => checkRecurrent({ cell: 'gru', input: 3, hidden: 4, precision: 'half' })).toThrow(
    /option "precision" must be "float32" or "bfloat16"/,
  );
  expect(() => checkRecurrent({ cell: 'gru', hidden: 4 })).toThrow(/Recurrent: option "input"/);
  expect(() => checkRecurrent({ cell: 'gru', input: 3, hidden: 4, threads: 0 })).toThrow(/option "threads"/);
  expect(() => checkRecurrent({ cell: 'gru', input: 2 ** 20 + 1, hidden: 4 })).toThrow(
    /option "input" must be a whole number from 1 to 1048576/,
  );
});

test('fit gets the documented defaults', () => {
  expect(checkFit()).toEqual({
    batchSize: 32,
    clipNorm: 5,
    onProgress: [],
    optimizer: { kind: 'adam', learningRate: 0.002, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
    schedule: { kind: 'constant', warmup: 0 },
  });
});

test.each([
  ['sgd', { learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0 }],
  ['rmsprop', { learningRate: 0.001, decay: 0.9, epsilon: 1e-8, momentum: 0, weightDecay: 0 }],
  ['adamw', { learningRate: 0.002, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 }],
])('%s by its name has its defaults', (kind, expected) => {
  expect(checkFit({ optimizer: kind }).optimizer).toEqual({ kind, ...expected });
  expect(checkFit({ optimizer: { kind, learningRate: 0.5 } }).optimizer).toEqual({
    kind,
    ...expected,
    learningRate: 0.5,
  });
});

test.each([
  ['linear', { final: 0 }],
  ['cosine', { final: 0 }],
  ['step', { every: 5, factor: 0.5 }],
  ['plateau', { patience: 2, factor: 0.5 }],
])('the schedule %s by its name has its defaults', (kind, expected) => {
  expect(checkFit({ schedule: kind }).schedule).toEqual({ kind, warmup: 0, ...expected });
});

const wrongFits: [string, object, RegExp][] = [
  ['0 epochs', { epochs: 0 }, /fit: option "epochs" must be a whole number from 1/],
  ['0 minutes', { minutes: 0 }, /"minutes" must be a number greater than 0/],
  ['endless minutes', { minutes: Infinity }, /"minutes"/],
  ['half a batch', { batchSize: 0.5 }, /"batchSize"/],
  [
    'an unknown optimizer',
    { optimizer: 'adagrad' },
    /"optimizer.kind" must be "sgd" or "rmsprop" or "adam" or "adamw"/,
  ],
  ['a learning rate of 0', { optimizer: { kind: 'sgd', learningRate: 0 } }, /"optimizer.learningRate"/],
  [
    'a momentum for Adam',
    { optimizer: { kind: 'adam', momentum: 0.9 } },
    /unknown option "optimizer.momentum"/,
  ],
  [
    'Nesterov without momentum',
    { optimizer: { kind: 'sgd', nesterov: true } },
    /option "optimizer.nesterov" must be false where momentum is 0; found a boolean/,
  ],
  [
    'Nesterov for RMSprop',
    { optimizer: { kind: 'rmsprop', momentum: 0.9, nesterov: true } },
    /unknown option "optimizer.nesterov"/,
  ],
  ['1025 threads', { threads: 1025 }, /"threads" must be a whole number from 1 to 1024/],
  ['β₂ of 1', { optimizer: { kind: 'adam', beta2: 1 } }, /"optimizer.beta2"/],
  ['an unknown schedule', { schedule: 'triangle' }, /"schedule.kind" must be "constant" or "linear"/],
  ['a negative warm-up', { schedule: { kind: 'cosine', warmup: -1 } }, /"schedule.warmup"/],
  ['a factor of 0', { schedule: { kind: 'step', factor: 0 } }, /"schedule.factor"/],
  ['a negative bound', { clipNorm: -1 }, /"clipNorm" must be a number of at least 0/],
  ['validation data that are a number', { validation: 7 }, /"validation" must be examples/],
  ['a window of 0', { tbptt: 0 }, /"tbptt" must be a whole number from 1/],
  ['a metric that is no key', { metric: 7 }, /"metric"/],
  ['no patience', { patience: 0 }, /"patience"/],
  ['no thread', { threads: 0 }, /"threads"/],
  ['a priority that is none', { priority: 'low' }, /"priority" must be "background" or "normal"/],
  ['a signal that is none', { signal: {} }, /"signal" must be an AbortSignal; found an object/],
  ['a listener that is none', { onProgress: 'log' }, /"onProgress" must be a function/],
  [
    'a list of listeners with one that is none',
    { onProgress: [() => {}, 1] },
    /"onProgress" must be a function, or a list of functions/,
  ],
  ['an unknown option', { epoch: 3 }, /unknown option "epoch"; expected one of epochs, /],
];

test.each(wrongFits)('fit refuses %s', (_, wrong, message) => {
  expect(() => checkFit(wrong)).toThrow(
    expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringMatching(message) as string }),
  );
});

test('Nesterov with momentum is taken', () => {
  const optimizer = { kind: 'sgd', momentum: 0.9, nesterov: true };
  expect(checkFit({ optimizer }).optimizer).toMatchObject(optimizer);
});

test('predict has options of its own, and one more for steps', () => {
  const search = { beam: 1, nBest: 1 };
  expect(checkPredict()).toEqual({ batchSize: 32, probabilities: true, search });
  expect(checkPredictSteps()).toEqual({
    batchSize: 32,
    probabilities: false,
    search: { ...search, marginals: false },
  });
  expect(() => checkPredict({ epochs: 3 })).toThrow(/predict: unknown option "epochs"/);
  expect(() => checkPredict({ probabilities: true })).toThrow(/predict: unknown option "probabilities"/);
  expect(() => checkEvaluate({ batchSize: 0 })).toThrow(/evaluate: option "batchSize"/);
});
