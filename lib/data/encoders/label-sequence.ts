import type { ClassesOutput } from '../../architecture/architecture';
import { BpttError } from '../../support/errors';
import { found } from '../../support/found';
import { longPiece, WorkSlice } from '../../support/work-slice';
import type { EncodedTarget } from '../encoded';
import type { Locate } from '../example';
import { wrongKind } from '../rows';
import { Labels } from './labels';
import type { TargetContext } from './target-context';

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
      const given = labelsOf(y, locate(i));
      await slice.inPieces(given.length, (begin, end) => {
        for (let label = begin; label < end; label++) names.add(given[label]!);
      });
    }
    if (names.size === 0) throw new BpttError('ERR_DATA', 'No example has a label; at least one is needed.');
    return new LabelSequenceEncoder(await Labels.collect(names, slice));
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

  encode(y: unknown, context: TargetContext): EncodedTarget {
    const names = labelsOf(y, context.where);
    const classes = new Int32Array(names.length);
    this.findClasses(names, context, classes, 0, names.length);
    return this.target(names, classes, context);
  }

  /** Whether a target is encoded within a slice of work. */
  isShort(y: unknown): boolean {
    return !Array.isArray(y) || y.length <= longPiece;
  }

  /** With pauses, for one that is not short. */
  async encodeInSlices(y: unknown, context: TargetContext, slice: WorkSlice): Promise<EncodedTarget> {
    const names = labelsOf(y, context.where);
    const classes = new Int32Array(names.length);
    await slice.inPieces(names.length, (begin, end) => {
      this.findClasses(names, context, classes, begin, end);
    });
    return this.target(names, classes, context);
  }

  private findClasses(
    names: readonly string[],
    { where, unknown }: TargetContext,
    classes: Int32Array,
    begin: number,
    end: number,
  ): void {
    const { labels } = this;
    for (let i = begin; i < end; i++) {
      const name = names[i]!;
      // Label −1 becomes the blank, which no target has.
      classes[i] =
        unknown === 'keep' ? labels.find(name) + 1 || -1 : labels.id(name, `${where}, label ${i}`) + 1;
    }
  }

  private target(
    names: readonly string[],
    classes: Int32Array,
    { steps, where, unknown = 'error', alternatives = [] }: TargetContext,
  ): EncodedTarget {
    if (unknown === 'keep') {
      const others = alternatives.map((other, i) => labelsOf(other, `${where}, alternative ${i}`));
      return { classes, references: [names, ...others].map((reference) => [...reference]) };
    }
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
