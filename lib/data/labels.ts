import { BpttError } from '../errors';
import { byCodePoint } from './code-point-order';
import { found, quoted } from './found';

/** The labels a model tells apart; the class ids are their places. */
export class Labels {
  private readonly ids = new Map<string, number>();

  private constructor(private readonly names: readonly string[]) {
    names.forEach((name, id) => this.ids.set(name, id));
  }

  /** Each label once, in the order of their code points, so that the ids do not depend on the order of the data. */
  static collect(labels: Iterable<string>): Labels {
    return new Labels([...new Set(labels)].sort(byCodePoint));
  }

  /**
   * Labels in the order given.
   *
   * @throws BpttError `ERR_DATA` when there are none, one is not a string, or stands twice.
   */
  static of(labels: readonly string[]): Labels {
    if (!Array.isArray(labels) || labels.length === 0) {
      throw new BpttError(
        'ERR_DATA',
        `Labels must be a list of at least one string, found ${found(labels)}.`,
      );
    }
    const wrong = labels.findIndex((label: unknown) => typeof label !== 'string');
    if (wrong >= 0) {
      throw new BpttError('ERR_DATA', `Label ${wrong} must be a string, found ${found(labels[wrong])}.`);
    }
    const names = new Labels([...(labels as string[])]);
    if (names.ids.size !== names.names.length) {
      const twice = names.names.find((name, id) => names.find(name) !== id);
      throw new BpttError('ERR_DATA', `The label ${quoted(String(twice))} stands twice.`);
    }
    return names;
  }

  static fromJSON(value: unknown): Labels {
    return Labels.of(value as readonly string[]);
  }

  get size(): number {
    return this.names.length;
  }

  /** −1 where the label is not known. */
  find(label: string): number {
    return this.ids.get(label) ?? -1;
  }

  /**
   * The class id of a label.
   *
   * @param where the position, for the message.
   * @throws BpttError `ERR_DATA` when the label is not known.
   */
  id(label: string, where: string): number {
    const id = this.ids.get(label);
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
    return this.ids.has(label);
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.names[Symbol.iterator]();
  }

  toJSON(): string[] {
    return [...this.names];
  }
}
