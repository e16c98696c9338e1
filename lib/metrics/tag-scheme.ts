/**
 * How tags mark chunks. With types as in `B-PER`, or bare where there is only one:
 *
 * - `IOB2` (BIO): B the first step of a chunk, I the others, O none;
 * - `IOB1`: B only where a chunk follows another of its type at once, else I;
 * - `IOE`: I with E for the last step;
 * - `BIOES`, `BMES` (M for I), `BILOU` (L for E, U for S): B first, I inside, E last, S the only step.
 */
export type TagScheme = 'IOB1' | 'IOB2' | 'IOE' | 'BIOES' | 'BMES' | 'BILOU';

export type TagPrefix = 'B' | 'I' | 'E' | 'S' | 'M' | 'L' | 'U' | 'O';

export interface Tag {
  prefix: TagPrefix;
  /** Empty where the tag is bare. */
  type: string;
}

const outside: Tag = { prefix: 'O', type: '' };

/** A tag's prefix and type, cut at the first hyphen. What is no tag is outside of all chunks, as O is. */
export function splitTag(tag: string): Tag {
  const prefix = tag.charAt(0);
  if (!isInside(prefix)) return outside;
  if (tag.length === 1) return { prefix, type: '' };
  return tag.charAt(1) === '-' && tag.length > 2 ? { prefix, type: tag.slice(2) } : outside;
}

/**
 * The scheme of a set of labels, or `undefined` when they are no tags. All must be O or a letter of one scheme, with a
 * type behind a hyphen or, all of them, without. That labels such as `S-bend` or the sizes S, M and L are not taken for
 * tags, one must begin a chunk (B) or have an outside to be inside of (I and O), and bare tags need B with I and O, or B,
 * E and S. IOB1 and IOB2 cannot always be told apart; `IOB1` is said where a type has I but no B. Both are counted
 * the same way.
 */
export function detectScheme(labels: Iterable<string>): TagScheme | undefined {
  const tags: Tag[] = [];
  let hasOutside = false;
  for (const label of labels) {
    const tag = splitTag(label);
    if (tag !== outside) tags.push(tag);
    else if (label === 'O') hasOutside = true;
    else return undefined;
  }
  const bare = tags.filter(({ type }) => type === '').length;
  if (tags.length === 0 || (bare > 0 && bare < tags.length)) return undefined;
  const prefixes = new Set(tags.map(({ prefix }) => prefix));
  const has = (letters: string): boolean => [...letters].every((letter) => prefixes.has(letter as TagPrefix));
  const only = (letters: string): boolean => [...prefixes].every((prefix) => letters.includes(prefix));
  if (bare > 0 ? !(has('BES') || (has('BI') && hasOutside)) : !(has('B') || (has('I') && hasOutside))) {
    return undefined;
  }
  if (only('BI')) return everyTypeBegins(tags) ? 'IOB2' : 'IOB1';
  if (only('IE')) return 'IOE';
  if (only('BIES')) return 'BIOES';
  if (only('BMES')) return 'BMES';
  return only('BILU') ? 'BILOU' : undefined;
}

function everyTypeBegins(tags: readonly Tag[]): boolean {
  const begun = new Set(tags.filter(({ prefix }) => prefix === 'B').map(({ type }) => type));
  return tags.every(({ type }) => begun.has(type));
}

function isInside(letter: string): letter is Exclude<TagPrefix, 'O'> {
  return letter !== '' && 'BIESMLU'.includes(letter);
}
