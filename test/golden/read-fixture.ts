import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A float32 array: `f32:` and the base64 of its little-endian bytes. */
export type Encoded = `f32:${string}`;

/** The largest error, as a share of the largest absolute value of the reference array. */
const tolerance = 1e-5;

export function readFixture<T>(name: string): T {
  return JSON.parse(readFileSync(join(__dirname, 'fixtures', `${name}.json`), 'utf8')) as T;
}

export function decode(array: Encoded): Float32Array {
  const bytes = Buffer.from(array.slice('f32:'.length), 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(4 * index));
}

/** Fails where `actual` is further than a share of the largest from the reference; `what` names it in the message. */
export function expectClose(
  what: string,
  actual: Float32Array | undefined,
  expected: Encoded,
  share = tolerance,
): void {
  const reference = decode(expected);
  expect({ what, length: actual?.length }).toEqual({ what, length: reference.length });
  const scale = reference.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  // Not `Math.max`: a NaN must fail.
  const wrong = reference.findIndex((value, index) => !(Math.abs(actual![index]! - value) <= share * scale));
  const difference = wrong < 0 ? undefined : { at: wrong, expected: reference[wrong], actual: actual?.[wrong] };
  expect({ what, difference }).toEqual({ what, difference: undefined });
}
