import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, promises as files, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { ManyToOne } from '../../lib/index';
import { patience, times } from '../long';
import { firstWord, firstWordModel } from '../tasks';
import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();

const onUnix = process.platform === 'win32' ? test.skip : test;

function inside(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

const kills = times(12, 200);

test(
  'a process that is killed while it saves leaves the old model or the new one',
  async () => {
    const place = inside('killed');
    const path = (name: string): string => join(place, name);
    const leftovers = (): string[] =>
      readdirSync(place).filter((name) => !['0', '1', 'model'].includes(name));
    let interrupted = 0;
    for (let round = 0; round < kills; round += 1) {
      const child = spawn(process.execPath, [join(__dirname, 'save-forever.js'), place], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await pause(Math.random() * 30);
      child.kill('SIGKILL');
      expect(await ended).toBe('SIGKILL');
      const found = readFileSync(path('model'));
      expect([readFileSync(path('0')), readFileSync(path('1'))].some((model) => model.equals(found))).toBe(
        true,
      );
      // Those of the rounds before were removed.
      expect(leftovers().length).toBeLessThanOrEqual(1);
      interrupted += leftovers().length;
    }
    // Else no kill came in the middle of a save.
    expect(interrupted).toBeGreaterThan(0);
    using model = new ManyToOne(firstWordModel);
    await model.fit(firstWord(20, 1), { epochs: 1 });
    await model.save(path('model'));
    expect(leftovers()).toEqual([]);
  },
  patience(kills, 5_000),
);

/** What `save-over.js` printed, with the folder as it left it. */
function saveOver(place: string, command: string[]): unknown {
  const [program = '', ...options] = command;
  const { stdout, stderr } = spawnSync(program, options, { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(readdirSync(place)).toEqual(['model']);
  expect(readFileSync(join(place, 'model')).equals(readFileSync(join(place, '..', 'small')))).toBe(true);
  return JSON.parse(stdout);
}

const script = join(__dirname, 'save-over.js');

onUnix('a save for which there is no room is ERR_IO and leaves the old model, and nothing else', () => {
  const place = inside('limited');
  // No file beyond 64 or 128 KiB, as shells differ: the small model fits, the large one fails in the middle of a write.
  const command = `ulimit -f 128; exec "${process.execPath}" "${script}" "${place}"`;
  expect(saveOver(place, ['/bin/sh', '-c', command])).toMatchObject({ name: 'BpttError', code: 'ERR_IO' });
});

test('the same on a disk that is full, where one can be made', () => {
  const place = inside('full');
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', place]).status === 0;
  if (!mounted) return;
  try {
    expect(saveOver(place, [process.execPath, script, place])).toMatchObject({
      code: 'ERR_IO',
      message: expect.stringMatching(/ENOSPC/) as string,
    });
  } finally {
    spawnSync('umount', [place]);
  }
});

onUnix('a save into a read-only folder is ERR_IO and leaves the old model', () => {
  const place = inside('read-only');
  // Else the other user could not even look into it.
  chmodSync(folder, 0o755);
  try {
    expect(saveOver(place, [process.execPath, script, place, 'read-only'])).toMatchObject({
      name: 'BpttError',
      code: 'ERR_IO',
      message: expect.stringMatching(/EACCES/) as string,
    });
  } finally {
    // Else nobody but the superuser could remove it.
    chmodSync(place, 0o755);
  }
});

test('the bytes are on the disk before they take the name, and the name is on the disk before save resolves', async () => {
  const place = inside('ordered');
  using model = new ManyToOne(firstWordModel);
  await model.fit(firstWord(20, 1), { epochs: 1 });
  const events: string[] = [];
  const { open, rename } = files;
  jest.spyOn(files, 'open').mockImplementation(async (path, ...options) => {
    const handle = await open(path, ...options);
    const what = path === place ? 'folder' : 'file';
    for (const call of ['writeFile', 'sync', 'close'] as const) {
      const original = handle[call].bind(handle) as (...values: unknown[]) => Promise<void>;
      handle[call] = async (...values: unknown[]) => {
        await original(...values);
        if (events.at(-1) !== `${call} ${what}`) events.push(`${call} ${what}`);
      };
    }
    return handle;
  });
  jest.spyOn(files, 'rename').mockImplementation(async (from, to) => {
    await rename(from, to);
    events.push('rename');
  });
  await model.save(join(place, 'model'));
  jest.restoreAllMocks();
  expect(events).toEqual([
    'writeFile file',
    'sync file',
    'close file',
    'rename',
    'sync folder',
    'close folder',
  ]);
});
