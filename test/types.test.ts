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

/** What an editor offers at the mark | of a program. */
function offered(text: string): string[] {
  const path = join(__dirname, 'types', 'edited.mts');
  const program = text.replace('|', '');
  const service = ts.createLanguageService({
    getCompilationSettings: () => ({
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      strict: true,
    }),
    getScriptFileNames: () => [path],
    getScriptVersion: () => '1',
    getScriptSnapshot: (file) => {
      const content = file === path ? program : ts.sys.readFile(file);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (file) => file === path || ts.sys.fileExists(file),
    readFile: (file) => ts.sys.readFile(file),
    directoryExists: (folder) => ts.sys.directoryExists(folder),
    getDirectories: (folder) => ts.sys.getDirectories(folder),
  });
  const { entries = [] } = service.getCompletionsAtPosition(path, text.indexOf('|'), {}) ?? {};
  return entries.map(({ name }) => name);
}

test.each([
  ["new ManyToOne({ cell: '|' });", ['rnn', 'gru', 'lstm', 'mingru']],
  ["new ManyToOne({ cell: 'gru', hidden: 8, input: { kind: '|' } });", ['tokens', 'features', 'multihot']],
  [
    "new ManyToOne({ cell: 'gru', hidden: 8, input: { kind: 'tokens' }, output: { kind: 'classes' } }).fit([], { metric: '|' });",
    ['accuracy', 'macroF1', 'loss'],
  ],
])(
  'editors offer the names in %s',
  (text, names) => {
    expect(offered(`import { ManyToOne } from 'bptt';\n${text}\n`)).toEqual(expect.arrayContaining(names));
  },
  60_000,
);
