import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest runs each test file in a context with built-in constructors of its own, but what the native addon and Node's
 * own modules make belongs to the outer context, so that `instanceof` fails on it. Here both contexts agree:
 * the constructors of arrays and buffers are the outer ones, and those that syntax can also call upon
 * (a literal, a throw of the engine, an async function) accept the instances of both contexts.
 */
const replaced = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
];
const bridged = [
  'Object',
  'Array',
  'Promise',
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
];

const hasInstance = Function.prototype[Symbol.hasInstance];

export default class NativeEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of replaced) this.global[name] = globalThis[name];
    for (const name of bridged) {
      const inner = this.global[name];
      const outer = globalThis[name];
      Object.defineProperty(inner, Symbol.hasInstance, {
        configurable: true,
        // Subclasses inherit this method; for them nothing changes.
        value(instance) {
          return hasInstance.call(this, instance) || (this === inner && hasInstance.call(outer, instance));
        },
      });
    }
  }
}
