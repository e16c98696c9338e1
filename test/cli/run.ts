import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';

export const main = join(__dirname, '..', '..', 'dist', 'cli', 'main.js');

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts the built command line. */
export function start(
  args: readonly string[],
  nodeOptions: readonly string[] = [],
  env: Record<string, string> = {},
): ChildProcess {
  return spawn(process.execPath, [...nodeOptions, main, ...args], {
    stdio: 'pipe',
    env: { ...process.env, ...env },
  });
}

/** Runs it to its end. */
export async function run(args: readonly string[], input = ''): Promise<Outcome> {
  const child = start(args);
  child.stdin!.end(input);
  return outcome(child);
}

export async function outcome(child: ChildProcess): Promise<Outcome> {
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  return { code: await ended, stdout, stderr };
}

/** What the last line of the output says. */
export function lastLine(output: string): Record<string, unknown> {
  return JSON.parse(output.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;
}

export function lines(output: string): unknown[] {
  return output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

export function writeLines(path: string, examples: readonly unknown[]): string {
  writeText(path, examples.map((example) => `${JSON.stringify(example)}\n`).join(''));
  return path;
}

/** Compressed where the name says so. */
export function writeText(path: string, content: string): string {
  writeFileSync(path, path.endsWith('.gz') ? gzipSync(content) : content);
  return path;
}
