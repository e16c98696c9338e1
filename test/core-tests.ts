import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';

/** The tests of the C++ core, which know no Node.js: test/native/, built by npm run build:native-tests. */
const tests = join(__dirname, '..', 'build-tests', 'Release', 'bptt_core_tests');

/** In milliseconds. */
export const longest = 600_000;

/** What chooses the tests, and the instruction set and the products in bfloat16 that they use. */
export async function pass(parts: string[], BPTT_ISA: string, BPTT_BFLOAT16?: string): Promise<void> {
  const child = spawn(tests, parts, {
    cwd: join(__dirname, '..'),
    env: { ...process.env, BPTT_ISA, ...(BPTT_BFLOAT16 === undefined ? {} : { BPTT_BFLOAT16 }) },
  });
  const ended = new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const passed = [...stdout.matchAll(/^ok /gm)].length;
  const tail = `${stdout}${stderr}`.split('\n').slice(-60).join('\n');
  expect({ status, some: passed > 0, tail: status === 0 ? '' : tail }).toEqual({
    status: 0,
    some: true,
    tail: '',
  });
}
