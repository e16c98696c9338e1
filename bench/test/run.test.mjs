import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

test('a report is not written over another one, or over what it is made from', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bptt-bench-'));
  try {
    const [figures, link] = [join(folder, 'all.json'), join(folder, 'link')];
    copyFileSync(here('report.json'), figures);
    symlinkSync('all.json', link);
    for (const options of [['--from', figures, '--html', link], ['--json', figures, '--html', link]]) {
      const { status, stderr } = spawnSync(process.execPath, [here('../run.mjs'), ...options], { encoding: 'utf8' });
      assert.equal(status, 2);
      assert.match(stderr, /need two different files/);
    }
    assert.deepEqual(readFileSync(figures), readFileSync(here('report.json')));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
