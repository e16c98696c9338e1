import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  promises,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { checkWritable, writeFileAtomically } from '../../lib/files/atomic-file';
import { madeDevice, makePipe } from '../device';
import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();

const onUnix = process.platform === 'win32' ? test.skip : test;

const isSuperuser = process.getuid?.() === 0;

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

onUnix('the permissions of the old file are kept', async () => {
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
  expect(outcome).toBe(isSuperuser ? 'written' : 'ERR_IO');
});

onUnix('a link whose target is not there stays a link, and its target is made', async () => {
  const inside = join(folder, 'dangling');
  mkdirSync(join(inside, 'far'), { recursive: true });
  symlinkSync('far', join(inside, 'near'));
  symlinkSync('near/../far/target', join(inside, 'second'));
  symlinkSync('second', join(inside, 'first'));
  await checkWritable(join(inside, 'first'));
  await writeFileAtomically(join(inside, 'first'), [Buffer.from('new')]);
  expect(readdirSync(inside).sort()).toEqual(['far', 'first', 'near', 'second']);
  expect(readdirSync(join(inside, 'far'))).toEqual(['target']);
  expect(lstatSync(join(inside, 'first')).isSymbolicLink()).toBe(true);
  expect(lstatSync(join(inside, 'second')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(inside, 'far', 'target'), 'utf8')).toBe('new');
});

onUnix('a link into a folder that is not there is ERR_IO, and stays', async () => {
  const link = join(folder, 'lost');
  symlinkSync('no-folder/target', link);
  for (const write of [checkWritable, (path: string) => writeFileAtomically(path, [])]) {
    await expect(write(link)).rejects.toMatchObject({ code: 'ERR_IO' });
  }
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
});

onUnix('links in a ring are ERR_IO', async () => {
  const [one, two] = [join(folder, 'ring-one'), join(folder, 'ring-two')];
  symlinkSync(two, one);
  symlinkSync(one, two);
  await expect(writeFileAtomically(one, [])).rejects.toMatchObject({ code: 'ERR_IO' });
});

onUnix('a pipe is ERR_IO at once, also over a link, and stays one', async () => {
  const [pipe, link] = [join(folder, 'pipe'), join(folder, 'to-pipe')];
  makePipe(pipe);
  symlinkSync('pipe', link);
  for (const path of [pipe, link]) {
    for (const write of [checkWritable, () => writeFileAtomically(path, [Buffer.from('new')])]) {
      await expect(write(path)).rejects.toMatchObject({
        code: 'ERR_IO',
        message: `Could not write "${path}": it is a pipe; expected a file.`,
      });
    }
  }
  expect(lstatSync(pipe).isFIFO()).toBe(true);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
});

onUnix('a device is written into, also over a link, and stays one', async () => {
  const inside = join(folder, 'devices');
  mkdirSync(inside);
  const [device, link] = [join(inside, 'device'), join(inside, 'link')];
  if (!madeDevice(device)) return;
  symlinkSync('device', link);
  for (const path of [device, link]) {
    await checkWritable(path);
    await writeFileAtomically(path, [Buffer.from('new')]);
  }
  expect(readdirSync(inside)).toEqual(['device', 'link']);
  expect(lstatSync(device).isCharacterDevice()).toBe(true);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
});

onUnix('owner and group of the old file are kept where the superuser writes', async () => {
  if (!isSuperuser) return;
  const path = join(folder, 'owned');
  writeFileSync(path, 'old');
  chownSync(path, 65534, 65533);
  chmodSync(path, 0o640);
  await writeFileAtomically(path, [Buffer.from('new')]);
  const { uid, gid, mode } = statSync(path);
  expect([uid, gid, mode & 0o777]).toEqual([65534, 65533, 0o640]);
});

onUnix('a file that may not be written to is not replaced', async () => {
  const path = join(folder, 'kept');
  writeFileSync(path, 'old');
  chmodSync(path, 0o444);
  const outcomes = [];
  for (const write of [checkWritable, () => writeFileAtomically(path, [Buffer.from('new')])]) {
    outcomes.push(
      await write(path).then(
        () => 'written',
        (error: { code: string }) => error.code,
      ),
    );
  }
  // The superuser may write anything.
  const expected = isSuperuser ? 'written' : 'ERR_IO';
  expect(outcomes).toEqual([expected, expected]);
  expect(readFileSync(path, 'utf8')).toBe(isSuperuser ? 'new' : 'old');
});

test('a name that ends as that of a folder is no name of a file', async () => {
  await expect(writeFileAtomically(join(folder, 'slash/'), [])).rejects.toMatchObject({ code: 'ERR_IO' });
  expect(readdirSync(folder)).not.toContain('slash');
});

describe('a file that nothing can take the place of', () => {
  /** As a system answers for a file that is mounted by itself. */
  function mounted(code: string): jest.SpyInstance {
    const refusal = Object.assign(new Error(`${code}: rename`), { code });
    return jest.spyOn(promises, 'rename').mockRejectedValueOnce(refusal);
  }

  afterEach(() => {
    jest.restoreAllMocks();
  });

  onUnix.each(['EBUSY', 'EXDEV'])('is written into: %s', async (code) => {
    const inside = join(folder, `mounted-${code}`);
    mkdirSync(inside);
    const path = join(inside, 'a');
    writeFileSync(path, 'an old one that is longer');
    const { ino } = statSync(path);
    mounted(code);
    await writeFileAtomically(path, [Buffer.from('new '), Buffer.from('bytes')]);
    expect(readFileSync(path, 'utf8')).toBe('new bytes');
    expect(statSync(path).ino).toBe(ino);
    expect(readdirSync(inside)).toEqual(['a']);
  });

  onUnix('keeps what was to be written where that fails, and says where', async () => {
    const inside = join(folder, 'mounted-full');
    mkdirSync(inside);
    const path = join(inside, 'a');
    writeFileSync(path, 'old');
    mounted('EBUSY');
    const open = promises.open.bind(promises);
    jest.spyOn(promises, 'open').mockImplementation(async (file, ...how) => {
      if (file === path)
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      return open(file, ...how);
    });
    const failure = (await writeFileAtomically(path, [Buffer.from('new')]).catch(
      (error: unknown) => error,
    )) as Error;
    jest.restoreAllMocks();
    const [, kept] = /ENOSPC.*All of it is in "([^"]*)"\.$/.exec(failure.message)!;
    expect(failure).toMatchObject({ code: 'ERR_IO', message: expect.stringContaining(path) as string });
    expect(readFileSync(kept!, 'utf8')).toBe('new');
    // The next one does not take it for what a killed process has left.
    await writeFileAtomically(path, [Buffer.from('newer')]);
    expect(readFileSync(kept!, 'utf8')).toBe('new');
    expect(readdirSync(inside)).toHaveLength(2);
  });

  /** Whether a file could be mounted upon the path, which needs a superuser with the right to. */
  function mount(from: string, path: string): boolean {
    try {
      execFileSync('mount', ['--bind', from, path], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }

  onUnix('is written into where it is really mounted', async () => {
    const [path, from] = [join(folder, 'mount-point'), join(folder, 'mounted-file')];
    writeFileSync(path, '');
    writeFileSync(from, 'old');
    if (!mount(from, path)) return;
    try {
      await writeFileAtomically(path, [Buffer.from('new')]);
      expect([path, from].map((file) => readFileSync(file, 'utf8'))).toEqual(['new', 'new']);
    } finally {
      execFileSync('umount', [path]);
    }
  });
});
