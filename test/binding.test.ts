import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { native } from '../lib/native';

/** The surface that binding.d.ts declares: functions by name, and for each class its methods. */
function declared() {
  const path = join(__dirname, '..', 'binding.d.ts');
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

test('what the addon makes is an instance of the usual constructors', () => {
  const info = native().system();
  expect(info).toBeInstanceOf(Object);
  expect(info.isas).toBeInstanceOf(Array);
  expect(info.isas).toContain(info.isa);
  expect(info.threads).toBeGreaterThanOrEqual(1);
  const { RecurrentLayer } = native();
  let thrown: unknown;
  try {
    new RecurrentLayer({} as ConstructorParameters<typeof RecurrentLayer>[0]);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(Error);
  expect(thrown).toHaveProperty('code', expect.stringMatching(/^ERR_/));
});
