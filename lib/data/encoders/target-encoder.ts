import type { OutputSpec, ValuesOutput } from '../../architecture/architecture';
import { BpttError } from '../../support/errors';
import { found } from '../../support/found';
import { isFloat32Array } from '../../support/realms';
import { longPiece, WorkSlice } from '../../support/work-slice';
import { activeIndexes, activeIndexesInSlices, areFewSets, indexSet } from '../active-indexes';
import type { EncodedTarget } from '../encoded';
import type { Locate, Target } from '../example';
import { Moments, Normalization, type NormalizationJSON, type ValueScale } from '../normalization';
import { hasLength, isDetached, isNumberList, rowsAPiece, wrongKind, wrongSize } from '../rows';
import { indexSize, valuesSize, type Per } from './infer';
import { checkSteps, labelAt, LabelledSteps, labelsIn } from './labelled-steps';
import { Labels } from './labels';
import { ScaledRows } from './scaled-rows';
import type { TargetContext } from './target-context';

export type TargetEncoderJSON =
  | { kind: 'classes'; per: Per; labels: string[] }
  | {
      kind: 'values';
      per: Per;
      size: number;
      normalization?: NormalizationJSON;
      measured?: NormalizationJSON;
    }
  | { kind: 'multihot'; per: Per; size: number };

const byNumber: Locate = (index) => `example ${index}`;

/**
 * Turns right answers into what the native core takes: one result a sequence (many-to-one) or one a step
 * (many-to-many with Tx = Ty), as classes, values or several yes-or-no answers (multihot).
 *
 * Every method that sees data throws a BpttError naming example and step: `ERR_DATA` for the wrong kind of thing
 * and unknown labels, `ERR_SHAPE` for wrong lengths.
 */
export class TargetEncoder {
  private constructor(
    readonly kind: OutputSpec['kind'],
    readonly per: Per,
    /** O: number of labels, values or yes-or-no answers. */
    readonly size: number,
    /** Of classes; the class ids are their places. */
    readonly labels?: Labels,
    /** Of values that are learned as z-scores. */
    readonly normalization?: Normalization,
    /** Of the training data, where the values are learned as they are. */
    readonly measured?: Normalization,
  ) {}

  /** Learns the labels, or the size, of the training data unless they are given. */
  static async fit(
    spec: OutputSpec,
    per: Per,
    targets: Iterable<Target>,
    locate: Locate = byNumber,
    slice = new WorkSlice(),
  ): Promise<TargetEncoder> {
    const ys: readonly unknown[] = Array.isArray(targets) ? targets : [...targets];
    switch (spec.kind) {
      case 'classes': {
        const labels =
          spec.labels === undefined ? await collectLabels(ys, per, locate, slice) : Labels.of(spec.labels);
        return new TargetEncoder('classes', per, labels.size, labels);
      }
      case 'values':
        return fitValues(spec, per, ys, locate, slice);
      case 'multihot':
        return new TargetEncoder('multihot', per, spec.size ?? (await indexSize(ys, per, locate, slice)));
    }
  }

  static ofValues(per: Per, size: number, { normalization, measured }: ValueScale = {}): TargetEncoder {
    return new TargetEncoder('values', per, size, undefined, normalization, measured);
  }

  /** The encoder of options that leave no size to the training data; values then are taken as they are, unless their
   * scale is given. */
  static known(spec: OutputSpec, per: Per): TargetEncoder | undefined {
    const scale = givenScale(spec);
    if (scale !== undefined) return TargetEncoder.ofValues(per, scale.size, { normalization: scale });
    if (spec.kind !== 'classes') {
      return spec.size === undefined ? undefined : new TargetEncoder(spec.kind, per, spec.size);
    }
    const labels = spec.labels && Labels.of(spec.labels);
    return labels && new TargetEncoder('classes', per, labels.size, labels);
  }

  /** @throws BpttError `ERR_DATA` when the value is not what `toJSON` gives. */
  static fromJSON(value: unknown): TargetEncoder {
    const { kind, per, labels, size, ...scales } = (
      typeof value === 'object' && value !== null ? value : {}
    ) as Partial<Record<string, unknown>>;
    if (per === 'sequence' || per === 'step') {
      if (kind === 'classes') {
        const names = Labels.fromJSON(labels);
        return new TargetEncoder(kind, per, names.size, names);
      }
      if ((kind === 'values' || kind === 'multihot') && Number.isInteger(size) && Number(size) >= 1) {
        const [normalization, measured] = [scales['normalization'], scales['measured']].map((scale) =>
          scale === undefined ? undefined : Normalization.fromJSON(scale),
        );
        if ([normalization, measured].every((scale) => scale === undefined || scale.size === size)) {
          if (kind === 'values')
            return TargetEncoder.ofValues(per, Number(size), { normalization, measured });
          if (normalization === undefined && measured === undefined) {
            return new TargetEncoder(kind, per, Number(size));
          }
        }
      }
    }
    throw new BpttError('ERR_DATA', `Expected the JSON form of a target encoder, found ${found(value)}.`);
  }

  /** One target; copies. */
  encode(y: unknown, context: TargetContext): EncodedTarget {
    refuseAlternatives(context);
    switch (this.kind) {
      case 'classes':
        return this.encodeClasses(y, context);
      case 'values':
        return this.encodeValues(y, context);
      case 'multihot':
        return this.encodeActive(y, context);
    }
  }

  /** Whether a target is encoded within a slice of work. */
  isShort(y: unknown): boolean {
    if (this.per === 'sequence' || !hasLength(y)) return true;
    if (this.kind === 'multihot') return areFewSets(y);
    return y.length <= (this.kind === 'values' && !isFloat32Array(y) ? rowsAPiece(this.size) : longPiece);
  }

  /** With pauses, for one that is not short. */
  async encodeInSlices(y: unknown, context: TargetContext, slice: WorkSlice): Promise<EncodedTarget> {
    refuseAlternatives(context);
    const { steps, where } = context;
    switch (this.kind) {
      case 'classes': {
        const classes = this.classesOf(y, context);
        const encode = (begin: number, end: number): void => {
          classes.encode(begin, end);
        };
        await slice.inPieces(classes.length, encode);
        return classes.target();
      }
      case 'values': {
        const rows = this.rowsOf(y, where);
        checkSteps(steps, rows.length, where);
        return { values: (await rows.inSlices(slice)).values };
      }
      case 'multihot': {
        const target = await activeIndexesInSlices(y, this.size, `${where}, y`, slice);
        checkSteps(steps, target.activeCounts.length, where);
        return target;
      }
    }
  }

  toJSON(): TargetEncoderJSON {
    const { kind, per, size, labels, normalization, measured } = this;
    if (kind === 'classes') return { kind, per, labels: labels?.toJSON() ?? [] };
    return {
      kind,
      per,
      size,
      ...(normalization && { normalization: normalization.toJSON() }),
      ...(measured && { measured: measured.toJSON() }),
    };
  }

  /** The values of one result as the network puts it out, in the scale of the data. */
  values(row: Float32Array): number[] {
    const values = [...row];
    this.normalization?.restore(row, 0, values, 0);
    return values;
  }

  private encodeClasses(y: unknown, context: TargetContext): EncodedTarget {
    const classes = this.classesOf(y, context);
    classes.encode(0, classes.length);
    return classes.target();
  }

  private classesOf(y: unknown, context: TargetContext): LabelledSteps {
    return new LabelledSteps(y, this.per, this.labels as Labels, context);
  }

  private encodeValues(y: unknown, { steps, where }: TargetContext): EncodedTarget {
    const rows = this.rowsOf(y, where);
    if (this.per === 'step') checkSteps(steps, rows.length, where);
    return { values: rows.atOnce().values };
  }

  private rowsOf(y: unknown, where: string): ScaledRows {
    const { size, per, normalization } = this;
    return new ScaledRows(
      per === 'step' ? y : [valuesOf(y, size, where)],
      size,
      normalization,
      `${where}, y`,
    );
  }

  private encodeActive(y: unknown, { steps, where }: TargetContext): EncodedTarget {
    if (this.per === 'sequence') {
      const active = indexSet(y, this.size, `${where}, y`);
      return { active, activeCounts: Int32Array.of(active.length) };
    }
    const target = activeIndexes(y, this.size, `${where}, y`);
    checkSteps(steps, target.activeCounts.length, where);
    return target;
  }
}

function givenScale(spec: OutputSpec): Normalization | undefined {
  return spec.kind === 'values' && typeof spec.normalize === 'object'
    ? Normalization.of(spec.normalize.mean, spec.normalize.deviation)
    : undefined;
}

/** With the scale that is given, or else that of the training data, by which errors are told even where it is not learned by. */
async function fitValues(
  spec: ValuesOutput,
  per: Per,
  targets: readonly unknown[],
  locate: Locate,
  slice: WorkSlice,
): Promise<TargetEncoder> {
  const given = givenScale(spec);
  if (given !== undefined) return TargetEncoder.ofValues(per, given.size, { normalization: given });
  const size = spec.size ?? valuesSize(targets, per, locate);
  const moments = new Moments(size);
  for (const [i, y] of targets.entries()) {
    if (slice.spent) await slice.pause();
    const where = locate(i);
    await moments.addInSlices(per === 'step' ? y : [valuesOf(y, size, where)], `${where}, y`, slice);
  }
  const scale = moments.normalization('Output');
  return TargetEncoder.ofValues(
    per,
    size,
    spec.normalize === false ? { measured: scale } : { normalization: scale },
  );
}

async function collectLabels(
  targets: readonly unknown[],
  per: Per,
  locate: Locate,
  slice: WorkSlice,
): Promise<Labels> {
  const labels = new Set<string>();
  for (const [i, y] of targets.entries()) {
    const where = locate(i);
    const names = labelsIn(y, per, where);
    await slice.inPieces(names.length, (begin, end) => {
      for (let step = begin; step < end; step++) labels.add(labelAt(names, step, where));
    });
  }
  if (labels.size === 0) throw new BpttError('ERR_DATA', 'No example has a label; at least one is needed.');
  return Labels.collect(labels, slice);
}

function refuseAlternatives({ alternatives, where }: TargetContext): void {
  if (alternatives === undefined) return;
  throw new BpttError(
    'ERR_DATA',
    `${where}: alternatives are given, which only symbols with steps of their own can have (ctc, encoder-decoder).`,
  );
}

/** The values of one result; a single one may stand without a list. */
function valuesOf(y: unknown, size: number, where: string): ArrayLike<number> {
  if (typeof y === 'number' && size === 1) return [y];
  if (!isNumberList(y)) throw wrongKind(where, `y to be a list of ${size} numbers`, y);
  if (isFloat32Array(y) && isDetached(y)) {
    throw new BpttError('ERR_DATA', `${where}: the Float32Array is detached.`);
  }
  if (y.length !== size) throw wrongSize(where, `y to have ${size} numbers`, y.length);
  const wrong = Array.from(y).findIndex((value: unknown) => !Number.isFinite(value));
  if (wrong >= 0) throw wrongKind(`${where}, number ${wrong} of y`, 'a finite number', y[wrong]);
  return y;
}
