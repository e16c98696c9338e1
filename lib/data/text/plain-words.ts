import { UnitKinds } from './unit-kinds';

/*
 * What a unit is to the rules of word segmentation (UAX #29). The kinds are those of the engine's own Unicode tables, or of
 * characters whose kind has never changed.
 */
/** Left to the segmenter: other scripts, surrogates, whatever attaches to what is before it and is no mark. */
const foreign = 1;
const blank = 2;
/** Belongs to the unit before it, whatever that is, but for line ends. */
const mark = 3;
/** A word of its own. */
const single = 4;
/** Join two letters, two digits, or either. */
const betweenLetters = 5;
const betweenDigits = 6;
const betweenBoth = 7;
/** The units of which words are made: the highest kinds. */
const letter = 8;
const digit = 9;
const connector = 10;

/** Of which words are borders between letters and the rest; Hebrew, Hangul and those that need a dictionary have more rules. */
const scripts =
  'Latin Greek Cyrillic Armenian Georgian Arabic Syriac Thaana Nko Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Ethiopic Cherokee'
    .split(' ')
    .map((name) => `\\p{Script=${name}}`)
    .join('');

const ofKind: readonly (readonly [kind: number, pattern: RegExp])[] = [
  [betweenBoth, /^['.\u2018\u2019\u2024]$/],
  [betweenDigits, /^[,;]$/],
  [betweenLetters, /^[\u00b7\u2027]$/],
  [connector, /^[_\u203f\u2040\u2054]$/],
  // A narrow no-break space is a connector, and a blank.
  [foreign, /^\u202f$/],
  [blank, /^\p{White_Space}$/u],
  [letter, new RegExp(`^(?=[\\p{L}\\p{Nl}])[${scripts}\u00b5\u02b0-\u02ff]$`, 'u')],
  [digit, new RegExp(`^(?=\\p{Nd})[0-9${scripts}]$`, 'u')],
  [mark, new RegExp(`^(?=\\p{M})[${scripts}\\p{Script=Inherited}]$`, 'u')],
  [
    single,
    /^[!-~\u00a1-\u00a9\u00ab\u00ac\u00ae-\u00b1\u00b4\u00b6\u00b9\u00bb-\u00bf\u00d7\u00f7\u2010-\u2026\u2030-\u2043\u2045-\u205e\u20a0-\u20c0\u2190-\u245f\u2500-\u2bff]$/u,
  ],
];

/** Kinds of characters that begin a segment of their own even behind a blank or a single one. */
const startsAnew = /^[\p{Lo}\p{So}\p{P}]$/u;

const white = /^\p{White_Space}+$/u;

/** Units that must be plain before the segmenter's part of a text is over: to begin with it costs as much as a word. */
const worthwhile = 16;

/** Units that are looked at in one go. */
const stretch = 4096;

/**
 * Cuts a text into words without the segmenter, as far as its characters are plain: letters of scripts with spaces, digits,
 * punctuation, marks. Gives the segments that the segmenter would give, several times as fast.
 */
export class PlainWords {
  /** Where the present segment begins. */
  begin = 0;
  /** Where the segmenter may begin to find its end: the last unit that decides about it. */
  from = 0;
  /** Whether the segmenter has to go on from there. */
  isStuck = false;
  /** The next unit to look at. */
  private at = 0;
  /** The kind of the last unit of the present segment that is no mark; 0 where no segment has begun. */
  private state = 0;

  /** @param kinds as `PlainWords.kinds` tells them. */
  constructor(
    private readonly text: string,
    private readonly kinds: UnitKinds,
  ) {}

  /** The kinds of units. @param segmenter of words, for what is not the same in all versions of ICU. */
  static kinds(segmenter: () => Intl.Segmenter): UnitKinds {
    return new UnitKinds((unit) => {
      if (unit === ':') {
        const [first] = segmenter().segment('a:a');
        return first!.segment === 'a:a' ? betweenLetters : single;
      }
      return ofKind.find(([, pattern]) => pattern.test(unit))?.[0] ?? foreign;
    });
  }

  /** Whether a segment is no word. */
  static isBlank(segment: string): boolean {
    return white.test(segment);
  }

  get isDone(): boolean {
    return !this.isStuck && this.state === 0 && this.at >= this.text.length;
  }

  /** Adds the words of the next stretch, up to where the segmenter has to go on. A long word may take several stretches. */
  scan(words: string[]): void {
    const { text, kinds } = this;
    const stop = Math.min(text.length, this.at + stretch);
    let { begin, from, state, at } = this;
    for (; at < stop; at++) {
      const kind = kinds.of(text.charCodeAt(at));
      if (kind >= letter) {
        if (state < letter) {
          if (state === single) words.push(text.slice(begin, at));
          begin = at;
        }
        state = kind;
        from = at;
        continue;
      }
      if (kind === blank) {
        if (state === blank) continue;
        if (state !== 0) words.push(text.slice(begin, at));
        begin = at;
        state = blank;
        continue;
      }
      if (kind === mark && state >= single) continue;
      if (kind >= betweenLetters && state >= letter) {
        const next = this.joined(at, kind, state);
        if (next !== undefined) {
          this.isStuck = next < 0;
          if (this.isStuck) break;
          from = at = next;
          continue;
        }
      }
      if (kind >= single) {
        if (state >= single) words.push(text.slice(begin, at));
        begin = at;
        state = single;
        continue;
      }
      this.isStuck = true;
      if (state >= letter) break;
      if (state === 0 || startsAnew.test(String.fromCodePoint(text.codePointAt(at)!))) {
        if (state === single) words.push(text.slice(begin, at));
        begin = from = at;
      } else {
        from = state === single ? at - 1 : begin;
      }
      break;
    }
    if (!this.isStuck && at >= text.length) {
      if (state >= single) words.push(text.slice(begin, at));
      state = 0;
    }
    this.begin = begin;
    this.from = from;
    this.state = state;
    this.at = at;
  }

  /** Whether the segmenter is to leave the text behind a border to `scan`. */
  isPlain(border: number): boolean {
    const end = Math.min(this.text.length, border + worthwhile);
    for (let at = border; at < end; at++) {
      const kind = this.kinds.of(this.text.charCodeAt(at));
      if (kind === foreign || (kind === mark && at === border)) return false;
    }
    return true;
  }

  /** Goes on behind a border that the segmenter has found. */
  resume(border: number): void {
    this.at = border;
    this.state = 0;
    this.isStuck = false;
  }

  /** The letter or digit that what stands between joins to the one before; −1 where the segmenter has to tell. */
  private joined(at: number, kind: number, state: number): number | undefined {
    if (kind !== betweenBoth && kind !== (state === letter ? betweenLetters : betweenDigits))
      return undefined;
    if (state === connector) return undefined;
    const { text, kinds } = this;
    let next = at + 1;
    while (next < text.length && kinds.of(text.charCodeAt(next)) === mark) next++;
    const found = next < text.length ? kinds.of(text.charCodeAt(next)) : blank;
    if (found === state) return next;
    return found === foreign ? -1 : undefined;
  }
}
