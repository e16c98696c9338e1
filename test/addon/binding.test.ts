import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { native } from '../../lib/addon/native';
import { isError } from '../../lib/support/realms';
import { stack } from './options';

/** The surface that binding.d.ts declares: functions by name, and for each class its methods. */
function declared() {
  const path = join(__dirname, '..', '..', 'binding.d.ts');
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true);
  const functions: string[] = [];
  const classes = new Map<string, string[]>();
  for (const statement of source.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name) functions.push(statement.name.text);
    if (ts.isClassDeclaration(statement) && statement.name) {
      const members = statement.members.filter((member) => !ts.isConstructorDeclaration(member));
      classes.set(statement.name.text, members.map((member) => member.name?.getText() ?? '?').sort());
    }
  }
  return { functions: functions.sort(), classes };
}

const { functions, classes } = declared();
const addon = native() as unknown as Record<string, unknown>;

test('binding.d.ts declares something', () => {
  expect(functions).toContain('system');
  expect([...classes.keys()]).toContain('RecurrentLayer');
});

test('the addon exports what binding.d.ts declares, and nothing else', () => {
  expect(Object.getOwnPropertyNames(addon).sort()).toEqual([...functions, ...classes.keys()].sort());
  for (const name of [...functions, ...classes.keys()]) expect(typeof addon[name]).toBe('function');
});

test.each([...classes])('%s has the declared methods, and nothing else', (name, methods) => {
  const { prototype } = addon[name] as { prototype: Record<string, unknown> };
  expect(
    Object.getOwnPropertyNames(prototype)
      .filter((key) => key !== 'constructor')
      .sort(),
  ).toEqual(methods);
  for (const method of methods) expect(typeof prototype[method]).toBe('function');
  const statics = Object.getOwnPropertyNames(addon[name]).filter(
    (key) => !['length', 'name', 'prototype', 'arguments', 'caller'].includes(key),
  );
  expect(statics).toEqual([]);
});

test('what the addon makes by itself is of the realm Node.js began with, but is what it should be', () => {
  const info = native().system();
  expect(info).not.toBeInstanceOf(Object);
  expect(Array.isArray(info.isas)).toBe(true);
  expect(info.isas).toContain(info.isa);
  expect(info.threads).toBeGreaterThanOrEqual(1);
  const { RecurrentLayer } = native();
  let thrown: unknown;
  try {
    new RecurrentLayer({} as ConstructorParameters<typeof RecurrentLayer>[0]);
  } catch (error) {
    thrown = error;
  }
  expect(isError(thrown)).toBe(true);
  expect(thrown).toHaveProperty('code', expect.stringMatching(/^ERR_/));
});

test('arrays are made by the constructors of the realm that was named, while it is there', () => {
  const { RecurrentLayer, useRealm } = native();
  const layer = new RecurrentLayer({ ...stack, input: 1, threads: 1, precision: 'float32' });
  const made = () => layer.parameter('bias_l0');
  expect(made()).toBeInstanceOf(Float32Array);
  class Named extends Float32Array {}
  const named = { Float32Array: Named as Float32ArrayConstructor, Float64Array, Int32Array, Uint8Array };
  useRealm(named);
  expect(made()).toBeInstanceOf(Named);
  // Held here, since the addon holds it weakly.
  const replaced = { ...named, Float32Array: Array as unknown as Float32ArrayConstructor };
  useRealm(replaced);
  expect(made).toThrow(/Float32Array of this realm has been replaced/);
  expect(() => {
    useRealm(undefined as never);
  }).toThrow(/realm/);
  useRealm({ ...replaced, ...named, Float32Array });
});
