import { fitted, type LinePart } from './line';

const longest = 24;

const shortest = 8;

/** What stands beside a bar. */
export interface BarTexts {
  /** Before it. */
  what?: string;
  /** Behind it: how much is done. */
  done: string;
}

/** `what [=====-----] done` and the rest: a bar as long as there is room for, then as much of the rest as there is. */
export function barLine(
  share: number,
  { what = '', done }: BarTexts,
  rest: readonly LinePart[],
  width: number,
): string {
  const parts = (size: number): LinePart[] => [
    { text: [what, bar(share, size), done].filter((text) => text !== '').join(' ') },
    ...rest,
  ];
  let size = longest;
  while (size > shortest && fitted(parts(size), width) !== fitted(parts(size), Infinity)) size -= 1;
  return fitted(parts(size), width);
}

export function percent(share: number): string {
  return `${Math.floor(100 * limited(share))}%`;
}

function bar(share: number, size: number): string {
  const done = Math.round(size * limited(share));
  return `[${'='.repeat(done)}${'-'.repeat(size - done)}]`;
}

function limited(share: number): number {
  return Math.min(1, Math.max(0, share));
}
