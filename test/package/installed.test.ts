import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../temporary-folder';

/*
 * What somebody meets who installs the package: the packed tarball, in an empty folder, without scripts and without a
 * compiler. Run by `npm run test:package`, which makes the prebuilt binary of this machine first.
 */
const root = join(__dirname, '..', '..');
const windows = process.platform === 'win32';
const folder = temporaryFolder();
const minutes = 60_000;

/** npm itself, as a script for Node.js; `npm run` tells where. */
const npm =
  process.env['npm_execpath'] ?? join(process.execPath, '..', '..', 'lib/node_modules/npm/bin/npm-cli.js');
const pnpm = 'pnpm@10.34.9';

const online =
  spawnSync(process.execPath, [npm, 'view', pnpm, 'version'], { timeout: 60_000, stdio: 'ignore' }).status ===
  0;
const packaged = online || process.env['CI'] ? describe : describe.skip;

/** A PATH with Node.js, a shell and what the commands that pnpm writes for it use, and nothing that could compile. */
function bareBin(): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, windows ? 'node.exe' : 'node'));
  for (const tool of windows ? [] : ['sh', 'env', 'basename', 'dirname', 'sed', 'uname']) {
    const path = execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim();
    symlinkSync(realpathSync(path), join(bin, tool));
  }
  return bin;
}

const bin = bareBin();
// Nothing of the npm that runs this test, nor of the addon's own settings, reaches the one that is tried.
const inherited = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_(?!config_registry)|BPTT_|NODE_)/i.test(name)),
);

interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

function node(cwd: string, args: string[], environment: Record<string, string> = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    env: { ...inherited, PATH: bin, ...environment },
  });
  return { status, stdout, stderr };
}

/** The same, where it has to succeed. */
function succeed(...parameters: Parameters<typeof node>): string {
  const { status, stdout, stderr } = node(...parameters);
  if (status !== 0) throw new Error(`${parameters[1].join(' ')} ended with ${status}: ${stdout}${stderr}`);
  return stdout;
}

const body = `
const reviews = [
  { x: 'a lovely film', y: 'good' },
  { x: 'a dull film', y: 'bad' },
];
async function main() {
  const model = new ManyToOne({
    cell: 'lstm',
    hidden: 8,
    input: { kind: 'tokens' },
    output: { kind: 'classes' },
  });
  await model.fit(reviews, { epochs: 40 });
  const { label } = await model.predict('lovely');
  console.log(label);
}
void main();
`;
const programs = {
  'esm.mjs': `import { ManyToOne } from 'bptt';${body}`,
  'commonjs.cjs': `const { ManyToOne } = require('bptt');${body}`,
  'typed.mts': `import { ManyToOne, type History } from 'bptt';${body}
export const stopped: History['stoppedBy'] = 'epochs';
export const mistaken = () =>
  // @ts-expect-error there is no such cell
  new ManyToOne({ cell: 'lsmt', hidden: 8, input: { kind: 'tokens' }, output: { kind: 'classes' } });
`,
  'typed-commonjs.cts': `import { ManyToOne } from 'bptt';${body}`,
};

/** An empty project, but for the programs that will use the package. */
function project(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'package.json'), '{ "private": true }');
  for (const [file, text] of Object.entries(programs)) writeFileSync(join(path, file), text);
  return path;
}

function compileTypes(path: string): void {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const files = Object.keys(programs).filter((name) => /ts$/.test(name));
  const flags = '--strict --module nodenext --target es2022 --lib es2023,dom,esnext.disposable'.split(' ');
  expect(node(path, [tsc, ...flags, ...files])).toMatchObject({
    status: 0,
    stdout: '',
  });
}

const programsRun = ['esm.mjs', 'commonjs.cjs', 'typed.mjs', 'typed-commonjs.cjs'];

packaged(
  `the packed package${online || process.env['CI'] ? '' : ' (skipped: the npm registry does not answer)'}`,
  () => {
    let tarball: string;
    const managers = { npm: project('with npm'), pnpm: project('with-pnpm') };

    beforeAll(() => {
      const options = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
      const [packed] = JSON.parse(
        execFileSync(process.execPath, [npm, ...options], { cwd: root, encoding: 'utf8' }),
      ) as [{ filename: string }];
      tarball = join(folder, packed.filename);
    }, minutes);

    test('is small', () => {
      expect(statSync(tarball).size).toBeLessThanOrEqual(10e6);
    });

    test('the folder for PATH has no compiler', () => {
      for (const tool of ['cmake', 'c++', 'g++', 'clang++', 'cl', 'make']) {
        expect(spawnSync(tool, ['--version'], { env: { PATH: bin } }).error).toMatchObject({
          code: 'ENOENT',
        });
      }
    });

    test(
      'installs with npm, which runs no script',
      () => {
        succeed(managers.npm, [npm, 'install', '--ignore-scripts', '--no-audit', '--no-fund', tarball]);
        expect(readdirSync(join(managers.npm, 'node_modules', 'bptt', 'prebuilds'))).toContain(
          `${process.platform}-${process.arch}`,
        );
        expect(existsSync(join(managers.npm, 'node_modules', 'bptt', 'build'))).toBe(false);
      },
      3 * minutes,
    );

    test(
      'installs with pnpm',
      () => {
        const exec = [npm, 'exec', '--yes', `--package=${pnpm}`, '--', 'pnpm', 'add', tarball];
        succeed(managers.pnpm, [...exec, '--store-dir', join(folder, 'store')]);
        expect(existsSync(join(managers.pnpm, 'node_modules', '.pnpm'))).toBe(true);
      },
      3 * minutes,
    );

    test.each(Object.entries(managers))(
      'after %s, a model is trained from ESM, CommonJS and TypeScript',
      (_, path) => {
        compileTypes(path);
        for (const program of programsRun) {
          expect([program, succeed(path, [program])]).toEqual([program, 'good\n']);
        }
      },
      3 * minutes,
    );

    test.each(Object.entries(managers))('after %s, the command is there', (_, path) => {
      const command = join(path, 'node_modules', '.bin', windows ? 'bptt.cmd' : 'bptt');
      const { stdout } = spawnSync(command, ['--version'], {
        encoding: 'utf8',
        env: { ...inherited, PATH: bin },
        shell: windows,
      });
      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
      expect(stdout.trim()).toBe(version);
    });

    describe('without its prebuilt binaries', () => {
      const path = managers.npm;
      const build = () => join(path, 'node_modules', 'bptt', 'scripts', 'build-from-source.mjs');

      test('says which command builds it', () => {
        rmSync(join(path, 'node_modules', 'bptt', 'prebuilds'), { recursive: true });
        const { status, stderr } = node(path, ['commonjs.cjs']);
        expect(status).toBe(1);
        expect(stderr).toMatch(/ERR_PLATFORM/);
        expect(stderr).toMatch(/npx bptt-build/);
        expect(
          existsSync(join(path, 'node_modules', '.bin', windows ? 'bptt-build.cmd' : 'bptt-build')),
        ).toBe(true);
      });

      test('that command says what is missing', () => {
        const { status, stderr } = node(path, [build()]);
        expect(status).toBe(1);
        expect(stderr).toMatch(/cmake was not found; install CMake/);
      });

      test(
        'and with a compiler it builds, downloading nothing',
        () => {
          // Whatever would reach for the network meets a closed door.
          const closed = 'http://127.0.0.1:9';
          const offline = {
            HTTP_PROXY: closed,
            HTTPS_PROXY: closed,
            http_proxy: closed,
            https_proxy: closed,
          };
          succeed(path, [build()], { PATH: process.env['PATH']!, npm_config_registry: closed, ...offline });
          expect(succeed(path, ['commonjs.cjs'])).toBe('good\n');
        },
        15 * minutes,
      );
    });
  },
);
