import { byCodePoint } from '../../support/code-point-order';
import { distinguishing, type DistinctStrings } from '../../support/distinct-strings';
import { BpttError } from '../../support/errors';
import { found, quoted } from '../../support/found';
import { sortInSlices } from '../../support/sort-in-slices';
import { atOnce, WorkSlice } from '../../support/work-slice';

/** The labels a model tells apart; the class ids are their places. */
export class Labels {
  private constructor(private readonly known: DistinctStrings) {}

  /** Labels in the order of their code points, so that the ids do not depend on the order of the data. */
  static async collect(labels: ReadonlySet<string>, slice = new WorkSlice()): Promise<Labels> {
    return Labels.inSlices(await sortInSlices([...labels], byCodePoint, slice), slice);
  }

  /**
   * Labels in the order given.
   *
   * @throws BpttError `ERR_DATA` when there are none, one is not a string, or stands twice.
   */
  static of(labels: readonly string[]): Labels {
    return atOnce(Labels.making(labels));
  }

  /** `of` with pauses. */
  static inSlices(labels: unknown, slice: WorkSlice): Promise<Labels> {
    return slice.through(Labels.making(labels));
  }

  private static *making(labels: unknown): Generator<undefined, Labels> {
    if (!Array.isArray(labels) || labels.length === 0) {
      throw new BpttError(
        'ERR_DATA',
        `Labels must be a list of at least one string, found ${found(labels)}.`,
      );
    }
    const known = yield* distinguishing(labels);
    if (typeof known !== 'number') return new Labels(known);
    const name: unknown = labels[known];
    throw new BpttError(
      'ERR_DATA',
      typeof name === 'string'
        ? `The label ${quoted(name)} stands twice.`
        : `Label ${known} must be a string, found ${found(name)}.`,
    );
  }

  static fromJSON(value: unknown): Labels {
    // What is read from a file is one already.
    return value instanceof Labels ? value : Labels.of(value as readonly string[]);
  }

  /** In their order, frozen. */
  get names(): readonly string[] {
    return this.known.names;
  }

  get size(): number {
    return this.names.length;
  }

  /** −1 where the label is not known. */
  find(label: string): number {
    return this.known.places.get(label) ?? -1;
  }

  /**
   * The class id of a label.
   *
   * @param where the position, for the message.
   * @throws BpttError `ERR_DATA` when the label is not known.
   */
  id(label: string, where: string): number {
    const id = this.known.places.get(label);
    if (id === undefined) {
      const some = this.names.slice(0, 6).map(quoted).join(', ');
      throw new BpttError(
        'ERR_DATA',
        `${where}: unknown label ${quoted(label)}; expected one of ${this.size} (${some}${this.size > 6 ? ', …' : ''}).`,
      );
    }
    return id;
  }

  label(id: number): string {
    const name = this.names[id];
    if (name === undefined) {
      throw new BpttError('ERR_DATA', `There are ${this.size} labels and no class ${id}.`);
    }
    return name;
  }

  has(label: string): boolean {
    return this.known.places.has(label);
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.names[Symbol.iterator]();
  }

  toJSON(): string[] {
    return [...this.names];
  }
}
