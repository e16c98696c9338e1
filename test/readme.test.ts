import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import * as ts from 'typescript';

import { temporaryFolder } from './temporary-folder';

/** What the documents show must run, and what they name must be there. */

const run = promisify(execFile);
const root = join(__dirname, '..');
const folder = temporaryFolder();

const documents = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...['docs', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  ),
];

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** The code blocks of one language in a document, with the headings they stand under. */
function blocks(document: string, language: string): { name: string; code: string }[] {
  const found: { name: string; code: string }[] = [];
  const pattern = /^#+ (.+)$|^```(\w*)\n([\s\S]*?)^```$/gm;
  let heading = '';
  for (const [, title, fence, code] of read(document).matchAll(pattern)) {
    if (title !== undefined) heading = title;
    else if (fence === language) found.push({ name: `${document}: ${heading}`, code: code! });
  }
  return found;
}

const programs = blocks('README.md', 'ts');
const typed = documents.flatMap((document) => blocks(document, 'ts'));
const shell = blocks('README.md', 'sh');

beforeAll(() => {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'bptt'), 'junction');
});

test('there is an example of each class', () => {
  for (const name of ['ManyToOne', 'ManyToMany', 'OneToMany', 'EncoderDecoder', 'Recurrent']) {
    expect(programs.filter(({ code }) => code.includes(`new ${name}(`))).not.toHaveLength(0);
  }
});

test.each(programs)('as it stands, node runs $name', async ({ name, code }) => {
  const file = join(folder, `${programs.findIndex((program) => program.name === name)}.mjs`);
  writeFileSync(file, code);
  const { stdout } = await run(process.execPath, [file], { cwd: folder });
  const promised = [...code.matchAll(/console\.log\(.*\); \/\/ → (.*)$/gm)].map(([, text]) => text);
  expect(promised).not.toHaveLength(0);
  expect(stdout.trimEnd().split('\n')).toEqual(promised);
});

test('the types are right', () => {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    types: ['node'],
    typeRoots: [join(root, 'node_modules', '@types')],
  };
  const files = typed.map(({ code }, index) => {
    const file = join(folder, `typed-${index}.mts`);
    writeFileSync(file, code);
    return file;
  });
  const program = ts.createProgram(files, options);
  const problems = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const place = typed[files.indexOf(resolve(file?.fileName ?? ''))]?.name ?? file?.fileName;
    return `${place}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
  expect(problems).toEqual([]);
}, 60_000);

const main = join(root, 'dist', 'cli', 'main.js');

(process.platform === 'win32' ? describe.skip : describe)('the command line', () => {
  test.each(shell)(
    'runs $name',
    async ({ code }) => {
      const bin = join(folder, 'bin');
      mkdirSync(bin, { recursive: true });
      writeFileSync(join(bin, 'bptt'), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`, {
        mode: 0o755,
      });
      const { stdout } = await run('sh', ['-e', '-c', code.replaceAll('npx bptt', 'bptt')], {
        cwd: folder,
        env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` },
      });
      expect(stdout).toMatch(/"accuracy"/);
      expect(stdout).toMatch(/^\{"labels":\["O"/m);
    },
    30_000,
  );

  test.each(['train', 'evaluate', 'predict', 'generate', 'info'])(
    'every option of %s is described',
    async (command) => {
      const { stdout } = await run(process.execPath, [main, command, '--help']);
      const sections = read('docs/command-line.md').split(/^## /m);
      const section = sections.find((text) => text.startsWith(`\`bptt ${command}\``))!;
      const options = [...stdout.matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option!);
      expect(options.length).toBeGreaterThan(0);
      expect(options.filter((option) => option !== '--help' && !section.includes(option))).toEqual([]);
    },
  );

  test('every option that is described is there', async () => {
    const help = await Promise.all(
      ['train', 'evaluate', 'predict', 'generate', 'info', 'bench'].map((command) =>
        run(process.execPath, [main, command, '--help']),
      ),
    );
    const known = help.map(({ stdout }) => stdout).join('\n');
    const named = new Set(read('docs/command-line.md').match(/--[a-z][\w-]*/g));
    expect([...named].filter((option) => !known.includes(option))).toEqual([]);
  });
});

/** The names that GitHub gives to the headings of a document. */
function anchors(document: string): string[] {
  return [...read(document).matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test.each(documents)('the links of %s lead somewhere', (document) => {
  const broken = [...read(document).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? document : relative(root, resolve(root, dirname(document), path));
      if (!existsSync(join(root, file))) return true;
      return anchor !== undefined && !anchors(file).includes(anchor);
    });
  expect(broken).toEqual([]);
});

test.each(documents)('the files that %s names are there', (document) => {
  const named = read(document).match(/`(?:native|lib|test|docs|scripts|bench)\/[\w./-]+`/g) ?? [];
  const missing = named
    .map((path) => path.slice(1, -1))
    // Such as the folder a decision did away with.
    .filter((path) => path !== 'native/format/')
    .filter((path) => !existsSync(join(root, path)));
  expect(missing).toEqual([]);
});
