import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import * as bundled from '../../lib/addon/bundled';
import { glibcAmong, native } from '../../lib/addon/native';
import { BpttError } from '../../lib/support/errors';

const root = join(__dirname, '..', '..');
const addon = join(root, 'build', 'Release', 'bptt.node');

/** What the loader is made of. */
const loader = ['addon/native.js', 'addon/bundled.js', 'support/errors.js', 'support/realms.js'];

/** The loader as installed: its compiled form in a folder of this package that has only the given addons. */
function load(...places: string[]) {
  return loadFrom('bptt', ...places);
}

/** The same in a package of another name. */
function loadFrom(owner: string, ...places: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'bptt-loader-'));
  try {
    for (const name of loader) cpSync(join(root, 'dist', name), join(folder, 'dist', name));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: owner }));
    for (const place of places) {
      mkdirSync(dirname(join(folder, place)), { recursive: true });
      copyFileSync(addon, join(folder, place));
    }
    writeFileSync(
      join(folder, 'main.js'),
      `try { console.log(JSON.stringify({ isa: require('./dist/addon/native').native().system().isa })); }
       catch (e) { console.log(JSON.stringify({ name: e.name, code: e.code, message: e.message })); }`,
    );
    const { stdout } = spawnSync(process.execPath, [join(folder, 'main.js')], { encoding: 'utf8' });
    return JSON.parse(stdout) as { isa?: string; name?: string; code?: string; message?: string };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const platform = `${process.platform}-${process.arch}`;
const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
const tag = process.platform !== 'linux' ? '' : header.glibcVersionRuntime ? '.glibc' : '.musl';

test('the addon built here is loaded', () => {
  expect(native()).toBe(native());
  expect(load('build/Release/bptt.node').isa).toBe(native().system().isa);
});

test('the prebuilt binary of the platform is loaded', () => {
  expect(load(`prebuilds/${platform}/bptt${tag}.node`).isa).toBe(native().system().isa);
});

test('without one, the error names the platform and the command that builds it', () => {
  const error = load('prebuilds/other-cpu/bptt.node');
  expect(error).toMatchObject({ name: 'BpttError', code: 'ERR_PLATFORM' });
  expect(error.message).toContain(platform);
  expect(error.message).toContain('npx bptt-build');
});

test('in the folder of another package, the error says that it was bundled', () => {
  const error = loadFrom('some-app');
  expect(error).toMatchObject({ name: 'BpttError', code: 'ERR_PLATFORM' });
  expect(error.message).toContain(join('dist', 'addon', 'native.js'));
  expect(error.message).toMatch(/bundled.*external/);
  expect(error.message).not.toContain('bptt-build');
});

test('and so says a bundle of ES modules, which has no folder', () => {
  const code = readFileSync(join(root, 'dist', 'addon', 'native.js'), 'utf8');
  const requires = {
    './bundled': bundled,
    '../support/realms': {},
    '../support/errors': {},
    'node:fs': {},
    'node:path': {},
  };
  const exports: { native?: () => unknown } = {};
  runInNewContext(code, {
    exports,
    require: (name: keyof typeof requires) => requires[name],
    ...{ Float32Array, Float64Array, Int32Array, Uint8Array },
  });
  expect(exports.native).toThrow(/bptt was bundled into another file/);
});

test('an entry of ES modules that became a part of another file says so when it is imported', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bptt-bundle-'));
  try {
    for (const name of loader) cpSync(join(root, 'dist', name), join(folder, name));
    const entry = join(root, 'dist', 'unbundled.mjs');
    for (const [name, printed] of [
      ['unbundled.mjs', ''],
      ['bundle.mjs', 'BpttError ERR_PLATFORM true'],
    ] as const) {
      copyFileSync(entry, join(folder, name));
      const script = `import(${JSON.stringify(pathToFileURL(join(folder, name)).href)})
        .catch((e) => console.log(e.name, e.code, e.message.includes('bundle.mjs')))`;
      const { stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
      expect([name, stdout.trim()]).toEqual([name, printed]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each([
  ['glibc of Debian', '/usr/lib/x86_64-linux-gnu/libc.so.6', true],
  ['glibc before 2.34', '/lib64/libc-2.28.so', true],
  ['musl of Alpine', '/lib/ld-musl-x86_64.so.1', false],
  ['musl of Debian', '/usr/lib/x86_64-linux-musl/libc.so', false],
  ['neither', '/usr/lib/x86_64-linux-gnu/libcap.so.2', undefined],
])('the C library is told from what is mapped: %s', (_, file, glibc) => {
  const line = (path: string) => `7f0c2a400000-7f0c2a426000 r--p 00000000 fe:00 1048 ${path}\n`;
  expect(glibcAmong(line('/usr/bin/node') + line(file) + line('[stack]'))).toBe(glibc);
});

test('BpttError is an error with a code', () => {
  const error = new BpttError('ERR_SHAPE', 'x has 3 values, expected 4.', { cause: 1 });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: 'BpttError', code: 'ERR_SHAPE', cause: 1 });
  expect(String(error)).toBe('BpttError: x has 3 values, expected 4.');
});
