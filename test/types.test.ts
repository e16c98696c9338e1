import { join } from 'node:path';
import * as ts from 'typescript';

const root = join(__dirname, '..');

/** What the compiler says of a program that uses the compiled declarations, those of the package among what it checks. */
function complaints(types: string[]): string[] {
  const program = ts.createProgram([join(__dirname, 'types', 'consumer.mts')], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    noEmit: true,
    types,
  });
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => !file?.fileName.includes('/node_modules/'))
    .map(
      ({ file, messageText }) =>
        `${file?.fileName.slice(root.length)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
}

test.each([[[]], [['node']]])(
  'the declarations hold for programs with types: %j',
  (types) => {
    expect(complaints(types)).toEqual([]);
  },
  60_000,
);
