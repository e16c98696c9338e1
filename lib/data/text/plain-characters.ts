import { UnitKinds } from './unit-kinds';

/** Left to the segmenter: surrogates, Hangul in parts, whatever attaches in ways of its own. */
const foreign = 1;
/** A cluster with the marks behind it. */
const plain = 2;
/** Belongs to the plain unit before it. */
const mark = 3;
/** A cluster that no mark belongs to. */
const control = 4;
/** The same, but together with a line feed. */
const carriageReturn = 5;

const ofKind: readonly (readonly [kind: number, pattern: RegExp])[] = [
  [carriageReturn, /^\r$/],
  [control, /^\p{Cc}$/u],
  [mark, /^[\u0300-\u036f\ufe00-\ufe0f]$/],
  // They belong to a neighbour though they are letters.
  [foreign, /^[\u0d4e\u0e33\u0eb3\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\uff9e\uff9f]$/],
  [plain, /^[\p{L}\p{N}\p{P}\p{S}\p{Zs}]$/u],
];

const kinds = new UnitKinds((unit) => ofKind.find(([, pattern]) => pattern.test(unit))?.[0] ?? foreign);

/** Units that must be plain before the segmenter's part of a text is over. */
const worthwhile = 16;

/** Units that are looked at in one go. */
const stretch = 4096;

/** Cuts a text into grapheme clusters without the segmenter, as far as its characters are plain: letters, Han, marks on them. */
export class PlainCharacters {
  /** Where the present cluster begins. */
  begin = 0;
  /** Whether the segmenter has to go on from there. */
  isStuck = false;

  constructor(private readonly text: string) {}

  /** Where the segmenter may begin to find the end of the present cluster. */
  get from(): number {
    return this.begin;
  }

  get isDone(): boolean {
    return !this.isStuck && this.begin >= this.text.length;
  }

  /** Adds the clusters of the next stretch, up to where the segmenter has to go on. */
  scan(clusters: string[]): void {
    const { text } = this;
    const stop = Math.min(text.length, this.begin + stretch);
    let { begin } = this;
    /** Where clusters of one unit each begin that are added together. */
    let run = begin;
    let at = begin;
    const add = (end: number): void => {
      if (end - begin > 1) {
        addUnits(clusters, text, run, begin);
        clusters.push(text.slice(begin, end));
        run = end;
      }
      begin = end;
    };
    // A cluster that has begun is looked at to its end, whatever the stretch.
    for (; at < stop || (at < text.length && at - begin > 1); at++) {
      const kind = kinds.of(text.charCodeAt(at));
      if (kind === plain) {
        if (at - begin > 1) add(at);
        else begin = at;
      } else if (kind === mark && at > begin) {
        continue;
      } else if (kind === control || kind === carriageReturn) {
        if (at > begin) add(at);
        const pair = kind === carriageReturn && text.charCodeAt(at + 1) === 10;
        if (pair) at++;
        add(at + 1);
      } else {
        this.isStuck = true;
        break;
      }
    }
    // What follows may belong to the last one, but for the end of the text.
    if (!this.isStuck && at >= text.length && at > begin) add(at);
    addUnits(clusters, text, run, begin);
    this.begin = begin;
  }

  /** Whether the segmenter is to leave the text behind a border to `scan`. */
  isPlain(border: number): boolean {
    const end = Math.min(this.text.length, border + worthwhile);
    for (let at = border; at < end; at++) {
      const kind = kinds.of(this.text.charCodeAt(at));
      if (kind === foreign || (kind === mark && at === border)) return false;
    }
    return true;
  }

  /** Goes on behind a border that the segmenter has found. */
  resume(border: number): void {
    this.begin = border;
    this.isStuck = false;
  }
}

function addUnits(clusters: string[], text: string, begin: number, end: number): void {
  if (begin === end) return;
  const units = text.slice(begin, end).split('');
  for (let i = 0; i < units.length; i++) clusters.push(units[i] as string);
}
