/**
 * The exact surface of the native addon: what `native/binding/` exports, nothing more.
 * The typed classes of `lib/` are the public face; nothing outside `lib/` should use this one.
 *
 * Sizes: T steps, B batch, I input size, H hidden size, P numbers of h (H without a projection), O output size, L layers, D directions, G gates.
 * Arrays are row-major float32. A `Batch` holds its sequences one after the other, each step by step,
 * never padded; N is the sum of the lengths. Typed arrays are copied before a call returns, except those
 * of `RecurrentLayer` and `Stream`, which are used only for the length of the (synchronous) call.
 * Every error thrown carries a `code` (`ERR_SHAPE`, `ERR_OPTION`, …).
 */

export type CellKind = 'rnn' | 'gru' | 'lstm' | 'mingru';
export type Activation = 'tanh' | 'relu' | 'sigmoid' | 'identity';
export type Precision = 'float32' | 'bfloat16';

export interface SystemInfo {
  /** Instruction set in use. `BPTT_ISA` overrides the choice made at load. */
  isa: string;
  /** Instruction sets in this binary that the processor can run, best first. */
  isas: string[];
  /** Logical processors this process may use: the default number of threads. */
  threads: number;
}

export function system(): SystemInfo;

/** What products in bfloat16 can be computed with, with the instruction set in use, best first; `BPTT_BFLOAT16` chooses another. */
export function bfloat16Products(): string[];

/** The constructors of a realm: a vm context, such as Jest's for a test file, has its own. */
export interface Realm {
  Float32Array: Float32ArrayConstructor;
  Float64Array: Float64ArrayConstructor;
  Int32Array: Int32ArrayConstructor;
  Uint8Array: Uint8ArrayConstructor;
}

/** Results are arrays of this realm as long as the object lives, which is held weakly; else of the one Node.js began with.
 * Plain objects, lists, promises and errors are of the latter always. */
export function useRealm(realm: Realm): void;

/**
 * What the machine can do at best with what is in use for products of a precision: multiply-adds in registers (or dot products, or
 * those of the matrix unit), in GFLOP/s of all threads (a multiply-add is two operations). Every thread works for `seconds`, at the
 * same time as the others.
 */
export function measurePeak(options: PeakOptions): Promise<number>;

/** What it can read at best, in GB/s (10⁹ bytes) of all threads: each reads an array of its own, again and again. */
export function measureReadBandwidth(options: ReadingOptions): Promise<number>;

export interface MeasurementOptions {
  /** 1 … 1024. */
  threads: number;
  /** 0.001 … 60. */
  seconds: number;
}

export interface PeakOptions extends MeasurementOptions {
  precision: Precision;
}

export interface ReadingOptions extends MeasurementOptions {
  /** Of each thread: 1024 … 2³⁰, rounded down to whole KiB; of all threads together at most 2³³. */
  bytes: number;
}

export interface StackOptions {
  cell: CellKind;
  /** Plain rnn only. */
  activation: Activation;
  /** GRU only: r multiplies the recurrent part after (true) or h before (false) the product. */
  resetAfter: boolean;
  /** LSTM only: initial bias of the forget gate. */
  forgetBias: number;
  /** LSTM only: the gates see the memory. */
  peepholes: boolean;
  /** LSTM only: P, numbers of h, 1 … hidden − 1; 0: none, P is H. */
  projection: number;
  /** GRU with reset after, and LSTM: sums are normalised. */
  layerNorm: boolean;
  hidden: number;
  layers: number;
  bidirectional: boolean;
  /** Seeds the initial parameters (and, in a trainer, dropout). */
  seed: number;
}

export interface RecurrentLayerOptions extends StackOptions {
  input: number;
  threads: number;
  /** Of the operands of all products. */
  precision: Precision;
}

/** The bare stack of recurrent layers, synchronous. */
export class RecurrentLayer {
  constructor(options: RecurrentLayerOptions);
  /** x [T,B,I] → output [T,B,D·P], final state h [L·D,B,P] (and c [L·D,B,H]), all written into the arrays given. */
  forward(
    x: Float32Array,
    steps: number,
    batch: number,
    lengths: Int32Array | undefined,
    h0: Float32Array | undefined,
    c0: Float32Array | undefined,
    training: boolean,
    output: Float32Array,
    h: Float32Array,
    c: Float32Array | undefined,
  ): void;
  /** Needs a forward with `training`. Overwrites all gradients. dh, dc: gradient of the final state, undefined is zero. */
  backward(
    dOutput: Float32Array,
    dh: Float32Array | undefined,
    dc: Float32Array | undefined,
    dInput: Float32Array,
    dh0: Float32Array,
    dc0: Float32Array | undefined,
  ): void;
  parameterNames(): string[];
  parameterShape(name: string): number[];
  parameter(name: string): Float32Array;
  setParameter(name: string, data: Float32Array): void;
  gradient(name: string): Float32Array;
  /** Ends its threads and frees its memory; later calls throw `ERR_DISPOSED`. */
  dispose(): void;
}

/** A bidirectional LSTM over the characters of each word, whose two final states stand beside the word's embedding. */
export interface CharactersOptions {
  vocabulary: number;
  embedding: number;
  hidden: number;
}

export interface NetworkOptions extends StackOptions {
  dropout: { input: number; between: number; recurrent: number; output: number };
  input:
    | {
        kind: 'tokens';
        vocabulary: number;
        embedding: number;
        window: number;
        characters?: CharactersOptions;
      }
    | { kind: 'features'; size: number }
    | { kind: 'multihot'; size: number; embedding: number };
  /** `none`: one result a step. Else one result a sequence. */
  pooling: 'none' | 'last' | 'mean' | 'max' | 'attention';
  output: { kind: 'classes' | 'values' | 'multihot'; size: number };
  /** Connectionist temporal classification: `output` are classes of which 0 is the blank, `pooling` is `none`, and targets are
   * labels without a place, each 1 … O−1. */
  ctc?: boolean;
  /** A chain of labels (conditional random field): `output` are classes, at most 4096, `pooling` is `none`, and the labels of a
   * sequence are judged as a whole, with a score for every two in a row. */
  crf?: CrfOptions;
  /** K: sequences begin with states made from a vector of so many numbers, `context` of a batch: h = tanh(W v + b),
   * c = W' v + b' of all layers. One direction, without ctc, crf and decoder. */
  context?: number;
  /** Encoder–decoder: the stack above reads the input (its parameters are `encoder.…`), this one writes the output, which has steps
   * of its own. `pooling` is `none`, `output` are classes of which 0 is the boundary and 1 the unknown symbol, or values. */
  decoder?: DecoderOptions;
}

export interface CrfOptions {
  /** Which labels may follow each other; absent: every one every other. One label at least must be allowed to begin, to follow
   * itself and to end. */
  rules?: ChunkRules;
}

/** What the labels do with chunks, as the tags B-city, I-city and O do. Before and behind a sequence is no chunk. */
export interface ChunkRules {
  /** [O] the type of each label's chunk. */
  types: Int32Array;
  /** [O] 1: goes on with a chunk, so that it stands only where one of its type is open; 2: leaves it open; 3: both; 0: neither. */
  places: Uint8Array;
  /** Whether an open chunk may be left without a label that ends it. */
  breaksOff: boolean;
}

/** A stack of one direction that reads at each step what it emitted at the one before. */
export interface DecoderOptions extends Pick<
  StackOptions,
  | 'cell'
  | 'activation'
  | 'resetAfter'
  | 'forgetBias'
  | 'peepholes'
  | 'projection'
  | 'layerNorm'
  | 'hidden'
  | 'layers'
> {
  /** Length of the vector of a symbol it reads; 0 where the output are values, which it reads as they are. */
  embedding: number;
  /** What it looks at of the encoder besides its last state. */
  attention: 'none' | 'bahdanau' | 'luong';
}

/** Sequences one after the other; one of `tokens`, `features`, `active` + `activeCounts` holds the input. */
export interface Batch {
  /** [B], each ≥ 0. */
  lengths: Int32Array;
  /** [N] ids: 0 is the padding beyond a sequence's ends, 1 the unknown token. */
  tokens?: Int32Array;
  /** With characters: ids of those of the batch's distinct words, one word after the other; 1 is the unknown one. */
  characters?: Int32Array;
  /** [M]: how many characters each of the M distinct words has. */
  characterCounts?: Int32Array;
  /** [N]: which of the distinct words each step is. */
  words?: Int32Array;
  /** [N·I] */
  features?: Float32Array;
  /** [N]: how many indexes of `active` belong to a step. */
  activeCounts?: Int32Array;
  active?: Int32Array;
  /** Targets, one a step ([N]) or a sequence ([B]): class ids, −1 is not counted (with crf: any label may
   * stand there). With `targetLengths`: one target after the other; one that contains −1 is not counted. */
  classes?: Int32Array;
  /** [B], with ctc or a decoder: labels, symbols or rows of each target. With a decoder the boundary is not among the symbols of
   * `classes`, each 1 … O−1. */
  targetLengths?: Int32Array;
  /** Targets [N·O] or [B·O]: values, or 0/1 for multihot. With a decoder one target after the other, each [steps, O]. */
  values?: Float32Array;
  /** In training with a decoder: the share, 0 … 1, of its inputs that are what stands in the target; the others are what it would
   * have emitted itself. Default 1. */
  teacherForcing?: number;
  /** [B·K] what the first states are made from, where the network has a context; sequences with `initial` or `continues` have
   * begun already, and need none. */
  context?: Float32Array;
  /** The states the sequences begin with, [L, B, H]; networks of one direction only, as the next two. Default zeros. Not of a
   * generator's prompts, nor with `continues`. */
  initial?: States;
  /** In training: begin with the states that the last batch with `keeps` ended with; it had as many sequences. No
   * gradient flows back into it (truncated back-propagation through time). */
  continues?: boolean;
  /** The states at the end are wanted: as `final` of an evaluation, or by a batch of the training that `continues`. */
  keeps?: boolean;
  /** With crf, in an evaluation: its `output` is wanted. */
  marginals?: boolean;
}

/** [L, B, H]; c of an lstm. */
export interface States {
  h: Float32Array;
  c?: Float32Array;
}

export interface Evaluation {
  /** [N·O] or [B·O], in the order of the batch: probabilities (classes, multihot) or values. With a decoder for each step of the
   * targets, which it reads: of classes one step more than symbols, the last one being to emit the boundary. With crf: the probability
   * of each label at each step; empty where the batch does not ask for `marginals`. */
  output: Float32Array;
  /** With crf: [N], the most probable labels of each sequence as a whole. */
  path?: Int32Array;
  /** Sum of the losses over the counted steps or sequences; NaN without targets. */
  loss: number;
  /** Counted steps or sequences; with a decoder steps of the targets, the end of each among them. */
  count: number;
  /** Targets, not counted, that cannot be. With ctc: fewer steps than labels and pairs of equal neighbours; with crf: with
   * transitions that are forbidden. */
  infeasible: number;
  /** At each sequence's last step, if the batch `keeps` its states. */
  final?: States;
}

export interface DecodingOptions {
  /** Hypotheses followed at the same time, 1 … 1024; 1: greedy. */
  beam: number;
  /** Hypotheses returned of each sequence, at most `beam`; where there are fewer, fewer. */
  nBest: number;
  /** The last three belong to networks with a decoder. α of the length penalty ((5 + U)/6)^α, by which the logarithm of a
   * probability is divided (Wu et al. 2016); default 0: none. With values it has no meaning, and `beam` is 1. */
  lengthPenalty?: number;
  /** Whether the weights of the attention are returned. */
  attention?: boolean;
  /** [B] the most steps of each output, ≥ 0, the end among them; with values the steps it has. Must be there. */
  limits?: Int32Array;
}

/** Outputs found by search: hypotheses of all sequences one after the other, those of a sequence best first. */
export interface Decoding {
  /** [B]: hypotheses of each sequence, at least 1. */
  counts: Int32Array;
  /** [hypotheses]: steps of each. */
  lengths: Int32Array;
  /** The steps of all hypotheses: class ids, or rows of values; the other array is empty. */
  symbols: Int32Array;
  values: Float32Array;
  /** [hypotheses]: ln p(output | input), divided by the length penalty if there is one; 0 for values. */
  scores: Float64Array;
  /** [hypotheses]: 1, or 0 where it was broken off at its limit. For values 1. */
  ended: Uint8Array;
  /** Of each hypothesis [steps, T], if asked for. */
  attention: Float32Array;
  /** As `Evaluation` has them, where the batch has targets. */
  loss: number;
  count: number;
  infeasible: number;
}

/** Ends native work that it was given to within milliseconds: the promise then rejects with `ERR_DISPOSED`. */
export class Stop {
  /** For good. */
  request(): void;
}

/** Names and shapes of a network's parameters, in the order of a model file. Takes no memory of their sizes. */
export function parameterShapes(options: NetworkOptions): [name: string, shape: number[]][];

/** All parameters of a network, or as many other numbers, on their way from JavaScript piece by piece: those of a large one would hold up the
 * event loop. Whoever takes them leaves none. */
export class Parameters {
  constructor(options: NetworkOptions);
  /** Adds the next numbers of one of them. */
  add(name: string, numbers: Float32Array): void;
}

/** Architecture and parameters. Parameters are replaced whole, so a running prediction keeps those it began with. */
export class Network {
  /** Takes the parameters, to which all numbers must have been added. Without them: the initial ones, which are made when they are first
   * asked for. */
  constructor(options: NetworkOptions, parameters?: Parameters);
  parameterNames(): string[];
  parameterShape(name: string): number[];
  parameter(name: string): Float32Array;
  /** A copy of all of them under their names, made on the serving threads. Arrays may share a buffer. */
  parameters(): Promise<Record<string, Float32Array>>;
  setParameter(name: string, data: Float32Array): void;
  /** One batch on the serving threads; any number may be in flight. Rejects with `ERR_NON_FINITE` where a result is not a number; the
   * error has the property `sequence`, which one of the batch it is. So do `decode` and those of a trainer. */
  evaluate(batch: Batch, stop?: Stop): Promise<Evaluation>;
  /** Searches for the outputs of a batch, in the same way; a network with `ctc` or a decoder only. */
  decode(batch: Batch, options: DecodingOptions, stop?: Stop): Promise<Decoding>;
  /** Frees the native memory; later calls throw `ERR_DISPOSED`. */
  dispose(): void;
}

export interface TrainerOptions {
  optimizer: {
    kind: 'sgd' | 'rmsprop' | 'adam' | 'adamw';
    momentum: number;
    nesterov: boolean;
    /** RMSprop's decay of the mean square. */
    decay: number;
    beta1: number;
    beta2: number;
    epsilon: number;
    weightDecay: number;
  };
  /** Bound on the global norm of the gradient; 0: none. */
  clipNorm: number;
  threads: number;
  /** At a lower priority than the event loop's, where the system has one for threads. Default false. */
  background?: boolean;
  seed: number;
  /** [vocabulary] 1: this token is at random (p = 0.5) read as the unknown token in training. */
  rareTokens?: Uint8Array;
  /** [character vocabulary] The same for characters. */
  rareCharacters?: Uint8Array;
}

export interface StepResult {
  /** Sum of the losses over the counted steps or sequences. */
  loss: number;
  count: number;
  /** Global norm before clipping. */
  gradientNorm: number;
  /** As `Evaluation` has it. */
  infeasible: number;
}

/** All that decides how a training goes on, besides its options and what it will be given. Arrays stand under the names of the
 * parameters. */
export interface TrainerState<P = Record<string, Float32Array>> {
  /** Updates done. */
  updates: number;
  parameters: P;
  /** The moments of the optimizer, as far as it has them. */
  first?: P;
  second?: P;
  /** What `keep` remembered last. */
  kept?: P;
  /** Where the last batch that `keeps` its states ended. */
  carried?: States;
}

/** Trains a copy of a network's parameters on a thread of its own. Calls are carried out in order. */
export class Trainer {
  /** With a `state` it goes on where another trainer of the same network and options was, to the same bits. */
  constructor(network: Network, options: TrainerOptions, state?: TrainerState<Parameters>);
  /** Forward, loss, backward, clip, update. A non-finite loss or gradient rejects with `ERR_NON_FINITE` and changes nothing; nor does
   * a step that is stopped. */
  step(batch: Batch, learningRate: number, stop?: Stop): Promise<StepResult>;
  /** Loss and outputs with the parameters being trained. */
  evaluate(batch: Batch, stop?: Stop): Promise<Evaluation>;
  /** Outputs with the parameters being trained. */
  decode(batch: Batch, options: DecodingOptions, stop?: Stop): Promise<Decoding>;
  /** A copy of the state. Arrays may share a buffer. */
  state(): Promise<TrainerState>;
  /** Remembers the parameters as they are now. */
  keep(): Promise<void>;
  /** Puts the kept parameters (or, if none were kept, the last ones) into the network. */
  finish(): Promise<void>;
  /** Drops queued work and stops the running call, all of which reject with `ERR_DISPOSED`; waits for nothing. */
  dispose(): void;
}

/** Step-by-step inference, synchronous; keeps the parameters it was made with. One direction, no window, no crf. */
export class Stream {
  /** context [K] of a network that has one: what the first states are made from. */
  constructor(network: Network, context?: Float32Array);
  /** x: one step, a Float32Array [I], or an Int32Array with one token id (with characters: and those of the
   * word's characters) or the active indexes. out [O] is overwritten. Throws `ERR_NON_FINITE` where it is no numbers. */
  step(x: Float32Array | Int32Array, out: Float32Array): void;
  reset(): void;
  /** Copies; h and c [L,1,H]. */
  state(): { h: Float32Array; c?: Float32Array };
  setState(h: Float32Array, c: Float32Array | undefined): void;
  /** Frees the native memory; later calls throw `ERR_DISPOSED`. */
  dispose(): void;
}

export interface GeneratorOptions {
  /** Divides the logits; 0: the most probable. For values it has no meaning. */
  temperature: number;
  /** Classes only: chosen among the `topK` most probable; 0: among all. */
  topK: number;
  /** Classes only: then among the fewest most probable that hold this share of what is left, > 0 … 1. */
  topP: number;
  /** [B] whole numbers, 0 … 2⁵³ − 1: a sequence is the same for the same prompt and seed, whatever else is in the batch. */
  seeds: Float64Array;
  /** Outputs that are never chosen. */
  banned: Int32Array;
  /** The boundary is never chosen either. */
  endless: boolean;
}

/** What the sequences have got by one call of `next`: one sequence after the other, each step by step. */
export interface Generated {
  /** [B]: steps of each, with the one that ended it; fewer than asked for where it ended, 0 where it had ended before. */
  lengths: Int32Array;
  /** Where the network emits classes: [N] ids. */
  symbols?: Int32Array;
  /** Where it emits multihot steps: [N], and the active indexes of all steps, rising. */
  activeCounts?: Int32Array;
  active?: Int32Array;
  /** Where it emits values: [N·O]. */
  values?: Float32Array;
  /** [N]: what the model itself, whatever temperature and filters, gave to what was chosen; of a multihot step the product
   * over all outputs (of the one that ends it: of the boundary alone); empty for values. */
  probabilities: Float32Array;
  /** [B]: 1, the boundary has been emitted, now or before. */
  ended: Uint8Array;
}

/**
 * Sequences that a network writes itself: what it emits at a step is what it reads at the next. Tokens and classes (0 is the
 * boundary: the start where it is read, the end where it is emitted), multihot and multihot (the boundary is the last
 * index), or features and values (without a boundary), of one size; one direction, no window, no pooling.
 * Keeps the parameters it was made with. Works on the serving threads, large batches on several of them.
 */
export class Generator {
  /** Prompts of any lengths ≥ 1 (their inputs and contexts alone count); usually they begin with the boundary. */
  constructor(network: Network, prompts: Batch, options: GeneratorOptions);
  /** Up to `steps` (≥ 1) further steps of every sequence that has not ended. One call at a time, else `ERR_BUSY`; rejects
   * with `ERR_NON_FINITE` (and `sequence`) where an output is not a number, and is of no use after that. */
  next(steps: number): Promise<Generated>;
  /** A running `next` rejects with `ERR_DISPOSED` within milliseconds, later ones throw it. */
  dispose(): void;
}
