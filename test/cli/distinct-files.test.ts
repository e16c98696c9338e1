import { spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, linkSync, openSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { makePipe } from '../device';
import { firstWord } from '../tasks';
import { temporaryFolder } from '../temporary-folder';
import { main, run, writeLines } from './run';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

const onUnix = process.platform === 'win32' ? describe.skip : describe;

const data = writeLines(at('data.jsonl'), firstWord(20, 1));
const valid = writeLines(at('valid.jsonl'), firstWord(20, 2));
const before = readFileSync(data);
const sizes = ['--hidden', '2', '--embedding', '2', '--epochs', '1', '--quiet'];
const train = ['train', 'many-to-one', '--data', data, '--valid', valid, ...sizes];

onUnix('a file that is read or written already', () => {
  const checkpoint = at('run.ckpt');
  beforeAll(async () => {
    symlinkSync('data.jsonl', at('link'));
    symlinkSync('link', at('second link'));
    linkSync(data, at('hard link'));
    linkSync(valid, at('hard link to valid'));
    symlinkSync('not-there', at('dangling'));
    symlinkSync('.', at('folder'));
    expect(await run([...train, '--out', at('first'), '--checkpoint', checkpoint])).toMatchObject({
      code: 0,
    });
    symlinkSync('run.ckpt', at('link to checkpoint'));
  });

  test.each([
    ['--data', '--out', ['--out', 'data.jsonl']],
    ['--data', '--out', ['--out', 'folder/../data.jsonl']],
    ['--data', '--out', ['--out', 'second link']],
    ['--data', '--out', ['--out', 'hard link']],
    ['--valid', '--out', ['--out', 'valid.jsonl']],
    ['--valid', '--out', ['--out', 'hard link to valid']],
    ['--data', '--checkpoint', ['--out', 'model', '--checkpoint', 'folder/data.jsonl']],
    ['--valid', '--checkpoint', ['--out', 'model', '--checkpoint', 'hard link to valid']],
    ['--checkpoint', '--out', ['--out', 'link to checkpoint', '--checkpoint', 'run.ckpt']],
    ['--checkpoint', '--out', ['--out', 'link to checkpoint', '--checkpoint', 'run.ckpt', '--resume']],
    // Of files that are not there yet.
    ['--checkpoint', '--out', ['--out', 'dangling', '--checkpoint', 'not-there']],
    ['--checkpoint', '--out', ['--out', 'folder/model', '--checkpoint', 'model']],
    ['--resume', '--out', ['--out', 'run.ckpt', '--resume', 'link to checkpoint']],
  ])('%s and %s: %j', async (one, other, options) => {
    const named = options.map((text) => (text.startsWith('--') ? text : at(text)));
    const { code, stderr } = await run([...train, ...named]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining(`options ${one} and ${other} need two different files`) as string,
    });
    expect(readFileSync(data).equals(before)).toBe(true);
  });

  test('a checkpoint may be gone on with in its place', async () => {
    const again = ['--out', at('again'), '--checkpoint', checkpoint, '--resume', at('link to checkpoint')];
    expect(await run([...train, ...again])).toMatchObject({ code: 0 });
  });

  test.each(['train', 'evaluate', 'predict'])('standard output of %s', (command) => {
    copyFileSync(data, at('grown.jsonl'));
    const grown = ['--data', at('grown.jsonl')];
    const args =
      command === 'train'
        ? ['train', 'many-to-one', ...grown, ...sizes, '--out', at('model')]
        : [command, at('first'), ...grown];
    const output = openSync(at('grown.jsonl'), 'a');
    const { status, stderr } = spawnSync(process.execPath, [main, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', output, 'pipe'],
    });
    closeSync(output);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(/--data names ".*", which standard output is written to/) as string,
    });
    expect(readFileSync(at('grown.jsonl')).equals(before)).toBe(true);
  });

  test.each(['--out', '--checkpoint'])('a pipe as %s is refused before anything is read', async (option) => {
    makePipe(at(`pipe of ${option}`));
    const out = option === '--out' ? [] : ['--out', at('model')];
    const nothing = ['train', 'many-to-one', '--data', at('nothing.jsonl'), ...sizes];
    const { code, stderr } = await run([...nothing, ...out, option, at(`pipe of ${option}`)]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('it is a pipe') as string });
  });
});
