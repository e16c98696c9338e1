import { readBytes, sourceName, type FileSource } from '../../files/file-source';
import { BpttError } from '../../support/errors';

/** The longest line, in bytes. */
const longestLine = 2 ** 26;

/** The longest text, in UTF-16 units: a little less than V8's longest string. */
const longestText = 2 ** 29 - 32;

export interface Line {
  /** Counted from 1. */
  number: number;
  text: string;
}

/**
 * The lines of a UTF-8 text, ended by LF or CR LF, without a byte order mark.
 *
 * @throws BpttError `ERR_DATA` naming file, line and column for bytes that are not UTF-8 and NUL bytes, file and line for
 * lines over 64 MiB; and as `readBytes`. Columns count from 1, in UTF-16 units as those of JSON errors do.
 */
export async function* readLines(source: FileSource, limit = longestLine): AsyncGenerator<Line> {
  const name = sourceName(source);
  let number = 1;
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of readBytes(source)) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, end));
      yield decodeLine(Buffer.concat(parts), name, number);
      number++;
      parts = [];
      length = 0;
      start = end + 1;
    }
    parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > limit) {
      throw new BpttError('ERR_DATA', `${name}:${number}: the line is longer than ${limit} bytes.`);
    }
  }
  if (length > 0) yield decodeLine(Buffer.concat(parts), name, number);
}

/**
 * A UTF-8 text in pieces, without a byte order mark.
 *
 * @throws BpttError as `readLines`, but for the length of lines.
 */
export async function* readTextPieces(source: FileSource): AsyncGenerator<string> {
  let place: Place = { name: sourceName(source), line: 1, column: 1 };
  let isStart = true;
  let rest: Buffer = Buffer.alloc(0);
  const decodeNext = (bytes: Buffer): string => {
    const text = decode(bytes, place, isStart);
    isStart &&= bytes.length === 0;
    place = behind(text, place);
    return text;
  };
  for await (const chunk of readBytes(source)) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const end = endOfCharacters(bytes);
    rest = bytes.subarray(end);
    const text = decodeNext(bytes.subarray(0, end));
    if (text !== '') yield text;
  }
  // What is left was cut off, which is an error.
  decodeNext(rest);
}

/**
 * A whole UTF-8 text; line ends stay as they are.
 *
 * @throws BpttError as `readTextPieces`; `ERR_MEMORY` when it is too long for a string.
 */
export async function readText(source: FileSource): Promise<string> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of readTextPieces(source)) {
    length += piece.length;
    if (length > longestText) {
      throw new BpttError('ERR_MEMORY', `${sourceName(source)} has more than ${longestText} characters.`);
    }
    pieces.push(piece);
  }
  return pieces.join('');
}

function decodeLine(bytes: Buffer, name: string, number: number): Line {
  const end = bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length;
  return { number, text: decode(bytes.subarray(0, end), { name, line: number, column: 1 }, number === 1) };
}

interface Place {
  name: string;
  line: number;
  column: number;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param isStart whether there may be a byte order mark, which is left out and not counted. */
function decode(bytes: Buffer, place: Place, isStart: boolean): string {
  const marked = isStart && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const content = marked ? bytes.subarray(3) : bytes;
  try {
    if (!content.includes(0)) return decoder.decode(content);
  } catch (cause) {
    throw noText(content, place, cause);
  }
  throw noText(content, place);
}

function noText(bytes: Buffer, place: Place, cause?: unknown): BpttError {
  const { before, isNul } = firstFault(bytes);
  const { name, line, column } = behind(before, place);
  const what = isNul ? 'a NUL byte; expected UTF-8 text' : 'the bytes are not UTF-8 text';
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const hint = zipped ? ' It looks compressed by gzip; then its name must end in .gz.' : '';
  return new BpttError('ERR_DATA', `${name}:${line}:${column}: ${what}.${hint}`, { cause });
}

const replacement = Buffer.from('\ufffd');

/** What comes before the first NUL, or before the first bytes that a decoder replaces. */
function firstFault(bytes: Buffer): { before: string; isNul: boolean } {
  const text = bytes.toString();
  let end = 0;
  let offset = 0;
  for (const { 0: found, index } of text.matchAll(/[\0\ufffd]/g)) {
    offset += Buffer.byteLength(text.slice(end, index));
    end = index;
    // The replacement character may stand in the text itself.
    const isFault = found === '\0' || !bytes.subarray(offset, offset + 3).equals(replacement);
    if (isFault) break;
  }
  return { before: text.slice(0, end), isNul: bytes[offset] === 0 };
}

/** The place behind a text that begins at another one. */
function behind(text: string, { name, line, column }: Place): Place {
  let start = 0;
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', start)) {
    start = at + 1;
    lines++;
  }
  return { name, line: line + lines, column: (lines > 0 ? 1 : column) + text.length - start };
}

/** Where the bytes end, without the beginning of a last character that is not all there. */
function endOfCharacters(bytes: Buffer): number {
  for (let start = bytes.length - 1; start >= Math.max(0, bytes.length - 3); start--) {
    const byte = bytes[start]!;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return start + needed > bytes.length ? start : bytes.length;
    }
  }
  return bytes.length;
}
