// Arguments of the addon: right ones for every kind of network, and the same with something wrong about them.
// `random.below(n)` gives 0 … n − 1; the same random numbers give the same arguments.

const one = (random, choices) => choices[random.below(choices.length)];
const chance = (random, share) => random.below(1000) < 1000 * share;

const int32 = (size, number) => Int32Array.from({ length: size }, number);
const float32 = (random, size) => Float32Array.from({ length: size }, () => random.below(2001) / 1000 - 1);
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** Options of a small network of any kind. */
export function networkOptions(random) {
  const cell = one(random, ['rnn', 'gru', 'lstm', 'mingru']);
  const hidden = 1 + random.below(4);
  const resetAfter = chance(random, 0.5);
  const stack = {
    cell,
    activation: one(random, ['tanh', 'relu', 'sigmoid', 'identity']),
    resetAfter,
    forgetBias: 1,
    peepholes: cell === 'lstm' && chance(random, 0.5),
    projection: cell === 'lstm' && hidden > 1 ? random.below(hidden) : 0,
    layerNorm: (cell === 'lstm' || (cell === 'gru' && resetAfter)) && chance(random, 0.5),
    hidden,
    layers: 1 + random.below(2),
  };
  const kind = one(random, [
    'plain',
    'plain',
    'pooled',
    'crf',
    'ctc',
    'context',
    'context',
    'decoder',
    'writer',
    'writer',
  ]);
  const input = one(random, [
    { kind: 'tokens', vocabulary: 5, embedding: 2, window: kind === 'writer' ? 0 : random.below(2) },
    { kind: 'features', size: 3 },
    { kind: 'multihot', size: 4, embedding: one(random, [0, 3]) },
  ]);
  if (input.kind === 'tokens' && kind !== 'writer' && chance(random, 0.3))
    input.characters = { vocabulary: 4, embedding: 2, hidden: 2 };
  const classes = { kind: 'classes', size: 3 };
  const options = {
    ...stack,
    bidirectional: kind !== 'context' && kind !== 'writer' && chance(random, 0.4),
    seed: random.below(100),
    dropout: { input: one(random, [0, 0.2]), between: 0, recurrent: 0, output: 0 },
    input,
    pooling: kind === 'pooled' ? one(random, ['last', 'mean', 'max', 'attention']) : 'none',
    output: one(random, [classes, { kind: 'values', size: 2 }, { kind: 'multihot', size: 3 }]),
  };
  if (kind === 'crf') {
    options.output = classes;
    // Label 0 may follow anything.
    options.crf = one(random, [
      {},
      { forbidden: Uint8Array.from({ length: 16 }, (_, at) => (at % 4 === 2 ? random.below(2) : 0)) },
    ]);
  }
  if (kind === 'ctc') Object.assign(options, { output: classes, ctc: true });
  if (kind === 'writer') {
    const size = input.kind === 'tokens' ? input.vocabulary : input.size;
    const written = { tokens: 'classes', features: 'values', multihot: 'multihot' }[input.kind];
    options.output = { kind: written, size };
  }
  if (kind === 'context' || (kind === 'writer' && chance(random, 0.5))) options.context = 2;
  if (kind === 'decoder') {
    options.output = one(random, [classes, { kind: 'values', size: 2 }]);
    const embedding = options.output.kind === 'classes' ? 2 : 0;
    options.decoder = {
      ...stack,
      hidden: 3,
      projection: Math.min(stack.projection, 2),
      embedding,
      attention: one(random, ['none', 'bahdanau', 'luong']),
    };
  }
  return options;
}

export function states(random, { cell, layers, hidden, projection }, sequences) {
  const rows = layers * sequences;
  return {
    h: float32(random, rows * (projection || hidden)),
    ...(cell === 'lstm' && { c: float32(random, rows * hidden) }),
  };
}

/** What a batch holds besides its inputs, for `use`: evaluate, decode, step, prompts. */
function targets(random, { output, pooling, ctc, decoder }, lengths) {
  const free = ctc === true || decoder !== undefined;
  const targetLengths = free ? lengths.map((length) => random.below(1 + Math.ceil(length / 2))) : undefined;
  const results = free ? sum(targetLengths) : pooling === 'none' ? sum(lengths) : lengths.length;
  const low = free ? 1 : 0;
  return {
    ...(targetLengths && { targetLengths }),
    ...(output.kind === 'classes'
      ? { classes: int32(results, () => low + random.below(output.size - low)) }
      : {
          values:
            output.kind === 'values'
              ? float32(random, results * output.size)
              : Float32Array.from({ length: results * output.size }, () => random.below(2)),
        }),
  };
}

/** A batch that is right for that use; whether `begun`, with nothing but flags to begin with, is for the caller to say. */
export function batch(random, options, use, sequences = random.below(4)) {
  const { input, context, bidirectional, decoder, crf } = options;
  const lengths = int32(sequences, () => (use === 'prompts' ? 1 : 0) + random.below(4));
  const steps = sum(lengths);
  const made = { lengths };
  if (input.kind === 'tokens') made.tokens = int32(steps, () => random.below(input.vocabulary));
  if (input.kind === 'features') made.features = float32(random, steps * input.size);
  if (input.kind === 'multihot') {
    made.activeCounts = int32(steps, () => random.below(3));
    made.active = int32(sum(made.activeCounts), () => random.below(input.size));
  }
  if (input.characters !== undefined) {
    made.characterCounts = int32(2, () => random.below(3));
    made.characters = int32(sum(made.characterCounts), () => random.below(input.characters.vocabulary));
    made.words = int32(steps, () => random.below(2));
  }
  if (context !== undefined) made.context = float32(random, sequences * context);
  if (use === 'step' || chance(random, 0.5)) Object.assign(made, targets(random, options, lengths));
  const carries = !bidirectional && decoder === undefined;
  if (carries && use === 'evaluate' && chance(random, 0.3)) made.initial = states(random, options, sequences);
  if (carries && use !== 'decode' && use !== 'prompts' && chance(random, 0.3)) made.keeps = true;
  if (crf !== undefined && use === 'evaluate' && chance(random, 0.5)) made.marginals = true;
  if (decoder !== undefined && use === 'step') made.teacherForcing = one(random, [0, 0.5, 1]);
  return made;
}

export function decodingOptions(random, { decoder, output }, sequences) {
  const symbols = output.kind === 'classes';
  const beam = symbols ? 1 + random.below(3) : 1;
  return {
    beam,
    nBest: 1 + random.below(beam),
    ...(decoder && {
      limits: int32(sequences, () => random.below(5)),
      attention: decoder.attention !== 'none',
      ...(symbols && { lengthPenalty: random.below(2) }),
    }),
  };
}

export function samplingOptions(random, { output }, sequences) {
  const classes = output.kind === 'classes';
  return {
    temperature: one(random, [0, 0.001, 1, 3]),
    topK: classes ? random.below(3) : 0,
    topP: classes ? one(random, [0.1, 0.9, 1]) : 1,
    seeds: Float64Array.from({ length: sequences }, () => random.below(2 ** 31)),
    banned: classes ? one(random, [Int32Array.of(), Int32Array.of(1)]) : Int32Array.of(),
    endless: chance(random, 0.5),
  };
}

export function trainerOptions(random) {
  const kind = one(random, ['sgd', 'rmsprop', 'adam', 'adamw']);
  const rule = {
    momentum: 0,
    nesterov: false,
    decay: 0.9,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
  };
  return { optimizer: { kind, ...rule }, clipNorm: random.below(2), threads: 1 + random.below(2), seed: 1 };
}

/** What one step of a stream reads. */
export function streamStep(random, { input }) {
  if (input.kind === 'features') return float32(random, input.size);
  if (input.kind === 'multihot') return int32(random.below(3), () => random.below(input.size));
  const characters =
    input.characters && int32(random.below(3), () => random.below(input.characters.vocabulary));
  return Int32Array.of(random.below(input.vocabulary), ...(characters ?? []));
}

/** Numbers at the borders of what a field may hold, and beyond. Whole numbers of more than a few thousand are not among those
 * that would be taken: sizes and steps of that many are right, and endless. */
const borders = [
  -1,
  0,
  1,
  2,
  3,
  4,
  5,
  0.5,
  -0.5,
  NaN,
  Infinity,
  -Infinity,
  -(2 ** 31),
  2 ** 31,
  2 ** 32,
  2 ** 53,
  -0,
  1e300,
  5e-324,
];
const integers = [-1, 0, 1, 2, 3, 4, 5, 2 ** 31 - 1, -(2 ** 31)];
const reals = [NaN, Infinity, -Infinity, 3e38, -3e38, 1e30, 1e-45, -0, 0];

const others = [
  undefined,
  null,
  true,
  'x',
  7n,
  Symbol('s'),
  {},
  [],
  [1, 2],
  () => 1,
  new Date(0),
  new DataView(new ArrayBuffer(8)),
  new Proxy({}, {}),
];

function resized(array, length) {
  const made = new array.constructor(Math.max(0, length));
  made.set(array.subarray(0, made.length));
  return made;
}

function detached(array) {
  const gone = array.slice();
  structuredClone(gone.buffer, { transfer: [gone.buffer] });
  return gone;
}

function shared(array) {
  const made = new array.constructor(new SharedArrayBuffer(array.byteLength));
  made.set(array);
  return made;
}

/** In the middle of a larger buffer that is given another size once the array is made. */
function shrunk(array) {
  const { BYTES_PER_ELEMENT: width } = array;
  const buffer = new ArrayBuffer(width * (array.length + 2), { maxByteLength: width * (array.length + 4) });
  const made = new array.constructor(buffer, width, array.length);
  made.set(array);
  buffer.resize(width);
  return made;
}

function spoiledArray(random, array) {
  // Nothing can be copied of one that has been detached before.
  if (array.length === 0) return new array.constructor(random.below(3));
  const changed = array.slice();
  if (changed.length > 0 && chance(random, 0.5)) {
    const numbers =
      array instanceof Int32Array
        ? integers
        : array instanceof Uint8Array
          ? [0, 1, 255]
          : array instanceof Float64Array
            ? borders
            : reals;
    changed[random.below(changed.length)] = one(random, numbers);
    return changed;
  }
  switch (random.below(9)) {
    case 0:
      return resized(array, array.length - 1);
    case 1:
      return resized(array, array.length + 1);
    case 2:
      return resized(array, 0);
    case 3:
      return resized(array, 2 * array.length + 3);
    case 4:
      return detached(array);
    case 5:
      return shared(array);
    case 6:
      return shrunk(array);
    case 7:
      return [...array];
    default:
      return new (one(random, [Float32Array, Int32Array, Float64Array, Uint8Array, Uint32Array]))(array);
  }
}

function spoiledValue(random, value) {
  if (chance(random, 0.15)) return one(random, others);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return spoiledArray(random, value);
  if (typeof value === 'number') return one(random, borders);
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0)
    return spoiled(random, value);
  return one(random, others);
}

/** The same with one field, or one of a field's own, changed or gone. */
export function spoiled(random, object) {
  const names = Object.keys(object);
  const name = one(random, names);
  const { [name]: value, ...rest } = object;
  return chance(random, 0.15) ? rest : { ...rest, [name]: spoiledValue(random, value) };
}

/** Fields that a batch may have, each of a kind and about the size that some network takes. */
const fields = {
  lengths: (random) => int32(random.below(4), () => random.below(4)),
  tokens: (random) => int32(random.below(8), () => random.below(5)),
  characters: (random) => int32(random.below(5), () => random.below(4)),
  characterCounts: (random) => int32(random.below(3), () => random.below(3)),
  words: (random) => int32(random.below(8), () => random.below(2)),
  features: (random) => float32(random, random.below(24)),
  activeCounts: (random) => int32(random.below(8), () => random.below(3)),
  active: (random) => int32(random.below(12), () => random.below(4)),
  classes: (random) => int32(random.below(8), () => random.below(4) - 1),
  targetLengths: (random) => int32(random.below(4), () => random.below(3)),
  values: (random) => float32(random, random.below(24)),
  teacherForcing: (random) => one(random, [0, 0.5, 1]),
  context: (random) => float32(random, random.below(4) * 2),
  initial: (random) => ({ h: float32(random, random.below(30)), c: float32(random, random.below(30)) }),
  continues: () => true,
  keeps: () => true,
  marginals: () => true,
};

export const batchFields = Object.keys(fields);

/** A batch with fields that are missing, too many or wrong. */
export function spoiledBatch(random, right, options) {
  let changed = { ...right };
  for (let times = 1 + random.below(3); times > 0; times -= 1) {
    const name = one(random, batchFields);
    switch (random.below(5)) {
      case 0:
        delete changed[name];
        break;
      case 1:
        changed[name] = fields[name](random);
        break;
      case 2:
        changed[name] = one(random, others);
        break;
      case 3:
        if (chance(random, 0.5)) changed[one(random, ['continues', 'keeps', 'marginals'])] = true;
        else changed.initial = states(random, options, right.lengths.length);
        break;
      default:
        if (Object.keys(changed).length > 0) changed = spoiled(random, changed);
    }
  }
  // What reading one field does may take away another.
  if (chance(random, 0.05)) {
    const arrays = Object.values(changed).filter(
      (value) => ArrayBuffer.isView(value) && !(value.buffer instanceof SharedArrayBuffer),
    );
    const { keeps } = changed;
    Object.defineProperty(changed, 'keeps', {
      enumerable: true,
      get() {
        for (const { buffer } of arrays)
          if (buffer.byteLength > 0) structuredClone(buffer, { transfer: [buffer] });
        return keeps;
      },
    });
  }
  return changed;
}

export { chance, one };
