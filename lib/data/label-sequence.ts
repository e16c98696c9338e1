import type { ClassesOutput } from '../architecture';
import { BpttError } from '../errors';
import type { EncodedTarget } from './encoded';
import type { Locate } from './example';
import { found } from './found';
import { Labels } from './labels';
import { wrongKind } from './rows';
import type { TargetContext } from './target-encoder';
import { WorkSlice } from './work-slice';

export interface LabelSequenceJSON {
  kind: 'classes';
  alignment: 'ctc';
  labels: string[];
}

/**
 * Turns targets of CTC, labels of which nobody says at which steps they belong, into class ids: 0 is the blank, the first
 * label 1. Methods that see data throw a BpttError naming the example: `ERR_DATA` for the wrong kind of thing, unknown
 * labels, and, in training, labels that the input has too few steps for.
 */
export class LabelSequenceEncoder {
  private constructor(readonly labels: Labels) {}

  /** Learns the labels of the training data unless they are given. */
  static async fit(
    { labels }: ClassesOutput,
    targets: readonly unknown[],
    locate: Locate,
    slice = new WorkSlice(),
  ): Promise<LabelSequenceEncoder> {
    if (labels !== undefined) return new LabelSequenceEncoder(Labels.of(labels));
    const names = new Set<string>();
    for (const [i, y] of targets.entries()) {
      if (slice.spent) await slice.pause();
      for (const name of labelsOf(y, locate(i))) names.add(name);
    }
    if (names.size === 0) throw new BpttError('ERR_DATA', 'No example has a label; at least one is needed.');
    return new LabelSequenceEncoder(Labels.collect(names));
  }

  /** The encoder of options that leave nothing to the training data. */
  static known({ labels }: ClassesOutput): LabelSequenceEncoder | undefined {
    return labels && new LabelSequenceEncoder(Labels.of(labels));
  }

  /** @throws BpttError `ERR_DATA` when the value is not what `toJSON` gives. */
  static fromJSON(value: unknown): LabelSequenceEncoder {
    const { kind, alignment, labels } = (typeof value === 'object' && value !== null ? value : {}) as Partial<
      Record<string, unknown>
    >;
    if (kind !== 'classes' || alignment !== 'ctc') {
      throw new BpttError(
        'ERR_DATA',
        `Expected the JSON form of labels without places, found ${found(value)}.`,
      );
    }
    return new LabelSequenceEncoder(Labels.fromJSON(labels));
  }

  /** O: the blank and the labels. */
  get size(): number {
    return this.labels.size + 1;
  }

  /** The label of a class that is not the blank. */
  label(id: number): string {
    return this.labels.label(id - 1);
  }

  encode(y: unknown, { steps, where, unknown = 'error', alternatives = [] }: TargetContext): EncodedTarget {
    const names = labelsOf(y, where);
    if (unknown === 'keep') {
      // Label −1 becomes the blank, which no target has.
      const classes = Int32Array.from(names, (name) => this.labels.find(name) + 1 || -1);
      const others = alternatives.map((other, i) => labelsOf(other, `${where}, alternative ${i}`));
      return { classes, references: [names, ...others].map((reference) => [...reference]) };
    }
    const classes = Int32Array.from(names, (name, i) => this.labels.id(name, `${where}, label ${i}`) + 1);
    const repeats = classes.filter((id, i) => i > 0 && id === classes[i - 1]).length;
    if (names.length + repeats > steps) {
      const because =
        repeats === 0 ? '' : ` (a blank must stand between two that are equal: ${repeats} times)`;
      throw new BpttError(
        'ERR_DATA',
        `${where}: y has ${names.length} labels, which need at least ${names.length + repeats} steps${because}; x has ${steps}.`,
      );
    }
    return { classes };
  }

  toJSON(): LabelSequenceJSON {
    return { kind: 'classes', alignment: 'ctc', labels: this.labels.toJSON() };
  }
}

function labelsOf(y: unknown, where: string): readonly string[] {
  if (!Array.isArray(y)) throw wrongKind(where, 'y to be a list of labels', y);
  const wrong = y.findIndex((label: unknown) => typeof label !== 'string');
  if (wrong >= 0) throw wrongKind(`${where}, label ${wrong}`, 'a string', y[wrong]);
  return y as readonly string[];
}
