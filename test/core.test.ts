import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { native } from '../lib/addon/native';

/** The tests of the C++ core, which know no Node.js: test/native/, built by npm run build:native-tests. */
const tests = join(__dirname, '..', 'build-tests', 'Release', 'bptt_core_tests');

test.each(native().system().isas)(
  'the tests of the core pass with %s',
  (isa) => {
    const { status, signal, error, stdout, stderr } = spawnSync(tests, {
      cwd: join(__dirname, '..'),
      encoding: 'utf8',
      env: { ...process.env, BPTT_ISA: isa },
      maxBuffer: 2 ** 26,
    });
    const tail = `${stdout}${stderr}`.split('\n').slice(-60).join('\n');
    expect({ status, signal, error, tail: status === 0 ? '' : tail }).toEqual({
      status: 0,
      signal: null,
      error: undefined,
      tail: '',
    });
  },
  600_000,
);

// What stands in for instructions that this processor may lack is compiled for every one.
test.each([
  ...native()
    .bfloat16Products()
    .map((products) => [native().system().isa, products] as const),
  [native().system().isas.at(-1)!, 'plain_tiles'],
  [native().system().isas.at(-1)!, 'plain_dots'],
] as const)(
  'layers in bfloat16 pass with %s and %s',
  (isa, products) => {
    const { status, stdout, stderr } = spawnSync(tests, ['bfloat16'], {
      cwd: join(__dirname, '..'),
      encoding: 'utf8',
      env: { ...process.env, BPTT_ISA: isa, BPTT_BFLOAT16: products },
    });
    expect({ status, tail: status === 0 ? '' : `${stdout}${stderr}` }).toEqual({ status: 0, tail: '' });
  },
  600_000,
);
