import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants, existsSync, promises } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { loadModel, ManyToMany } from '../../lib/index';
import { tags, tagsModel } from '../tasks';
import { temporaryFolder } from '../temporary-folder';
import { lastLine, lines, main, outcome, run, start, writeLines, writeText } from './run';

// Each command is a process of its own.
jest.setTimeout(60_000);

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const data = writeLines(at('tags.jsonl'), tags(300, 1));

function training(out: string, ...more: string[]): ChildProcess {
  const sizes = ['--hidden', '16', '--embedding', '8', '--threads', '1'];
  return start(['train', 'many-to-many', '--data', data, '--out', out, '--minutes', '5', ...sizes, ...more]);
}

function shown(child: ChildProcess, pattern: RegExp): Promise<void> {
  let text = '';
  return new Promise((resolve) => {
    child.stderr!.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (pattern.test(text)) resolve();
    });
  });
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)(
  'after %s the best so far is saved, the results are written, and the exit code is %i',
  async (signal, exitCode) => {
    const out = at(`best-${signal}.safetensors`);
    const child = training(out, '--valid', data, '--patience', '1000', '--json');
    const ended = outcome(child);
    await shown(child, /epoch 2 /);
    child.kill(signal);
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(exitCode);
    expect(stderr).toContain('the best so far will be saved');
    const { training: told, accuracy } = lastLine(stdout);
    expect(told).toMatchObject({ stoppedBy: 'signal' });
    const model = await loadModel(out);
    expect(model.record).toMatchObject({ stoppedBy: 'signal' });
    const { bestEpoch, epochs } = model.record!;
    expect(epochs[bestEpoch - 1]?.metrics?.['accuracy']).toBe(accuracy);
    expect((await model.evaluate(tags(300, 1))).accuracy).toBe(accuracy);
    expect(await run(['info', out])).toMatchObject({ code: 0 });
  },
);

test('a second one ends it at once, and nothing is saved', async () => {
  const out = at('never.safetensors');
  // One batch an epoch, which takes a second or so: the second signal comes before the first one has its effect.
  const child = training(out, '--hidden', '600', '--batch-size', '300');
  const ended = outcome(child);
  const stopping = shown(child, /stopping/);
  await shown(child, /epoch 1 /);
  child.kill('SIGINT');
  await stopping;
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: null, stdout: '' });
  expect(child.signalCode).toBe('SIGINT');
  expect(existsSync(out)).toBe(false);
});

test('a second one may be another one', async () => {
  const out = at('never.safetensors');
  const child = training(out, '--hidden', '600', '--batch-size', '300');
  const ended = outcome(child);
  const stopping = shown(child, /stopping/);
  await shown(child, /epoch 1 /);
  child.kill('SIGINT');
  await stopping;
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: null, stdout: '' });
  expect(child.signalCode).toBe('SIGTERM');
  expect(existsSync(out)).toBe(false);
});

describe('while data are read from a pipe that does not end', () => {
  const pipe = at('pipe.jsonl');
  const out = at('never.safetensors');
  const commands = [
    ['train', 'many-to-many', '--data', pipe, '--out', out],
    ['train', 'many-to-many', '--data', data, '--valid', pipe, '--out', out],
    ['train', 'one-to-many', '--data', pipe, '--out', out],
  ];

  beforeAll(() => {
    execFileSync('mkfifo', [pipe]);
  });

  test.each(commands)('%s %s %s %s %s', async (...command) => {
    const child = start(command);
    const ended = outcome(child);
    await shown(child, /reading pipe.jsonl/);
    // Some come, and then no more.
    const writer = await promises.open(pipe, constants.O_RDWR);
    await writer.write('{"x":["ant"],"y":["O"]}\n{"x":["ant"],"y":["O"]}\n');
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    await writer.close();
    expect({ code, stdout }).toEqual({ code: 143, stdout: '' });
    expect(stderr).toContain('bptt: stopping. Again to quit at once.');
    expect(stderr).toContain('interrupted before the training began; nothing was saved');
    expect(existsSync(out)).toBe(false);
  });

  test('where nobody writes at all', async () => {
    const child = start(commands[0]!);
    const ended = outcome(child);
    await shown(child, /reading pipe.jsonl/);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stdout: '' });
  });

  test('evaluate and predict', async () => {
    const model = at('reader.safetensors');
    const train = ['train', 'many-to-many', '--data', data, '--out', model, '--hidden', '4', '--epochs', '1'];
    expect(await run([...train, '--quiet'])).toMatchObject({ code: 0 });
    for (const command of ['evaluate', 'predict']) {
      const child = start([command, model, '--data', pipe]);
      const ended = outcome(child);
      // It listens from before it opens the data.
      const writer = await promises.open(pipe, 'w');
      child.kill('SIGHUP');
      expect([command, await ended]).toEqual([command, { code: 129, stdout: '', stderr: '' }]);
      await writer.close();
    }
  });
});

// Of util-linux: runs a command on a terminal, which is gone with it.
const withTerminal = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux')
  ? test
  : test.skip;

withTerminal('a terminal that is closed leaves a model, and the exit code of SIGHUP', async () => {
  const out = at('hung-up.safetensors');
  const code = at('code');
  const command = [process.execPath, main, 'train', 'many-to-many', '--data', data, '--out', out];
  const line = [...command, '--hidden', '16', '--minutes', '5'].map((word) => `'${word}'`).join(' ');
  // A shell that outlives its terminal tells the exit code; Node.js does not take over what it ignores.
  const shell = `(trap "" HUP; ${line}; echo $? > '${code}.new'; mv '${code}.new' '${code}') & wait`;
  const terminal = spawn('script', ['--quiet', '--flush', '--command', shell, '/dev/null']);
  let shown = '';
  await new Promise<void>((resolve) => {
    terminal.stdout.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
      if (shown.includes('epoch 2')) resolve();
    });
  });
  terminal.kill('SIGKILL');
  while (!existsSync(code)) await wait(50);
  expect(await promises.readFile(code, 'utf8')).toBe('129\n');
  expect((await loadModel(out)).record).toMatchObject({ stoppedBy: 'signal' });
});

test('the exit code stays that of the signal where nobody reads the results', async () => {
  const out = at('unread.safetensors');
  const child = training(out);
  const ended = once(child, 'close');
  await shown(child, /epoch 1 /);
  child.stdout!.destroy();
  child.kill('SIGTERM');
  expect(await ended).toEqual([143, null]);
  expect(existsSync(out)).toBe(true);
});

describe('a model that takes long', () => {
  const out = at('large.safetensors');
  const count = 3000;
  const examples = writeLines(
    at('long.jsonl'),
    Array.from({ length: count }, () => ({ x: new Array(100).fill('ant'), y: new Array(100).fill('O') })),
  );
  const serving = ['--batch-size', '4', '--threads', '1'];

  beforeAll(async () => {
    using model = new ManyToMany({ ...tagsModel, hidden: 400 });
    await model.fit(tags(4, 1), { epochs: 1 });
    await model.save(out);
  });

  test('evaluate ends in the middle of it', async () => {
    // Once a pipe has taken the whole file, there is nothing left to do but to evaluate.
    const pipe = at('examples.jsonl');
    execFileSync('mkfifo', [pipe]);
    const child = start(['evaluate', out, '--data', pipe, ...serving]);
    const ended = outcome(child);
    await promises.writeFile(pipe, await promises.readFile(examples));
    await wait(500);
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: 130, stdout: '', stderr: '' });
  });

  test('predict ends in the middle of it, behind whole lines', async () => {
    const child = start(['predict', out, '--data', examples, ...serving]);
    const ended = outcome(child);
    await new Promise((resolve) => child.stdout!.once('data', resolve));
    child.kill('SIGINT');
    const { stdout, ...rest } = await ended;
    expect(rest).toEqual({ code: 130, stderr: '' });
    expect(stdout).toMatch(/\}\n$/);
    expect(lines(stdout).length).toBeLessThan(count);
  });
});

test('generate ends too', async () => {
  const out = at('writer.safetensors');
  const poem = writeText(at('poem.txt'), 'row, row, row your boat, gently down the stream. '.repeat(20));
  const train = ['train', 'one-to-many', '--data', poem, '--out', out, '--hidden', '4', '--epochs', '1'];
  expect(await run([...train, '--quiet'])).toMatchObject({ code: 0 });
  const child = start(['generate', out, '--max-steps', '2000000000']);
  const ended = outcome(child);
  await new Promise((resolve) => child.stdout!.once('data', resolve));
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130, stderr: '' });
});

test('predict ends while it waits for inputs', async () => {
  const out = at('predict.safetensors');
  const train = ['train', 'many-to-many', '--data', data, '--out', out, '--hidden', '4', '--epochs', '1'];
  expect(await run([...train, '--quiet'])).toMatchObject({ code: 0 });
  const child = start(['predict', out]);
  const ended = outcome(child);
  const answer = new Promise((resolve) => child.stdout!.once('data', resolve));
  child.stdin!.write('["ant"]\n');
  await answer;
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130, stderr: '' });
});
