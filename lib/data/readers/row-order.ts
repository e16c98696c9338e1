import { BpttError } from '../../support/errors';
import { quoted } from '../../support/found';

const date =
  /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?(?: ?(Z|[+-]\d{2}:?\d{2}))?$/;

const hour = 3_600_000;

/** Clocks are put back by less. */
const day = 24 * hour;

/** A column of dates, and where it goes back or stands still. */
interface Dates {
  place: number;
  last?: { time: number; text: string };
  back?: { line: number; from: string; to: string };
  repeated: number;
}

/**
 * Looks at the dates that stand beside the columns of a series, by which its rows ought to follow each other. Where none of the
 * columns of dates does so, the rows are newest first, or those of several series.
 */
export class RowOrder {
  private dates: Dates[];
  private rows = 0;

  /** @param columns those of the series. */
  constructor(
    private readonly name: string,
    private readonly header: readonly string[],
    columns: readonly string[],
  ) {
    this.dates = header.flatMap((column, place) =>
      columns.includes(column) ? [] : [{ place, repeated: 0 }],
    );
  }

  /** The next row. */
  add(line: number, row: readonly string[]): void {
    this.rows += 1;
    // What is no date anywhere is no column of dates.
    if (this.dates.length > 0) this.dates = this.dates.filter((dates) => follows(dates, line, row));
  }

  /**
   * What is strange in the order of the rows, but may be meant: dates that stand twice.
   *
   * @throws BpttError `ERR_DATA` where the dates go back by a day or more.
   */
  judge(): string | undefined {
    const all = this.dates.filter(({ last }) => last !== undefined);
    const [first] = all;
    if (first === undefined || all.some(({ back, repeated }) => back === undefined && repeated === 0)) {
      return undefined;
    }
    const { place, back, repeated } = all.find((dates) => dates.back === undefined) ?? first;
    const column = quoted(this.header[place]!);
    if (back !== undefined) {
      throw new BpttError(
        'ERR_DATA',
        `${this.name}:${back.line}, column ${column}: the date goes back from ${back.from} to ${back.to}; expected the rows of one series, oldest first. Rows that are newest first have to be turned round, and several series need a file each.`,
      );
    }
    // A clock that is put back shows an hour twice, once a year.
    if (repeated <= this.rows / 1000) return undefined;
    return `${this.name}, column ${column}: ${repeated} of ${this.rows} rows have the date of the row before. All rows are read as one series; if there are several in the table, they need a file each.`;
  }
}

function follows(dates: Dates, line: number, row: readonly string[]): boolean {
  const text = row[dates.place]?.trim() ?? '';
  if (text === '') return true;
  const time = timeOf(text);
  if (time === undefined) return false;
  const { last } = dates;
  if (last !== undefined) {
    if (time === last.time) dates.repeated += 1;
    if (time <= last.time - day) dates.back ??= { line, from: last.text, to: text };
  }
  dates.last = { time, text };
  return true;
}

/** Milliseconds, of a date that begins with its year. */
function timeOf(text: string): number | undefined {
  const match = date.exec(text);
  if (match === null) return undefined;
  const [year, month, dayOfMonth, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1, 7)
    .map((part) => (part === undefined ? undefined : Number(part))) as [number, number, number, ...number[]];
  if (month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > 31) return undefined;
  return Date.UTC(year, month - 1, dayOfMonth, hours, minutes, seconds) - offsetOf(match[7]);
}

/** Of `+02:00`, in milliseconds. */
function offsetOf(zone = 'Z'): number {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3)) + Number(zone.slice(-2)) / 60;
  return (zone.startsWith('-') ? -1 : 1) * hours * hour;
}
