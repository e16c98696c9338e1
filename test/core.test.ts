import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { native } from '../lib/addon/native';

/** The tests of the C++ core, which know no Node.js: test/native/, built by npm run build:native-tests. */
const tests = join(__dirname, '..', 'build-tests', 'Release', 'bptt_core_tests');
const [best, ...others] = native().system().isas as [string, ...string[]];

/** What chooses the tests, and the instruction set and the products in bfloat16 that they use. */
async function pass(parts: string[], BPTT_ISA: string, BPTT_BFLOAT16?: string): Promise<void> {
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

test(`the tests of the core pass with ${best}`, () => pass([], best), 600_000);

// Tests of kernels go through all sets that can be used here by themselves; what stands above the layer calls them no otherwise with another one.
test.each(others)('those of layers pass with %s', (isa) => pass(['layer/'], isa), 600_000);

// What stands in for instructions that this processor may lack is compiled for every one.
test.each([
  ...native()
    .bfloat16Products()
    .slice(1)
    .map((products) => [best, products] as const),
  [others.at(-1) ?? best, 'plain_tiles'],
  [others.at(-1) ?? best, 'plain_dots'],
] as const)(
  'layers in bfloat16 pass with %s and %s',
  (isa, products) => pass(['layer/bfloat16'], isa, products),
  600_000,
);
