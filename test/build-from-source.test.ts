import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { version } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as {
  version: string;
};

const script = join(__dirname, '..', 'scripts', 'build-from-source.mjs');

test.each(['--help', '-h'])('bptt-build %s says what it does, and does nothing', (option) => {
  // Without a cmake to be found.
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, option], {
    env: { PATH: '' },
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('Usage: bptt-build [cmake options]');
});

test('bptt-build --version', () => {
  const { status, stdout } = spawnSync(process.execPath, [script, '--version'], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: `${version}\n` });
});
