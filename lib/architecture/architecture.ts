import type { Activation, CellKind } from '../../binding';
import type { Vocabulary } from '../data/text/vocabulary';
import type { Complete, CompleteBut } from '../support/complete';

/**
 * The recurrent cell. In the notation `a<t>` (state), `x<t>` (input):
 * - `rnn`: `a<t> = g(Waa a<t-1> + Wax x<t> + ba)`, `activation` g, default `tanh` (Elman 1990);
 * - `gru`: Cho et al. 2014. `reset`: r multiplies the recurrent part `after` the product (default) or the
 *   state `before` it;
 * - `lstm`: Hochreiter and Schmidhuber 1997 with forget gates (Gers et al. 2000), whose bias begins at
 *   `forgetBias`, default 1 (Jozefowicz et al. 2015); with `peepholes` its gates see the memory (Gers and Schmidhuber 2000), with a
 *   `projection` of P numbers `a<t> = W_hr (o ⊙ tanh c<t>)` (Sak et al. 2014);
 * - `mingru`: Feng et al. 2024, a GRU whose gate and candidate do not look at `a<t-1>`: no product waits for the step before it.
 *
 * With `layerNorm` the sums that gates are made of are normalised, those of `x<t>` and of `a<t-1>` apart, and of the LSTM `c<t>` too (Ba et
 * al. 2016).
 */
export type CellSpec =
  | CellKind
  | {
      /** Names the kind. */
      kind: 'rnn';
      /** The function g. Default `tanh`. */
      activation?: Activation;
    }
  | {
      /** Names the kind. */
      kind: 'gru';
      /** What r multiplies: the recurrent part `after` the product, or the state `before` it. Default `after`. */
      reset?: 'after' | 'before' | undefined;
      /** Whether the gates' sums are normalised; with reset `after` only. Default false. */
      layerNorm?: boolean | undefined;
    }
  | {
      /** Names the kind. */
      kind: 'lstm';
      /** What the bias of the forget gate begins at. Default 1. */
      forgetBias?: number | undefined;
      /** Whether the gates see the memory: i and f that before the step, o that after it. Default false. */
      peepholes?: boolean | undefined;
      /** P, numbers of the state `a<t>`: 1 … hidden − 1. Default: none, and the state has as many numbers as there are units. */
      projection?: number | undefined;
      /** Whether the gates' sums and the memory are normalised. Default false. */
      layerNorm?: boolean | undefined;
    }
  | {
      /** Names the kind. */
      kind: 'mingru';
    };

/** The shares, each in [0, 1), of values set to zero in training. All default to 0. */
export interface DropoutSpec {
  /** Of the input of the first layer. */
  input?: number | undefined;
  /** Of what a layer hands to the next one. */
  between?: number | undefined;
  /** Of the state between two steps: the same units at all steps of a sequence (Gal and Ghahramani 2016). */
  recurrent?: number | undefined;
  /** Of the input of the output layer. */
  output?: number | undefined;
}

/** Symbols: words or characters. */
export interface TokensInput {
  /** Names the kind. */
  kind: 'tokens';
  /** How a string is cut: into words by Unicode's rules (default) or into grapheme clusters. */
  tokenizer?: 'words' | 'characters' | undefined;
  /** The known symbols. Default: those of the training data. */
  vocabulary?: Vocabulary | undefined;
  /** Length of the vector that stands for a symbol, at most 2^20. Default 64. */
  embedding?: number | undefined;
  /** How often a symbol must occur in the training data to be known. Default 1. */
  minCount?: number | undefined;
  /** Neighbours on each side that are fed together with a step. Default 0. */
  window?: number | undefined;
  /** Whether a small network of its own reads each word's characters, and with which sizes. Default false. */
  characters?: boolean | CharactersSpec | undefined;
}

/** A bidirectional LSTM over the characters (grapheme clusters) of each word, trained together with the rest; the two
 * states it ends with stand beside the word's vector (Ling et al. 2015; Lample et al. 2016). */
export interface CharactersSpec {
  /** Length of the vector that stands for a character, at most 2^20. Default 30. */
  embedding?: number | undefined;
  /** Units of each direction, at most 2^20. Default 50. */
  hidden?: number | undefined;
}

/** A row of numbers at each step. */
export interface FeaturesInput {
  /** Names the kind. */
  kind: 'features';
  /** Numbers in a row. Default: as in the training data. */
  size?: number | undefined;
  /** Whether each column is brought to mean 0 and deviation 1, as measured on the training data, or by the scale that is
   * given. Default true. */
  normalize?: boolean | Scale | undefined;
}

/** Numbers v become (v − mean) / deviation: a mean and a deviation greater than 0 for each of them. */
export interface Scale {
  /** Of each column. */
  mean: readonly number[];
  /** Of each column, greater than 0. */
  deviation: readonly number[];
}

/** A set of active indexes at each step, such as the keys that sound. */
export interface MultihotInput {
  /** Names the kind. */
  kind: 'multihot';
  /** Indexes are 0…size − 1. Default: one more than the largest in the training data. */
  size?: number | undefined;
  /** Length of the vector that stands for an index, at most 2^20; those of the active ones are added. 0: none, the first
   * layer reads a 1 for each active index. Default 64. */
  embedding?: number | undefined;
}

/** What a model reads at a step. */
export type InputSpec = TokensInput | FeaturesInput | MultihotInput;

/** One of several labels, by softmax. */
export interface ClassesOutput {
  /** Names the kind. */
  kind: 'classes';
  /** Default: the labels of the training data. */
  labels?: readonly string[] | undefined;
}

/** Numbers. */
export interface ValuesOutput {
  /** Names the kind. */
  kind: 'values';
  /** Default: as in the training data. */
  size?: number | undefined;
  /** Whether the model learns each number as its z-score, by mean and deviation of the training data or by the scale that
   * is given; `false`: as it is. `loss` is of what is learned; predictions and the other metrics are in the units of the
   * data. Default true. */
  normalize?: boolean | Scale | undefined;
}

/** Several yes-or-no answers, each by a sigmoid. */
export interface MultihotOutput {
  /** Names the kind. */
  kind: 'multihot';
  /** Default: one more than the largest index in the training data. */
  size?: number | undefined;
}

/** What a model learns to say. */
export type OutputSpec = ClassesOutput | ValuesOutput | MultihotOutput;

/** Kind of an output. */
export type OutputKind = OutputSpec['kind'];

/** What all sequence models have in common. Sizes are whole numbers ≥ 1 unless said. */
export interface Architecture<K extends OutputKind = OutputKind> {
  /** The recurrent cell: a name, or `{ kind }` with options of its own. */
  cell: CellSpec;
  /** H, units of a layer and direction, at most 2^20. */
  hidden: number;
  /** L, at most 1024. Default 1. */
  layers?: number | undefined;
  /** Whether a second stack reads from the end. Default false. */
  bidirectional?: boolean | undefined;
  /** A number p stands for input, between and output p, recurrent 0. Default 0. */
  dropout?: number | DropoutSpec | undefined;
  /** What is read at a step. */
  input: InputSpec;
  /** What is learned. */
  output: OutputSpec & { kind: K };
  /** Of everything random (first parameters, order of the batches, dropout): 0…2^53 − 1. Default 1. */
  seed?: number | undefined;
}

/** How the outputs of all steps become one: that of the `last` step (default), their `mean`, their `max`, or
 * their mean weighted by a learned `attention`. */
export type Pooling = 'last' | 'mean' | 'max' | 'attention';

/** Of a model with one result for each sequence. */
export interface ManyToOneArchitecture<K extends OutputKind = OutputKind> extends Architecture<K> {
  /** How the outputs of all steps become one. Default `last`. */
  pooling?: Pooling | undefined;
}

/** `steps`: one target for each step of the input (Tx = Ty). `ctc`: labels of which nobody says at which steps they belong,
 * at most as many as there are steps (Tx ≥ Ty), by connectionist temporal classification (Graves et al. 2006). */
export type Alignment = 'steps' | 'ctc';

/** A linear-chain conditional random field (Lafferty et al. 2001; Lample et al. 2016): a learned score for every two labels in a
 * row, and the labels of a sequence are chosen together. */
export interface CrfSpec {
  /** `scheme` (default): where the labels are tags of a scheme that says which may follow each other (BIO, BIOES, BMES, BILOU),
   * what it forbids is never predicted, and refused in training data. `all`: every label may follow every other. */
  transitions?: 'scheme' | 'all' | undefined;
}

/** Of a model with one result for each step, or with labels without a place. */
export interface ManyToManyArchitecture<
  K extends OutputKind = OutputKind,
  A extends Alignment = 'steps',
> extends Architecture<K> {
  /** Default `steps`. `ctc` needs an output of classes. */
  alignment?: A | undefined;
  /** Whether the labels of a sequence are chosen together. `true` stands for all defaults. Needs an output of classes, at most
   * 4096, and alignment `steps`. Default false. */
  crf?: boolean | CrfSpec | undefined;
}

/** What a decoder looks at of its encoder besides the states it ends with, at each step again: nothing; a mean of all
 * outputs, weighted by how well they fit the state before the step (`bahdanau`: Bahdanau et al. 2015) or the one after it
 * (`luong`: Luong et al. 2015, "general"). */
export type AttentionKind = 'none' | 'bahdanau' | 'luong';

/** The symbols a decoder emits, and reads at its next step. */
export type SymbolsRead = Pick<TokensInput, 'kind' | 'tokenizer' | 'vocabulary' | 'embedding' | 'minCount'>;

/** The rows of values a decoder emits, and reads at its next step; their scale is that of the output. */
export type RowsRead = Pick<FeaturesInput, 'kind' | 'size'>;

/** The stack that writes the output, in one direction. */
export interface DecoderSpec {
  /** Default: as the encoder. */
  cell?: CellSpec | undefined;
  /** Units of a layer, at most 2^20. Default: as a direction of the encoder. */
  hidden?: number | undefined;
  /** At most 1024. Default: as the encoder. */
  layers?: number | undefined;
  /** What it reads at a step: `tokens` with an output of classes (default: words, embedding 64, minCount 1), `features`
   * with one of values. */
  input?: SymbolsRead | RowsRead | undefined;
}

/** A share that changes by the same amount each epoch: `from` in the first epoch, `to` once `epochs` epochs are over. */
export interface TeacherForcingSchedule {
  /** 0…1. */
  from: number;
  /** 0…1. */
  to: number;
  /** At least 1. */
  epochs: number;
}

/** Of a model that reads a sequence and writes another one. */
export interface EncoderDecoderArchitecture<
  K extends 'classes' | 'values' = 'classes' | 'values',
> extends Architecture<K> {
  /** The stack that writes. Default: as the encoder. */
  decoder?: DecoderSpec | undefined;
  /** Default `luong`. */
  attention?: AttentionKind | undefined;
  /** The share, 0…1, of the steps at which the decoder reads in training what stands in the target; at the others it reads
   * what it would have emitted itself (scheduled sampling: Bengio et al. 2015). Default 1. */
  teacherForcing?: number | TeacherForcingSchedule | undefined;
}

/** What a sequence is made from: nothing, a class, or numbers. */
export type ContextKind = 'none' | 'class' | 'values';

/** Kind of the sequences that a model writes. */
export type SequenceKind = InputSpec['kind'];

/** Of a model that writes sequences. One direction only. */
export interface OneToManyArchitecture<K extends SequenceKind = SequenceKind> extends Omit<
  Architecture,
  'bidirectional' | 'input' | 'output'
> {
  /** What it writes, and reads back: in place of input and output. Strings are cut into characters unless `tokenizer` says
   * words; a window and the characters of words it cannot have. */
  sequence: InputSpec & { kind: K };
  /** The "one" of one-to-many, which gives the states the network begins with. Default `none`. */
  context?: ContextKind | undefined;
}

/** A cell with nothing left to default. */
export type Cell =
  | {
      /** Names the kind. */
      kind: 'rnn';
      /** The function g. */
      activation: Activation;
    }
  | {
      /** Names the kind. */
      kind: 'gru';
      /** What r multiplies: the recurrent part `after` the product, or the state `before` it. */
      reset: 'after' | 'before';
      /** Whether the gates' sums are normalised. */
      layerNorm?: true | undefined;
    }
  | {
      /** Names the kind. */
      kind: 'lstm';
      /** What the bias of the forget gate begins at. */
      forgetBias: number;
      /** Whether the gates see the memory. */
      peepholes?: true | undefined;
      /** P, numbers of the state, if they are not H. */
      projection?: number | undefined;
      /** Whether the gates' sums and the memory are normalised. */
      layerNorm?: true | undefined;
    }
  | {
      /** Names the kind. */
      kind: 'mingru';
    };

/** The recurrent stack with nothing left to default. */
export interface StackForm {
  /** The recurrent cell. */
  cell: Cell;
  /** H, units of a layer and direction. */
  hidden: number;
  /** L. */
  layers: number;
  /** Whether a second stack reads from the end. */
  bidirectional: boolean;
  /** Of everything random. */
  seed: number;
}

/** An input with nothing left to default but what the training data give. */
export type InputForm = TokensForm | CompleteBut<FeaturesInput | MultihotInput, 'size'>;

/** Tokens with nothing left to default but the vocabulary. */
export type TokensForm = CompleteBut<Omit<TokensInput, 'characters'>, 'vocabulary'> & {
  /** The network that reads the characters of each word. */
  characters: false | Complete<CharactersSpec>;
};

/** An architecture with nothing left to default but what the training data give. */
export interface ArchitectureForm extends StackForm {
  /** The shares of values set to zero in training. */
  dropout: Complete<DropoutSpec>;
  /** What is read at a step. */
  input: InputForm;
  /** What is learned. */
  output: OutputSpec;
}

/** A many-to-one architecture with nothing left to default. */
export interface ManyToOneForm extends ArchitectureForm {
  /** How the outputs of all steps become one. */
  pooling: Pooling;
}

/** A crf with nothing left to default. */
export type CrfForm = Complete<CrfSpec>;

/** A many-to-many architecture with nothing left to default. */
export interface ManyToManyForm extends ArchitectureForm {
  /** Whether labels have a place among the steps. */
  alignment: Alignment;
  /** Whether, and how, the labels of a sequence are chosen together. */
  crf: false | CrfForm;
}

/** A decoder with nothing left to default but what the training data give. */
export interface DecoderForm {
  /** The recurrent cell. */
  cell: Cell;
  /** Units of a layer. */
  hidden: number;
  /** Layers. */
  layers: number;
  /** What it reads at a step. */
  input: CompleteBut<SymbolsRead, 'vocabulary'> | RowsRead;
}

/** An encoder–decoder architecture with nothing left to default. */
export interface EncoderDecoderForm extends ArchitectureForm {
  /** What is learned. */
  output: ClassesOutput | ValuesOutput;
  /** The stack that writes. */
  decoder: DecoderForm;
  /** What the decoder looks at of the encoder. */
  attention: AttentionKind;
  /** The share of the steps, 0…1, at which the decoder reads the target in training. */
  teacherForcing: number | TeacherForcingSchedule;
}

/** A one-to-many architecture with nothing left to default. */
export interface OneToManyForm extends StackForm {
  /** The shares of values set to zero in training. */
  dropout: Complete<DropoutSpec>;
  /** What is written, and read back. */
  sequence: InputForm;
  /** What a sequence is made from. */
  context: ContextKind;
}

/** Of a model of any mode. */
export type ModelForm = ArchitectureForm | OneToManyForm;

/** What a network reads at a step. */
export function readBy(form: ModelForm): InputForm {
  return 'sequence' in form ? form.sequence : form.input;
}
