import type {
  Alignment,
  EncoderDecoderArchitecture,
  ManyToManyArchitecture,
  ManyToOneArchitecture,
  OneToManyArchitecture,
  OutputKind,
  SequenceKind,
} from '../architecture/architecture';
import type { Named, OpenNames, Plain } from '../architecture/plain-architecture';
import { EncoderDecoder as EncoderDecoderClass } from './encoder-decoder';
import { ManyToMany as ManyToManyClass } from './many-to-many';
import { ManyToOne as ManyToOneClass } from './many-to-one';
import { OneToMany as OneToManyClass } from './one-to-many';
import { Recurrent as RecurrentClass, type RecurrentOptions } from './recurrent';

/*
 * The classes as programs see them: they can be made from an object, too, of whose kinds TypeScript knows no more than that they are
 * strings. The constructor that knows them is the last one, whose errors compilers show.
 */

type OutputOf<A, Known extends string> = A extends { output: { kind: infer Name } }
  ? Named<Name, Known>
  : Known;

type SequenceOf<A> = A extends { sequence: { kind: infer Name } } ? Named<Name, SequenceKind> : SequenceKind;

type AlignmentOf<A> = A extends { alignment: infer Name } ? Named<Name, Alignment> : 'steps';

/** Makes a `ManyToOne` from an object whose kinds are any strings: predictions are of the kinds that are known. */
export interface ManyToOneFromPlain {
  /** Errors: `ERR_OPTION`. */
  new <A extends Plain<ManyToOneArchitecture>, K extends OutputOf<A, OutputKind>>(
    architecture: A & OpenNames<A, ManyToOneArchitecture>,
  ): ManyToOneClass<K>;
}

/** Makes a `ManyToMany` from such an object. */
export interface ManyToManyFromPlain {
  /** Errors: `ERR_OPTION`. */
  new <
    A extends Plain<ManyToManyArchitecture<OutputKind, Alignment>>,
    K extends OutputOf<A, OutputKind>,
    L extends AlignmentOf<A>,
  >(
    architecture: A & OpenNames<A, ManyToManyArchitecture<OutputKind, Alignment>>,
  ): ManyToManyClass<K, L>;
}

/** Makes an `EncoderDecoder` from such an object. */
export interface EncoderDecoderFromPlain {
  /** Errors: `ERR_OPTION`. */
  new <A extends Plain<EncoderDecoderArchitecture>, K extends OutputOf<A, 'classes' | 'values'>>(
    architecture: A & OpenNames<A, EncoderDecoderArchitecture>,
  ): EncoderDecoderClass<K>;
}

/** Makes a `OneToMany` from such an object. */
export interface OneToManyFromPlain {
  /** Errors: `ERR_OPTION`. */
  new <A extends Plain<OneToManyArchitecture>, K extends SequenceOf<A>>(
    architecture: A & OpenNames<A, OneToManyArchitecture>,
  ): OneToManyClass<K>;
}

/** Makes a `Recurrent` from options whose cell is any string. */
export interface RecurrentFromPlain {
  /** Errors: `ERR_OPTION`, `ERR_MEMORY`. */
  new <A extends Plain<RecurrentOptions>>(options: A & OpenNames<A, RecurrentOptions>): RecurrentClass;
}

/** One result for a sequence: its class, its values, or a set of yes-or-no answers. */
export const ManyToOne = ManyToOneClass as ManyToOneFromPlain & typeof ManyToOneClass;
/** One result for a sequence: its class, its values, or a set of yes-or-no answers. */
export type ManyToOne<K extends OutputKind = OutputKind> = ManyToOneClass<K>;

/** One result for each step of a sequence, or labels of which nobody says at which steps they belong. */
export const ManyToMany = ManyToManyClass as ManyToManyFromPlain & typeof ManyToManyClass;
/** One result for each step of a sequence, or labels of which nobody says at which steps they belong. */
export type ManyToMany<K extends OutputKind = OutputKind, A extends Alignment = 'steps'> = ManyToManyClass<
  K,
  A
>;

/** A sequence for a sequence, each with a length of its own. */
export const EncoderDecoder = EncoderDecoderClass as EncoderDecoderFromPlain & typeof EncoderDecoderClass;
/** A sequence for a sequence, each with a length of its own. */
export type EncoderDecoder<K extends 'classes' | 'values' = 'classes' | 'values'> = EncoderDecoderClass<K>;

/** Writes sequences, one step after the other. */
export const OneToMany = OneToManyClass as OneToManyFromPlain & typeof OneToManyClass;
/** Writes sequences, one step after the other. */
export type OneToMany<K extends SequenceKind = SequenceKind> = OneToManyClass<K>;

/** A stack of recurrent layers by itself: forward, backward through time, parameters and gradients. */
export const Recurrent = RecurrentClass as RecurrentFromPlain & typeof RecurrentClass;
/** A stack of recurrent layers by itself: forward, backward through time, parameters and gradients. */
export type Recurrent = RecurrentClass;
