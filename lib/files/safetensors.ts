import { promises as files } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

import { BpttError } from '../support/errors';
import { checkFilePath } from '../support/file-path';
import { ioError } from '../support/io-error';
import { isError } from '../support/realms';
import { WorkSlice } from '../support/work-slice';

/**
 * The safetensors format (https://github.com/huggingface/safetensors): eight bytes with the length of the
 * header, little endian; the header, a JSON object `name → { dtype, shape, data_offsets }` and
 * `__metadata__`, an object of strings; then the tensors' bytes, without holes. Only `F32` is used here.
 */

/** One named array, row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The reference implementation's bound on the header, in bytes. */
const maximumHeader = 100_000_000;
/** One read asks for at most so many bytes: the system's own bound is 2 GiB. */
const readSize = 1 << 28;
const metadataKey = '__metadata__';
const piecesAWrite = 64;

/** What is written: a string of the metadata may come in pieces. */
export interface TensorParts {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: ReadonlyMap<string, string | Iterable<string>>;
}

/**
 * The bytes of a file, in order and without copying the tensors. The same input gives the same bytes. Errors: `ERR_DATA` for a header
 * that `readTensors` would refuse.
 */
export function encodeTensors(file: TensorParts): Uint8Array[] {
  const header = new Header();
  for (const text of headerPieces(file)) header.add(text);
  return [...header.bytes(tensorBytes(file))];
}

/** `encodeTensors` with pauses; what is long is put together when it is asked for. */
export async function encodeTensorsInSlices(
  file: TensorParts,
  slice = new WorkSlice(),
): Promise<Iterable<Uint8Array>> {
  const header = new Header();
  for (const text of headerPieces(file)) {
    header.add(text);
    if (slice.spent) await slice.pause();
  }
  return header.bytes(tensorBytes(file));
}

class Header {
  private readonly pieces: Buffer[] = [];
  private length = 0;

  add(text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    this.length += bytes.length;
    checkHeader(this.length);
    this.pieces.push(bytes);
  }

  /** With those that follow it. */
  *bytes(tensors: Iterable<Uint8Array>): Generator<Uint8Array> {
    const length = Math.ceil(this.length / 8) * 8;
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(length));
    yield prefix;
    yield* joined(this.pieces);
    yield Buffer.alloc(length - this.length, ' ');
    yield* tensors;
  }
}

/** Errors: `ERR_DATA` for more bytes than a header may have. */
export function checkHeader(length: number): void {
  if (length <= maximumHeader) return;
  throw new BpttError(
    'ERR_DATA',
    `This model cannot be saved: what it has besides parameters (vocabulary, labels, scales, record of the training) takes more than the ${maximumHeader} bytes that the header of a file may have. A larger "minCount" makes a vocabulary smaller.`,
  );
}

function* headerPieces({ tensors, metadata }: TensorParts): Generator<string> {
  yield `{"${metadataKey}":{`;
  let before = '';
  for (const [key, text] of metadata) {
    yield `${before}${JSON.stringify(key)}:"`;
    for (const piece of typeof text === 'string' ? [text] : text) yield escaped(piece);
    yield '"';
    before = ',';
  }
  yield '}';
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    const begin = end;
    end += data.byteLength;
    const entry = JSON.stringify({ dtype: 'F32', shape, data_offsets: [begin, end] });
    yield `,${JSON.stringify(name)}:${entry}`;
  }
  yield '}';
}

/** As it stands within a JSON string. */
export function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function tensorBytes({ tensors }: TensorParts): Uint8Array[] {
  return Array.from(
    tensors.values(),
    ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
}

/** Each write costs something, and so does joining what is long. */
function* joined(pieces: readonly Buffer[]): Generator<Buffer> {
  for (let start = 0; start < pieces.length; start += piecesAWrite) {
    yield Buffer.concat(pieces.slice(start, start + piecesAWrite));
  }
}

/**
 * Reads a file that may be truncated, damaged or made to harm: nothing in it is believed before it is
 * checked, and no more memory is taken than the file has bytes. The tensors are views into one buffer.
 * Errors: `ERR_FORMAT` (naming the file and what is wrong), `ERR_IO`, `ERR_MEMORY`.
 */
export async function readTensors(path: string): Promise<TensorFile> {
  checkFilePath(path);
  let file: FileHandle | undefined;
  try {
    // Before it is opened: that of a pipe would wait for somebody who writes into it.
    if (!(await files.stat(path)).isFile()) {
      throw new BpttError('ERR_IO', `Could not read "${path}": it is no regular file.`);
    }
    file = await files.open(path, 'r');
    const { size } = await file.stat();
    const fail = (message: string): never => {
      // Names come from the file and may be as long as its author likes.
      throw new BpttError(
        'ERR_FORMAT',
        `"${path}" is not a valid safetensors file: ${message.slice(0, 500)}.`,
      );
    };
    if (size < 8) {
      fail(`it has ${size} bytes, and the length of the header alone takes 8`);
    }
    const length = Number((await read(file, 0, 8)).readBigUInt64LE());
    if (length > maximumHeader || length > size - 8) {
      fail(`its header should have ${length} bytes, but ${Math.min(size - 8, maximumHeader)} are possible`);
    }
    const slice = new WorkSlice();
    const text = await decodeText(await read(file, 8, length), fail, slice);
    const header = decodeHeader(text, size - 8 - length, fail);
    if (slice.spent) await slice.pause();
    const bytes = await read(file, 8 + length, header.bytes);
    const tensors = new Map<string, Tensor>();
    for (const { name, shape, begin, end } of header.entries) {
      const data = new Float32Array(bytes.buffer, bytes.byteOffset + begin, (end - begin) / 4);
      tensors.set(name, { shape, data });
    }
    return { tensors, metadata: header.metadata };
  } catch (error) {
    throw isError(error) && error.name === 'RangeError'
      ? tooLarge(path, error)
      : ioError('read', path, error);
  } finally {
    await file?.close();
  }
}

interface Entry {
  name: string;
  shape: number[];
  begin: number;
  end: number;
}

interface HeaderParts {
  entries: Entry[];
  metadata: Map<string, string>;
  /** Bytes of all tensors together. */
  bytes: number;
}

type Fail = (message: string) => never;

function decodeHeader(text: string, available: number, fail: Fail): HeaderParts {
  const json = parseObject(text, fail);
  const metadata = new Map<string, string>();
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(json)) {
    if (name === metadataKey) {
      readMetadata(value, metadata, fail);
    } else {
      entries.push(readEntry(name, value, fail));
    }
  }
  // Laid end to end they must fill the file: then they overlap nowhere and leave nothing unread.
  const order = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let bytes = 0;
  for (const { name, begin, end } of order) {
    if (begin !== bytes) {
      fail(`tensor "${name}" should begin at byte ${bytes} of the data, but its offset is ${begin}`);
    }
    bytes = end;
  }
  if (bytes !== available) {
    fail(`the tensors take ${bytes} bytes, but ${available} follow the header`);
  }
  return { entries, metadata, bytes };
}

/** Bytes of the header that are decoded between two looks at the clock. */
const textSize = 1 << 20;

async function decodeText(bytes: Uint8Array, fail: Fail, slice: WorkSlice): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  try {
    for (let begin = 0; begin < bytes.length; begin += textSize) {
      text += decoder.decode(bytes.subarray(begin, begin + textSize), { stream: true });
      if (slice.spent) await slice.pause();
    }
    return text + decoder.decode();
  } catch (error) {
    return fail(notJSON(error));
  }
}

function parseObject(text: string, fail: Fail): object {
  try {
    const json: unknown = JSON.parse(text);
    if (isObject(json)) {
      return json;
    }
  } catch (error) {
    return fail(notJSON(error));
  }
  return fail('its header is not a JSON object');
}

function notJSON(error: unknown): string {
  return `its header is not JSON (${isError(error) ? error.message : String(error)})`;
}

function readMetadata(value: unknown, metadata: Map<string, string>, fail: Fail): void {
  if (!isObject(value)) {
    fail(`"${metadataKey}" is not an object`);
  } else {
    for (const [key, text] of Object.entries(value)) {
      if (typeof text !== 'string') {
        fail(`"${metadataKey}.${key}" is not a string`);
      } else {
        metadata.set(key, text);
      }
    }
  }
}

function readEntry(name: string, value: unknown, fail: Fail): Entry {
  const entry = new Map<string, unknown>(isObject(value) ? Object.entries(value) : []);
  const [dtype, shape, offsets] = ['dtype', 'shape', 'data_offsets'].map((key) => entry.get(key));
  if (entry.size !== 3 || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
    return fail(`tensor "${name}" is not described by a dtype, a shape of whole numbers and two offsets`);
  }
  if (dtype !== 'F32') {
    return fail(`tensor "${name}" has the dtype ${JSON.stringify(dtype)}, and only "F32" is supported`);
  }
  const [begin = 0, end = 0] = offsets;
  // Far beyond 2^53 the product is no longer exact, but by then it cannot equal two offsets' difference.
  const bytes = shape.reduce((product, size) => product * size, 4);
  if (bytes !== end - begin) {
    return fail(`tensor "${name}" of shape [${shape.join(', ')}] has ${bytes} bytes, not ${end - begin}`);
  }
  return { name, shape, begin, end };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && Number(size) >= 0);
}

/** The error for a buffer that could not be had, or that would be longer than buffers may be. */
function tooLarge(path: string, cause: RangeError): BpttError {
  return new BpttError('ERR_MEMORY', `There is not memory enough to read "${path}": ${cause.message}.`, {
    cause,
  });
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.from(new ArrayBuffer(length));
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, Math.min(readSize, length - done), position + done);
    if (bytesRead === 0) {
      throw new BpttError(
        'ERR_FORMAT',
        `The file became shorter while it was read, at byte ${position + done}.`,
      );
    }
    done += bytesRead;
  }
  return bytes;
}
