import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/*
 * The addon holds code for several instruction sets and has to run on processors that know the first one only.
 * What endangers this: an inline function (of the standard library, of Eigen) that several objects hold and of which
 * the linker keeps one, perhaps the one for the newest processors. So every instruction of the finished file is looked
 * at: beyond the baseline is allowed only in functions that belong by name to that instruction set.
 */
const addon = join(__dirname, '..', 'build', 'Release', 'bptt.node');

const avx512Names = /7kernels(6avx512|10avx512bf16|3amx)|Eigen_(avx512|avx512bf16|amx)/;
const avx2Names = /7kernels4avx2|10Eigen_avx2/;
const avx512 = /%zmm|%[xyz]mm(1[6-9]|2\d|3[01])|%k[0-7]\b/;
const avx2 = /^v|%ymm/;
// Their bytes are other instructions to an older processor, or none. (tzcnt is left out: it runs as bsf, which is
// how compilers use it.)
const bmi = /^(andn|bextr|blsi|blsmsk|blsr|bzhi|lzcnt|movbe|mulx|pdep|pext|rorx|sarx|shlx|shrx)[lqw]?\s/;

const objdump = spawnSync('objdump', ['--version']).status === 0;
const reason =
  process.arch !== 'x64'
    ? ` (skipped: ${process.arch} has one instruction set)`
    : objdump
      ? ''
      : ' (skipped: objdump of binutils is not installed)';
const check = reason === '' ? test : test.skip;

/** Functions that use instructions their names do not allow, each with the first of them. */
async function offenders() {
  const found = new Map<string, string>();
  const names = new Set<string>();
  const disassembler = spawn('objdump', ['-d', '--no-show-raw-insn', '-w', addon], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let name = '(before the first symbol)';
  let level = 0;
  for await (const line of createInterface({ input: disassembler.stdout })) {
    const head = /^[0-9a-f]+ <(.+)>:$/.exec(line);
    if (head) {
      name = head[1] ?? '';
      names.add(name);
      level = avx512Names.test(name) ? 2 : avx2Names.test(name) ? 1 : 0;
      continue;
    }
    const instruction = line.split('\t')[1];
    if (instruction === undefined) continue;
    const needs = avx512.test(instruction) ? 2 : avx2.test(instruction) || bmi.test(instruction) ? 1 : 0;
    if (needs > level && !found.has(name)) found.set(name, instruction.trim());
  }
  return { found, names };
}

check(
  `no instruction beyond the baseline outside the kernels made for it${reason}`,
  async () => {
    const { found, names } = await offenders();
    // A stripped file would show nothing by name, and the test would mean nothing.
    expect([...names].filter((name) => avx512Names.test(name)).length).toBeGreaterThan(0);
    expect([...names].filter((name) => avx2Names.test(name)).length).toBeGreaterThan(0);
    expect(Object.fromEntries(found)).toEqual({});
  },
  120_000,
);

const nm = process.platform === 'linux' && spawnSync('nm', ['--version']).status === 0;
const checkSymbols = nm ? test : test.skip;

checkSymbols(
  `only what Node.js looks for is visible${nm ? '' : ' (skipped: needs Linux and nm of binutils)'}`,
  () => {
    const symbols = execFileSync('nm', ['-D', '--defined-only', '--format=posix', addon], {
      encoding: 'utf8',
    })
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0])
      .sort();
    expect(symbols).toEqual(['napi_register_module_v1', 'node_api_module_get_api_version_v1']);
  },
);

checkSymbols(`needs no C++ library of the system${nm ? '' : ' (skipped: needs Linux and binutils)'}`, () => {
  const needed = execFileSync('objdump', ['-p', addon], { encoding: 'utf8' }).match(/NEEDED\s+\S+/g) ?? [];
  expect(needed.length).toBeGreaterThan(0);
  expect(needed.filter((entry) => /stdc\+\+|libgcc/.test(entry))).toEqual([]);
});

const strip = process.platform === 'linux' && spawnSync('strip', ['--version']).status === 0;
const checkSize = strip ? test : test.skip;

checkSize(
  `stripped, it takes at most 2 MB${strip ? '' : ' (skipped: needs Linux and strip of binutils)'}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'bptt-size-'));
    try {
      const stripped = join(folder, 'bptt.node');
      execFileSync('strip', ['--strip-all', '-o', stripped, addon]);
      expect(statSync(stripped).size).toBeLessThanOrEqual(2e6);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
