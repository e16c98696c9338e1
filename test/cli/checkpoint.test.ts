import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { loadModel } from '../../lib/index';
import { Random } from '../../lib/support/random';
import { firstWord, tags } from '../tasks';
import { temporaryFolder } from '../temporary-folder';
import { outcome, run, start, writeLines, writeText } from './run';

/** Each command is killed so often. */
const kills = Number(process.env['BPTT_KILLS'] ?? 3);
// Long enough that most of them come before its end.
const epochs = String(Math.max(8, kills / 2));

// Each command is a process of its own.
jest.setTimeout(60_000 + 3000 * kills);

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const train = writeLines(at('train.jsonl'), tags(300, 1));
const valid = writeLines(at('valid.jsonl'), tags(30, 2));
const labels = writeLines(at('labels.jsonl'), firstWord(300, 1));
const text = writeText(at('song.txt'), 'row, row, row your boat, gently down the stream. '.repeat(60));

const sizes = ['--hidden', '16', '--embedding', '8', '--dropout', '0.2', '--quiet'];
const tagger = ['train', 'many-to-many', '--data', train, '--valid', valid, '--patience', '1000', ...sizes];

// Writing forces the disk, so that most of the time passes there: a kill at a random moment often comes in the middle of it.
const every = ['--checkpoint-steps', '1'];

const commands: [string, string[]][] = [
  ['a tagger', [...tagger, '--epochs', epochs, '--batch-size', '16', '--optimizer', 'adamw']],
  [
    'a text',
    [
      'train',
      'one-to-many',
      '--data',
      text,
      '--tbptt',
      '20',
      '--batch-size',
      '8',
      '--epochs',
      epochs,
      ...sizes,
    ],
  ],
];

/** Kills it at a random moment after its first checkpoint, unless it has ended by then. */
async function killed(args: string[], checkpoint: string, random: Random): Promise<boolean> {
  const before = existsSync(checkpoint) ? statSync(checkpoint).mtimeMs : 0;
  const child = start(args);
  const ended = outcome(child);
  const wait = (ms: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, ms));
  const written = (): boolean => existsSync(checkpoint) && statSync(checkpoint).mtimeMs > before;
  while (!written() && child.exitCode === null) await wait(2);
  await wait(random.below(60));
  child.kill('SIGKILL');
  return (await ended).code === null;
}

function shown(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve) => {
    child.stderr!.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes(text)) resolve();
    });
  });
}

test.each(commands)('%s killed at any moment goes on to the same bytes', async (name, command) => {
  const whole = at(`${name}.safetensors`);
  expect(await run([...command, '--threads', '1', '--out', whole])).toMatchObject({ code: 0 });
  const [out, checkpoint] = [at(`${name} again.safetensors`), at(`${name}.ckpt`)];
  const again = [
    ...command,
    '--threads',
    '2',
    '--out',
    out,
    '--checkpoint',
    checkpoint,
    '--resume',
    ...every,
  ];
  const random = new Random(kills);
  let survived = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    if (await killed(again, checkpoint, random)) survived += 1;
    // Whatever it was doing: the checkpoint is whole, and a model.
    await loadModel(checkpoint);
  }
  expect(survived).toBeGreaterThan(0);
  expect(await run(again)).toMatchObject({ code: 0 });
  expect(readFileSync(out).equals(readFileSync(whole))).toBe(true);
});

test('Ctrl-C leaves a checkpoint to go on from, and a model', async () => {
  const command = [...tagger, '--epochs', '50'].filter((arg) => arg !== '--quiet');
  const whole = at('whole.safetensors');
  expect(await run([...command, '--out', whole])).toMatchObject({ code: 0 });
  const [out, checkpoint] = [at('interrupted.safetensors'), at('interrupted.ckpt')];
  const child = start([...command, '--out', out, '--checkpoint', checkpoint]);
  const ended = outcome(child);
  await shown(child, 'epoch 2/');
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
  expect((await loadModel(out)).record).toMatchObject({ stoppedBy: 'signal' });
  const info = await run(['info', checkpoint]);
  expect(info.stdout).toContain('not over: a checkpoint');
  expect(await run([...command, '--out', out, '--resume', checkpoint])).toMatchObject({ code: 0 });
  expect(readFileSync(out).equals(readFileSync(whole))).toBe(true);
});

test('a checkpoint that can no longer be written ends it with exit code 1, and the best so far is saved', async () => {
  const [out, place] = [at('failed.safetensors'), at('place')];
  mkdirSync(place);
  const command = [...tagger, '--epochs', '1000'].filter((arg) => arg !== '--quiet');
  const child = start([...command, '--out', out, '--checkpoint', join(place, 'x')]);
  const ended = outcome(child);
  await shown(child, 'epoch 2/');
  // In one go: a write may be under way.
  renameSync(place, at('another place'));
  const { code, stderr } = await ended;
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/Could not write ".*x"/) as string,
  });
  expect((await loadModel(out)).record).toMatchObject({ stoppedBy: 'error' });
});

test('--resume without a file begins anew where there is no checkpoint yet, and says so', async () => {
  const checkpoint = at('later.ckpt');
  const command = ['train', 'many-to-one', '--data', labels, '--epochs', '1', '--hidden', '4'];
  const files = ['--out', at('later.safetensors'), '--checkpoint', checkpoint];
  const { code, stderr } = await run([...command, ...files, '--resume']);
  expect(code).toBe(0);
  expect(stderr).toContain(`there is no "${checkpoint}" yet; beginning anew`);
  expect(existsSync(checkpoint)).toBe(true);
  const again = await run([...command, ...files, '--resume']);
  expect(again).toMatchObject({ code: 0, stderr: '' });
  expect(again.stdout).toContain('all epochs done');
  expect(await run(['predict', checkpoint], '"ant bee"\n')).toMatchObject({ code: 0 });
});

test('what does not go together, or not with the checkpoint, is a wrong usage', async () => {
  const checkpoint = at('usage.ckpt');
  const command = ['train', 'many-to-one', '--data', labels, '--hidden', '4', '--quiet', '--epochs', '1'];
  const out = ['--out', at('usage.safetensors')];
  expect(await run([...command, ...out, '--checkpoint', checkpoint])).toMatchObject({ code: 0 });
  const cases: [string[], RegExp][] = [
    [[...out, '--checkpoint-steps', '3'], /--checkpoint-steps needs --checkpoint too/],
    [[...out, '--resume'], /--resume needs the file of a checkpoint/],
    [['--out', checkpoint, '--checkpoint', checkpoint], /two different files/],
    [[...out, '--resume', checkpoint, '--hidden', '5'], /"hidden" must be 4, as in the checkpoint/],
    [[...out, '--resume', checkpoint, '--batch-size', '5'], /"batchSize" must be 32/],
  ];
  for (const [more, message] of cases) {
    const { code, stderr } = await run([...command, ...more]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) as string });
  }
  const other = ['train', 'many-to-one', '--data', writeLines(at('other.jsonl'), firstWord(300, 9))];
  const { code, stderr } = await run([...other, '--hidden', '4', ...out, '--resume', checkpoint]);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/training data must be/) as string,
  });
  const nowhere = [...command, ...out, '--resume', at('nowhere.ckpt')];
  expect(await run(nowhere)).toMatchObject({ code: 1 });
});
