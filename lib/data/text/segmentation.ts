/**
 * The borders that the engine's segmenter finds in a text (UAX #29, with the dictionaries of ICU).
 *
 * V8's segmenter copies its whole text for every segment, so that a long one would take quadratic time (300,000
 * letters: a minute). It is shown a window at a time instead, of which the end is not believed: the borders there might
 * be others if the text behind were seen. The next window begins at the last border believed, where a segmentation can
 * begin anew since no rule looks back across a border.
 */
export class Segmentation {
  private segments: Iterator<Intl.SegmentData> | undefined;
  private start = 0;
  /** Units of the window, those that are believed, and where the next segment begins. */
  private size: number;
  private believed = 0;
  private next = 0;

  constructor(
    private readonly text: string,
    private readonly segmenter: Intl.Segmenter,
    private readonly window: number,
  ) {
    this.size = window;
  }

  /**
   * The end of the segment that begins at a border. Undefined where more of the text has to be looked at: the time for
   * a pause, and then to be asked again.
   */
  end(begin: number): number | undefined {
    if (this.segments === undefined || begin !== this.next) this.open(begin);
    const next = this.segments!.next();
    const end = next.done === true ? Infinity : this.start + next.value.index + next.value.segment.length;
    if (end > this.believed) {
      // A single segment may be longer than the window.
      this.size = begin === this.start ? 2 * this.size : this.window;
      this.segments = undefined;
      return undefined;
    }
    // What follows a long segment is seen through small windows again: each further one would copy the large one.
    if (this.size > this.window) this.segments = undefined;
    this.next = end;
    return end;
  }

  private open(begin: number): void {
    if (begin !== this.start) this.size = this.window;
    const { text, size } = this;
    const part = text.slice(begin, begin + size);
    this.start = begin;
    this.next = begin;
    this.believed = begin + size >= text.length ? text.length : begin + size - (this.window >> 3);
    this.segments = this.segmenter.segment(part)[Symbol.iterator]();
  }
}
