import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import ts from 'typescript';

const root = join(__dirname, '..');

/** The rooms from the ground up: a file may use those of its own room and of the rooms before it. */
const lib = [
  'support',
  'addon',
  'files',
  'data/text',
  'architecture',
  'data',
  'data/readers',
  'data/encoders',
  'data/batches',
  'metrics',
  'options',
  'tasks',
  'tasks/aligned',
  'tasks/ctc',
  'tasks/encoder-decoder',
  'tasks/next-step',
  'model-file',
  'training',
  'models',
  'benchmark',
  'cli',
  '.',
];

const native = [
  'support',
  'kernels',
  'kernels/bfloat16',
  'layer',
  'model/network',
  'model/parameters',
  'model/input',
  'model/crf',
  'model/ctc',
  'model/pooling',
  'model/heads',
  'model/decoder',
  'model',
  'model/inference',
  'model/training',
  'binding',
];

/** Files below a folder, by their paths in it, and what each uses of the others. */
type Uses = Map<string, string[]>;

function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter(
    (name) => ending.test(name) && !name.startsWith('vendor'),
  );
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, 'lib', file), 'utf8');
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => relative('lib', join('lib', dirname(file), `${name}.ts`)))
    .filter((name) => existsSync(join(root, 'lib', name)) && !name.startsWith('..'));
}

function includesOf(file: string): string[] {
  const text = readFileSync(join(root, 'native', file), 'utf8');
  return [...text.matchAll(/^#include "([^"]+)"/gm)].map(([, name]) => name!);
}

const usesOf = (files: string[], read: (file: string) => string[]): Uses =>
  new Map(files.map((file) => [file, read(file)]));

const house = {
  lib: { rooms: lib, uses: usesOf(filesBelow('lib', /\.ts$/), importsOf) },
  native: { rooms: native, uses: usesOf(filesBelow('native', /\.(h|cpp)$/), includesOf) },
};

describe.each(['lib', 'native'] as const)('%s', (folder) => {
  const { rooms, uses } = house[folder];

  test('has these rooms', () => {
    expect([...new Set([...uses.keys()].map(dirname))].sort()).toEqual([...rooms].sort());
  });

  test('has no arrow upward', () => {
    const upward = [...uses].flatMap(([file, used]) =>
      used
        .filter((other) => rooms.indexOf(dirname(other)) > rooms.indexOf(dirname(file)))
        .map((other) => `${file} uses ${other}`),
    );
    expect(upward).toEqual([]);
  });

  test('has no circle', () => {
    expect(circle(uses)).toEqual([]);
  });
});

/** Files of which each uses the next one and the last one the first; none where there is no such circle. */
function circle(uses: Uses): string[] {
  const done = new Set<string>();
  const from = (file: string, path: string[]): string[] => {
    if (path.includes(file)) return path.slice(path.indexOf(file));
    if (done.has(file)) return [];
    for (const other of uses.get(file) ?? []) {
      const found = from(other, [...path, file]);
      if (found.length > 0) return found;
    }
    done.add(file);
    return [];
  };
  for (const file of uses.keys()) {
    const found = from(file, []);
    if (found.length > 0) return found;
  }
  return [];
}
