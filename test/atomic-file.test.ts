import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { writeFileAtomically } from '../lib/atomic-file';
import { temporaryFolder } from './temporary-folder';

const folder = temporaryFolder();

test('writes the chunks one after the other and leaves nothing else', async () => {
  const inside = join(folder, 'plain');
  mkdirSync(inside);
  await writeFileAtomically(join(inside, 'a'), [Buffer.from('one '), Buffer.from('two')]);
  expect(readFileSync(join(inside, 'a'), 'utf8')).toBe('one two');
  expect(readdirSync(inside)).toEqual(['a']);
});

test('a failure leaves the old file and no temporary one', async () => {
  const inside = join(folder, 'failing');
  mkdirSync(inside);
  const path = join(inside, 'a');
  writeFileSync(path, 'old');
  function* chunks(): Generator<Uint8Array> {
    yield Buffer.from('half');
    throw new Error('no more');
  }
  await expect(writeFileAtomically(path, chunks())).rejects.toMatchObject({
    code: 'ERR_IO',
    message: expect.stringContaining(path) as string,
  });
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(inside)).toEqual(['a']);
});

test('a link stays a link, and its target is replaced', async () => {
  const inside = join(folder, 'linked');
  mkdirSync(inside);
  writeFileSync(join(inside, 'target'), 'old');
  symlinkSync('target', join(inside, 'link'));
  await writeFileAtomically(join(inside, 'link'), [Buffer.from('new')]);
  expect(readFileSync(join(inside, 'target'), 'utf8')).toBe('new');
  expect(readdirSync(inside).sort()).toEqual(['link', 'target']);
});

(process.platform === 'win32' ? test.skip : test)('the permissions of the old file are kept', async () => {
  const path = join(folder, 'private');
  for (const mode of [0o600, 0o666]) {
    writeFileSync(path, 'old');
    chmodSync(path, mode);
    await writeFileAtomically(path, [Buffer.from('new')]);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(mode);
  }
});

test('many at once on one path leave one whole file', async () => {
  const path = join(folder, 'contested');
  const texts = Array.from({ length: 8 }, (_, index) => String(index).repeat(10_000));
  await Promise.all(texts.map((text) => writeFileAtomically(path, [Buffer.from(text)])));
  expect(texts).toContain(readFileSync(path, 'utf8'));
});

test.each([
  ['a folder that is not there', 'nowhere/a'],
  ['a folder in place of the file', '.'],
])('%s is ERR_IO', async (_, name) => {
  await expect(writeFileAtomically(join(folder, name), [])).rejects.toMatchObject({ code: 'ERR_IO' });
});

test('a read-only folder is ERR_IO where the system says no', async () => {
  const inside = join(folder, 'read-only');
  mkdirSync(inside);
  chmodSync(inside, 0o555);
  const outcome = await writeFileAtomically(join(inside, 'a'), []).then(
    () => 'written',
    (error: { code: string }) => error.code,
  );
  // The superuser may write anywhere.
  expect(outcome).toBe(process.getuid?.() === 0 ? 'written' : 'ERR_IO');
});
