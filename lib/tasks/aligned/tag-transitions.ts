import type { ChunkRules } from '../../../binding';
import { detectScheme, splitTag, type Tag, type TagScheme } from '../../metrics/tag-scheme';
import { BpttError } from '../../support/errors';
import { quoted } from '../../support/found';

/** Schemes that say which tags may follow each other; in the others (IOB1, IOE) every tag may follow every other. */
const strict: ReadonlySet<TagScheme | undefined> = new Set(['IOB2', 'BIOES', 'BMES', 'BILOU']);

/** Tags that stand behind others of their chunk, and nowhere else. */
const goesOn = ({ prefix }: Tag): boolean => 'IMEL'.includes(prefix);

/** Tags behind which their chunk may go on. */
const leavesOpen = ({ prefix }: Tag): boolean => 'BIM'.includes(prefix);

/**
 * What the scheme of a set of tags allows:
 *
 * - `IOB2` (BIO): I only behind B or I of its type;
 * - `BIOES`, `BMES`, `BILOU`: behind B, I and M only I, M, E and L of the same type, and these nowhere else. So a sequence does
 *   not begin within a chunk, nor end within one.
 */
export class TagTransitions {
  private readonly tags: readonly Tag[];

  private constructor(
    readonly scheme: TagScheme,
    private readonly labels: readonly string[],
  ) {
    this.tags = labels.map(splitTag);
  }

  /** `undefined` where the labels are no tags, their scheme allows everything, or it allows nothing at all for sequences of some
   * length (a scheme of B and E alone). */
  static of(labels: readonly string[]): TagTransitions | undefined {
    const scheme = detectScheme(labels);
    if (scheme === undefined || !strict.has(scheme)) return undefined;
    const rules = new TagTransitions(scheme, labels);
    const { size } = rules;
    const free = labels.some(
      (_, label) => rules.allows(size, label) && rules.allows(label, label) && rules.allows(label, size),
    );
    return free ? rules : undefined;
  }

  private get size(): number {
    return this.labels.length;
  }

  /** Whether the one label may follow the other; the number of labels stands for the boundary of a sequence. */
  allows(before: number, after: number): boolean {
    const from = this.tags[before];
    const to = this.tags[after];
    const open = from !== undefined && leavesOpen(from);
    if (to === undefined || !goesOn(to)) return !open || this.breaksOff;
    return open && from.type === to.type;
  }

  /** What the scheme forbids, in the compact form that the native core takes. */
  forbidden(): ChunkRules {
    const numbers = new Map<string, number>();
    const types = Int32Array.from(this.tags, ({ type }) => {
      if (!numbers.has(type)) numbers.set(type, numbers.size);
      return numbers.get(type)!;
    });
    const places = Uint8Array.from(this.tags, (tag) => (goesOn(tag) ? 1 : 0) + (leavesOpen(tag) ? 2 : 0));
    return { types, places, breaksOff: this.breaksOff };
  }

  private get breaksOff(): boolean {
    return this.scheme === 'IOB2';
  }

  /** Errors: `ERR_DATA` naming the step where the scheme is broken. */
  check(classes: Int32Array, where: string): void {
    for (let step = 0; step <= classes.length; step += 1) {
      const before = classes[step - 1] ?? this.size;
      const after = classes[step] ?? this.size;
      if (!this.allows(before, after)) throw this.broken(where, step, before, after);
    }
  }

  private broken(where: string, step: number, before: number, after: number): BpttError {
    const name = (label: number): string => quoted(this.labels[label]!);
    const [at, what] =
      after === this.size
        ? [step - 1, `${name(before)} may not be the last tag`]
        : before === this.size
          ? [step, `${name(after)} may not be the first tag`]
          : [step, `${name(after)} may not follow ${name(before)}`];
    return new BpttError(
      'ERR_DATA',
      `${where}, step ${at}: ${what} in the scheme ${this.scheme}, which crf keeps to; expected tags of that scheme, or the option crf: { transitions: "all" }.`,
    );
  }
}
