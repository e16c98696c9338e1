import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { encodeTensors, readTensors, type Tensor } from '../../lib/files/safetensors';
import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();

const tensors = new Map<string, Tensor>([
  ['embedding.weight', { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, NaN, Infinity, -0) }],
  ['bias', { shape: [2], data: Float32Array.of(1e-45, 3e38) }],
  ['empty', { shape: [0, 4], data: new Float32Array(0) }],
  ['scalar', { shape: [], data: Float32Array.of(7) }],
]);
const metadata = new Map([
  ['format', 'bptt'],
  ['a "quoted" key é', 'värde\n𝄞'],
]);

const valid = Buffer.concat(encodeTensors({ tensors, metadata }));

function place(bytes: Uint8Array): string {
  const path = join(folder, 'hostile.safetensors');
  writeFileSync(path, bytes);
  return path;
}

/** A file with this header and so many bytes of data. */
function file(header: string, dataBytes: number): Buffer {
  const text = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(dataBytes)]);
}

function entry(shape: unknown, offsets: unknown, dtype = 'F32'): string {
  return JSON.stringify({ dtype, shape, data_offsets: offsets });
}

test('what is written is read back, bit by bit', async () => {
  const read = await readTensors(place(valid));
  expect([...read.metadata]).toEqual([...metadata]);
  expect([...read.tensors.keys()]).toEqual([...tensors.keys()]);
  for (const [name, { shape, data }] of tensors) {
    const actual = read.tensors.get(name)!;
    expect(actual.shape).toEqual(shape);
    expect(new Uint32Array(actual.data.slice().buffer)).toEqual(new Uint32Array(data.slice().buffer));
  }
});

test('long metadata are decoded piece by piece, wherever a piece ends', async () => {
  const long = new Map(['', 'a', 'ab', 'abc'].map((begin) => [`key ${begin}`, begin + '𝄞'.repeat(400_000)]));
  const read = await readTensors(place(Buffer.concat(encodeTensors({ tensors, metadata: long }))));
  expect([...read.metadata].every(([key, text]) => long.get(key) === text)).toBe(true);
  expect(read.metadata.size).toBe(4);
});

test('the layout is that of the format: length, JSON padded to eight bytes, tensors without holes', () => {
  const length = Number(valid.readBigUInt64LE());
  expect(length % 8).toBe(0);
  const header = JSON.parse(valid.toString('utf8', 8, 8 + length)) as Record<string, unknown>;
  expect(header['bias']).toEqual({ dtype: 'F32', shape: [2], data_offsets: [24, 32] });
  expect(valid.length).toBe(8 + length + 36);
  expect(valid.readFloatLE(8 + length + 8)).toBe(3.5);
});

test('every truncation is refused', async () => {
  for (let size = 0; size < valid.length; size += 1) {
    await expect(readTensors(place(valid.subarray(0, size)))).rejects.toMatchObject({ code: 'ERR_FORMAT' });
  }
});

test('every mutated byte of the header is refused or read as something of the same size', async () => {
  const end = 8 + Number(valid.readBigUInt64LE());
  for (let at = 0; at < end; at += 1) {
    for (const change of [1, 0x20, 0x80]) {
      const bytes = Buffer.from(valid);
      bytes[at]! ^= change;
      try {
        const read = await readTensors(place(bytes));
        const numbers = [...read.tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
        expect(numbers).toBe(9);
      } catch (error) {
        expect(error).toMatchObject({ name: 'BpttError', code: 'ERR_FORMAT' });
      }
    }
  }
});

const big = 2 ** 52;
const hostile: [string, Buffer, RegExp][] = [
  ['a header longer than the file', Buffer.from('ffffffffffffff7f7b7d', 'hex'), /header should have/],
  ['a header of 2^64 − 1 bytes', Buffer.from('ffffffffffffffff7b7d', 'hex'), /header should have/],
  ['no JSON', file('{"a":', 0), /not JSON/],
  ['invalid UTF-8', Buffer.concat([file('', 0).fill(2, 0, 1), Buffer.from([0xff, 0xff])]), /not JSON/],
  ['an array', file('[]', 0), /not a JSON object/],
  ['deep nesting', file(`${'['.repeat(200_000)}${']'.repeat(200_000)}`, 0), /not/],
  [
    'deep nesting in an entry',
    file(`{"a":${'['.repeat(99_999)}${']'.repeat(99_999)}}`, 0),
    /"a" is not described/,
  ],
  ['another dtype', file(`{"a":${entry([2], [0, 4], 'F16')}}`, 4), /"F16"/],
  ['no entry', file('{"a":7}', 0), /"a" is not described/],
  ['a further key', file('{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"x":1}}', 0), /not described/],
  ['a negative size', file(`{"a":${entry([-1], [0, 4])}}`, 4), /not described/],
  ['half a size', file(`{"a":${entry([1.5], [0, 6])}}`, 6), /not described/],
  ['a size beyond 2^53', file(`{"a":${entry([2 ** 60], [0, 4])}}`, 4), /not described/],
  [
    'sizes whose product wraps',
    file(`{"a":${entry([big, big, big, big], [0, 4])}}`, 4),
    /has .* bytes, not 4/,
  ],
  ['another size than the offsets', file(`{"a":${entry([2], [0, 4])}}`, 4), /has 8 bytes, not 4/],
  ['offsets in the wrong order', file(`{"a":${entry([1], [8, 4])}}`, 8), /has 4 bytes, not -4/],
  ['an overlap', file(`{"a":${entry([2], [0, 8])},"b":${entry([1], [4, 8])}}`, 8), /should begin at byte 8/],
  ['a hole', file(`{"a":${entry([1], [0, 4])},"b":${entry([1], [8, 12])}}`, 12), /should begin at byte 4/],
  ['bytes left over', file(`{"a":${entry([1], [0, 4])}}`, 8), /take 4 bytes, but 8 follow/],
  ['data that end too early', file(`{"a":${entry([4], [0, 16])}}`, 8), /take 16 bytes, but 8 follow/],
  ['metadata that are no object', file('{"__metadata__":"x"}', 0), /not an object/],
  ['metadata that are not strings', file('{"__metadata__":{"x":1}}', 0), /"__metadata__.x" is not a string/],
];

test.each(hostile)('%s is refused', async (_, bytes, message) => {
  const path = place(bytes);
  await expect(readTensors(path)).rejects.toMatchObject({
    name: 'BpttError',
    code: 'ERR_FORMAT',
    message: expect.stringMatching(message) as string,
  });
});

test('a name that means something to JavaScript is a name like any other', async () => {
  const read = await readTensors(place(file(`{"__proto__":${entry([1], [0, 4])}}`, 4)));
  expect([...read.tensors.keys()]).toEqual(['__proto__']);
});

test('the message names the file, and stays short whatever the file says', async () => {
  const path = place(file(`{"${'x'.repeat(1_000_000)}":7}`, 0));
  const error = await readTensors(path).then(
    () => undefined,
    (reason: Error) => reason,
  );
  expect(error?.message).toContain(path);
  expect(error?.message.length).toBeLessThan(1000);
});

const makesPipes = process.platform !== 'win32';

(makesPipes ? test : test.skip)(
  'a pipe is ERR_IO, and nobody waits for what may come out of it',
  async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(readTensors(pipe)).rejects.toMatchObject({
      code: 'ERR_IO',
      message: expect.stringContaining('no regular file') as string,
    });
  },
);

test('a missing file and a folder are ERR_IO', async () => {
  await expect(readTensors(join(folder, 'none'))).rejects.toMatchObject({ code: 'ERR_IO' });
  await expect(readTensors(folder)).rejects.toMatchObject({ code: 'ERR_IO' });
});

test('the same tensors give the same bytes', () => {
  expect(Buffer.concat(encodeTensors({ tensors, metadata })).equals(valid)).toBe(true);
  expect(readFileSync(place(valid)).equals(valid)).toBe(true);
});

test('a file that is too large for the memory is ERR_MEMORY', async () => {
  const path = place(valid);
  const { ArrayBuffer } = globalThis;
  globalThis.ArrayBuffer = new Proxy(ArrayBuffer, {
    construct() {
      throw new RangeError('Array buffer allocation failed');
    },
  });
  try {
    await expect(readTensors(path)).rejects.toMatchObject({
      code: 'ERR_MEMORY',
      message: `There is not memory enough to read "${path}": Array buffer allocation failed.`,
    });
  } finally {
    globalThis.ArrayBuffer = ArrayBuffer;
  }
});
