import columnsOf from 'string-width';

/** A piece of a line. */
export interface LinePart {
  text: string;
  /** How much it matters: of what does not fit, that with the highest number is left out first. Default 0. */
  rank?: number;
}

const gap = '  ';

const segmenter = new Intl.Segmenter();

/** As many of the parts, in their order, as fit into the columns; those that matter most come first. */
export function fitted(parts: readonly LinePart[], width: number): string {
  const given = parts.filter(({ text }) => text !== '');
  const kept = new Set<LinePart>();
  let left = width + gap.length;
  for (const part of [...given].sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0))) {
    const needed = columnsOf(part.text) + gap.length;
    if (needed > left && kept.size > 0) continue;
    kept.add(part);
    left -= needed;
  }
  const line = given.filter((part) => kept.has(part)).map(({ text }) => text);
  return shortened(line.join(gap), width);
}

/** The text, or its beginning with … where it takes more columns. East Asian characters and emoji take two of them. */
export function shortened(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  let short = '';
  let left = width - 1;
  for (const { segment } of segmenter.segment(text)) {
    left -= columnsOf(segment);
    if (left < 0) break;
    short += segment;
  }
  return width > 0 ? `${short}…` : '';
}
