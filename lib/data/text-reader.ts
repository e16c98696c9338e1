import { BpttError } from '../errors';
import { readBytes, sourceName, type FileSource } from './file-source';

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
 * @throws BpttError `ERR_DATA` naming file and line for bytes that are not UTF-8, NUL bytes and lines over 64 MiB;
 * and as `readBytes`.
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
      yield { number, text: decodeLine(Buffer.concat(parts), name, number) };
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
  if (length > 0) yield { number, text: decodeLine(Buffer.concat(parts), name, number) };
}

/**
 * A UTF-8 text in pieces, without a byte order mark.
 *
 * @throws BpttError as `readLines`, but for the length of lines.
 */
export async function* readTextPieces(source: FileSource): AsyncGenerator<string> {
  const name = sourceName(source);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  const decode = (bytes: Buffer, stream: boolean): string => {
    checkNoNul(bytes, () => `${name}:${line + countLines(bytes.subarray(0, bytes.indexOf(0)))}`);
    try {
      return decoder.decode(bytes, { stream });
    } catch (cause) {
      throw notUtf8(`${name}:${line + countLines(bytes.subarray(0, validLength(bytes)))}`, bytes, cause);
    }
  };
  for await (const chunk of readBytes(source)) {
    const text = decode(chunk, true);
    line += countLines(chunk);
    if (text !== '') yield text;
  }
  const rest = decode(Buffer.alloc(0), false);
  if (rest !== '') yield rest;
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

const lineDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeLine(bytes: Buffer, name: string, number: number): string {
  const end = bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length;
  checkNoNul(bytes, () => `${name}:${number}`);
  try {
    const text = lineDecoder.decode(bytes.subarray(0, end));
    return number === 1 && text.startsWith('\ufeff') ? text.slice(1) : text;
  } catch (cause) {
    throw notUtf8(`${name}:${number}`, bytes, cause);
  }
}

function checkNoNul(bytes: Buffer, where: () => string): void {
  if (bytes.includes(0)) throw noText(`${where()}: a NUL byte; expected UTF-8 text.`, bytes);
}

function notUtf8(where: string, bytes: Buffer, cause: unknown): BpttError {
  return noText(`${where}: the bytes are not UTF-8 text.`, bytes, cause);
}

function noText(message: string, bytes: Buffer, cause?: unknown): BpttError {
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const hint = zipped ? ' It looks compressed by gzip; then its name must end in .gz.' : '';
  return new BpttError('ERR_DATA', message + hint, { cause });
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

/** How many of the bytes are fine, up to the line that is not: only to name it. */
function validLength(bytes: Buffer): number {
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    try {
      lineDecoder.decode(bytes.subarray(start, end));
    } catch {
      return start;
    }
    start = end + 1;
  }
  return start;
}
