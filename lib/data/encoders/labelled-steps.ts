import { BpttError } from '../../support/errors';
import { found } from '../../support/found';
import { integers } from '../../support/integers';
import type { EncodedTarget } from '../encoded';
import { wrongKind } from '../rows';
import type { Per } from './infer';
import type { Labels } from './labels';
import type { TargetContext } from './target-context';

/** The labels of a sequence's result or steps on their way to class ids. Errors: `ERR_DATA`, `ERR_SHAPE`, naming the step. */
export class LabelledSteps {
  /** R */
  readonly length: number;
  private readonly names: readonly unknown[];
  /** Memory is taken once the first labels are there: a length alone costs none. */
  private classes: Int32Array = new Int32Array();

  constructor(
    y: unknown,
    private readonly per: Per,
    private readonly labels: Labels,
    private readonly context: TargetContext,
  ) {
    const { steps, where } = context;
    this.names = labelsIn(y, per, where);
    this.length = this.names.length;
    if (per === 'step') checkSteps(steps, this.length, where);
  }

  /** Those of the steps from `begin` to before `end`. */
  encode(begin: number, end: number): void {
    const { labels, per, names } = this;
    const { where, unknown } = this.context;
    if (begin === 0) {
      for (let step = begin; step < end; step++) labelAt(names, step, where);
      this.classes = integers(this.length);
    }
    const { classes } = this;
    for (let step = begin; step < end; step++) {
      const name = labelAt(names, step, where);
      const id = labels.find(name);
      classes[step] =
        id >= 0 || unknown === 'keep'
          ? id
          : labels.id(name, per === 'step' ? `${where}, step ${step}` : where);
    }
  }

  target(): EncodedTarget {
    const { classes, names } = this;
    return this.context.unknown === 'keep' ? { classes, truth: names.slice() as string[] } : { classes };
  }
}

/** The labels of a target, each of which is still to be looked at. */
export function labelsIn(y: unknown, per: Per, where: string): readonly unknown[] {
  if (per === 'sequence') {
    if (typeof y !== 'string') throw noLabel(y, where);
    return [y];
  }
  if (!Array.isArray(y)) throw wrongKind(where, 'y to be a list of labels, one a step', y);
  return y as readonly unknown[];
}

export function labelAt(labels: readonly unknown[], step: number, where: string): string {
  const label = labels[step];
  if (typeof label !== 'string') throw wrongKind(`${where}, step ${step}`, 'a label (a string)', label);
  return label;
}

function noLabel(y: unknown, where: string): BpttError {
  const several = Array.isArray(y)
    ? ' Several labels at once are an output "multihot", whose labels are numbers, such as [0, 3].'
    : '';
  return new BpttError(
    'ERR_DATA',
    `${where}: expected y to be one label (a string), found ${found(y)}.${several}`,
  );
}

/** With one result a step both must have as many. */
export function checkSteps(steps: number, targets: number, where: string): void {
  if (steps !== targets) {
    throw new BpttError(
      'ERR_SHAPE',
      `${where}: x has ${steps} steps and y ${targets}; with one result a step both must have the same number.`,
    );
  }
}
