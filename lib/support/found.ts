/** A few words that tell what a value is, for the "found …" part of a message. */
export function found(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return `the number ${value}`;
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (ArrayBuffer.isView(value)) {
    const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
    return `a ${kind} of ${String((value as { length?: number }).length ?? value.byteLength)}`;
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return 'an empty list';
    return `a list of ${value.length} beginning with ${briefly(value[0])}`;
  }
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** The text in quotes, cut where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

function briefly(value: unknown): string {
  return Array.isArray(value) ? (value.length === 0 ? 'an empty list' : 'a list') : found(value);
}
