import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { writeFileAtomically } from '../../lib/files/atomic-file';
import { ownMark, type ProcessMark } from '../../lib/files/process-mark';
import { createBeside } from '../../lib/files/temporary-file';
import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();

const dead = (): number => spawnSync(process.execPath, ['--version']).pid;

const day = 24 * 60 * 60;

/** A temporary file for `target`, as another process would name it. */
async function left(target: string, changes: Partial<ProcessMark>): Promise<string> {
  const own = ownMark();
  const { path, handle } = await createBeside(target, false);
  await handle.close();
  const mark = { ...own, ...changes };
  const other = path.replace(
    `-${own.realm}-${own.pid}-${own.begun}-`,
    `-${mark.realm}-${mark.pid}-${mark.begun}-`,
  );
  writeFileSync(other, 'half');
  if (other !== path) rmSync(path);
  return other;
}

function placed(name: string): string {
  mkdirSync(join(folder, name));
  return join(folder, name, 'model');
}

test('the next save removes what a killed process has left of the same file, and nothing else', async () => {
  const path = placed('killed');
  const gone = await left(path, { pid: dead() });
  const ofOther = await left(join(folder, 'killed', 'other'), { pid: dead() });
  writeFileSync(join(folder, 'killed', '.bptt-mine.tmp'), '');
  await writeFileAtomically(path, []);
  expect(existsSync(gone)).toBe(false);
  expect(existsSync(ofOther)).toBe(true);
  expect(readdirSync(join(folder, 'killed')).length).toBe(3);
});

test('what a living process writes stays, this one and others', async () => {
  const path = placed('living');
  const parent = { pid: process.ppid, begun: '0' };
  const files = [await left(path, {}), await left(path, parent), await left(path, { pid: 1, begun: '0' })];
  for (const file of files) utimesSync(file, 0, 0);
  await writeFileAtomically(path, []);
  expect(files.map(existsSync)).toEqual([true, true, true]);
});

(process.platform === 'linux' ? test : test.skip)(
  'a process that has got the number of one that was killed is not taken for it',
  async () => {
    const path = placed('again');
    const files = [await left(path, { begun: '1' }), await left(path, { pid: process.ppid, begun: '1' })];
    await writeFileAtomically(path, []);
    expect(files.map(existsSync)).toEqual([false, false]);
  },
);

test('what another host or container writes stays, until nothing was written to it for more than a day', async () => {
  const path = placed('shared');
  const elsewhere = { realm: '0123456789ab' };
  const [fresh, old] = [await left(path, elsewhere), await left(path, { ...elsewhere, pid: dead() })];
  const now = Date.now() / 1000;
  utimesSync(fresh, now, now - day + 600);
  utimesSync(old, now, now - day - 600);
  await writeFileAtomically(path, []);
  expect([fresh, old].map(existsSync)).toEqual([true, false]);
});

test('the longest name of a file leaves room for a temporary one', async () => {
  mkdirSync(join(folder, 'long'));
  const path = join(folder, 'long', 'm'.repeat(255));
  await writeFileAtomically(path, [Buffer.from('new')]);
  expect(readdirSync(join(folder, 'long'))).toEqual(['m'.repeat(255)]);
});
