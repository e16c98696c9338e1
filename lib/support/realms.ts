/**
 * What a value is, whatever realm it was made in. A vm context, such as the one Jest gives to a test file, has constructors of
 * its own, and `instanceof` knows those of its own realm alone; what Node.js and the addon make belongs to the first one.
 */

/** Reads the kind from the array itself: neither a proxy nor an object that has a tag passes for one. */
const { get: kindOf } = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Float32Array.prototype) as object,
  Symbol.toStringTag,
) as { get: (this: unknown) => string | undefined };

export function isFloat32Array(value: unknown): value is Float32Array {
  return kindOf.call(value) === 'Float32Array';
}

export function isFloat64Array(value: unknown): value is Float64Array {
  return kindOf.call(value) === 'Float64Array';
}

export function isInt32Array(value: unknown): value is Int32Array {
  return kindOf.call(value) === 'Int32Array';
}

export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

/** A promise of any realm or library. */
export function isPromise<T extends object>(value: T | Promise<T>): value is Promise<T> {
  return 'then' in value;
}
