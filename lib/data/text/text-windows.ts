/** The same stretch of every part of a text. */
export interface TextWindow {
  /** [parts] steps of each, which may be 0 in the last window. */
  lengths: Int32Array;
  /** [N] the symbols that are read, one part after the other. */
  tokens: Int32Array;
  /** [N] the symbols that follow them. */
  classes: Int32Array;
  /** Whether each part goes on from the state in which the window before left it. */
  continues: boolean;
}

export interface TextCut {
  /** Parts read side by side, at least 1; where the text has fewer steps, as many as it has. */
  parts: number;
  /** Steps of a window, at least 1; the last one may be shorter. */
  steps: number;
}

/**
 * A text for truncated back-propagation through time (Williams and Peng 1990): cut into consecutive parts that are read
 * side by side, window by window. Every symbol but the first is a target once, whatever the cut; the lengths of two
 * parts differ by at most one. A window is copied when it is asked for, so that a text needs no memory besides its ids.
 *
 * @param ids of the whole text, which has `ids.length − 1` steps.
 * @param done windows that are left out, at the beginning. Default 0.
 */
export function* textWindows(ids: Int32Array, cut: TextCut, done = 0): Generator<TextWindow> {
  const total = ids.length - 1;
  if (total < 1) return;
  const parts = Math.min(cut.parts, total);
  const longest = Math.ceil(total / parts);
  for (let begin = done * cut.steps; begin < longest; begin += cut.steps) {
    const bounds = Array.from({ length: parts }, (_, part) => {
      const end = partStart(part + 1, parts, total);
      const from = Math.min(partStart(part, parts, total) + begin, end);
      return { from, to: Math.min(from + cut.steps, end) };
    });
    const lengths = Int32Array.from(bounds, ({ from, to }) => to - from);
    const size = lengths.reduce((sum, length) => sum + length, 0);
    const tokens = new Int32Array(size);
    const classes = new Int32Array(size);
    let at = 0;
    for (const { from, to } of bounds) {
      tokens.set(ids.subarray(from, to), at);
      classes.set(ids.subarray(from + 1, to + 1), at);
      at += to - from;
    }
    yield { lengths, tokens, classes, continues: begin > 0 };
  }
}

/** How many windows `textWindows` makes of a text with this many ids. */
export function countTextWindows(length: number, cut: TextCut): number {
  const total = length - 1;
  return total < 1 ? 0 : Math.ceil(Math.ceil(total / Math.min(cut.parts, total)) / cut.steps);
}

/** Products of two numbers below 2³¹ and 2²¹ are exact. */
function partStart(part: number, parts: number, total: number): number {
  return Math.floor((part * total) / parts);
}
