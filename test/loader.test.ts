import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BpttError } from '../lib/errors';
import { native } from '../lib/native';

const root = join(__dirname, '..');
const addon = join(root, 'build', 'Release', 'bptt.node');

/** The loader as installed: its compiled form in a folder that has only the given addons. */
function load(...places: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'bptt-loader-'));
  try {
    mkdirSync(join(folder, 'dist'));
    for (const name of ['native.js', 'errors.js']) {
      cpSync(join(root, 'dist', name), join(folder, 'dist', name));
    }
    for (const place of places) {
      mkdirSync(dirname(join(folder, place)), { recursive: true });
      copyFileSync(addon, join(folder, place));
    }
    writeFileSync(
      join(folder, 'main.js'),
      `try { console.log(JSON.stringify({ isa: require('./dist/native').native().system().isa })); }
       catch (e) { console.log(JSON.stringify({ name: e.name, code: e.code, message: e.message })); }`,
    );
    const { stdout } = spawnSync(process.execPath, [join(folder, 'main.js')], { encoding: 'utf8' });
    return JSON.parse(stdout) as { isa?: string; name?: string; code?: string; message?: string };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const platform = `${process.platform}-${process.arch}`;
const glibc = /libc(-[\d.]+)?\.so/.test(
  process.platform === 'linux' ? readFileSync('/proc/self/maps', 'latin1') : '',
);
const tag = process.platform !== 'linux' ? '' : glibc ? '.glibc' : '.musl';

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

test('BpttError is an error with a code', () => {
  const error = new BpttError('ERR_SHAPE', 'x has 3 values, expected 4.', { cause: 1 });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: 'BpttError', code: 'ERR_SHAPE', cause: 1 });
  expect(String(error)).toBe('BpttError: x has 3 values, expected 4.');
});
