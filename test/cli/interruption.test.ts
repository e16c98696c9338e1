import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { loadModel } from '../../lib/index';
import { tags } from '../tasks';
import { temporaryFolder } from '../temporary-folder';
import { lastLine, outcome, run, start, writeLines } from './run';

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

test('the best so far is saved, the results are written, and the exit code is 130', async () => {
  const out = at('best.safetensors');
  const child = training(out, '--valid', data, '--patience', '1000', '--json');
  const ended = outcome(child);
  await shown(child, /epoch 2 /);
  child.kill('SIGINT');
  const { code, stdout, stderr } = await ended;
  expect(code).toBe(130);
  expect(stderr).toContain('the best so far will be saved');
  const { training: told, accuracy } = lastLine(stdout);
  expect(told).toMatchObject({ stoppedBy: 'signal' });
  const model = await loadModel(out);
  expect(model.record).toMatchObject({ stoppedBy: 'signal' });
  const { bestEpoch, epochs } = model.record!;
  expect(epochs[bestEpoch - 1]?.metrics?.['accuracy']).toBe(accuracy);
  expect((await model.evaluate(tags(300, 1))).accuracy).toBe(accuracy);
  expect(await run(['info', out])).toMatchObject({ code: 0 });
});

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
  expect(await ended).toMatchObject({ code: 130, stdout: '' });
  expect(existsSync(out)).toBe(false);
});

test('predict ends too', async () => {
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
