import type { Vocabulary } from '../data/text/vocabulary';

/*
 * TypeScript takes the kinds in `const architecture = { cell: 'gru', … }` for any strings. A constructor that takes such an object, too,
 * finds a name that does not exist when the program runs; where the name itself is written, the compiler finds it.
 */

/** What has no names of kinds within. */
type Whole = Vocabulary | readonly unknown[];

/** T, with any string in place of a name. */
export type Plain<T> = T extends string
  ? T | (string & Record<never, never>)
  : T extends Whole
    ? T
    : T extends object
      ? { [P in keyof T]: Plain<T[P]> }
      : T;

/** A, with all that is any string taken for what it ought to be. */
type Trusted<A> = A extends string
  ? string extends A
    ? never
    : A
  : A extends Whole
    ? A
    : A extends object
      ? { [P in keyof A]: Trusted<A[P]> }
      : A;

/** What an object of type A must be besides, to be taken for a T: nothing, where nothing but its names is open. What is a T anyway is not
 * meant. */
export type OpenNames<A, T> = A extends T ? never : Trusted<A> extends T ? unknown : T;

/** The names that a type stands for, of those that there are: any string stands for all. */
export type Named<Name, Known extends string> = Name extends Known ? Name : Known;
