import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from './temporary-folder';

const script = join(__dirname, '..', 'scripts', 'check-prebuilds.mjs');
const folder = temporaryFolder();

/** Headers of an ELF file with one section of the type given, and the names of the symbol versions it imports. */
function elf(machine: number, sectionType: number, ...versions: string[]): Buffer {
  const bytes = Buffer.alloc(128);
  bytes.write('\x7fELF', 'latin1');
  bytes.writeUInt16LE(machine, 0x12);
  bytes.writeBigUInt64LE(64n, 0x28); // where the sections are described
  bytes.writeUInt16LE(64, 0x3a);
  bytes.writeUInt16LE(1, 0x3c);
  bytes.writeUInt32LE(sectionType, 64 + 4);
  return Buffer.concat([bytes, Buffer.from(versions.map((version) => `\0${version}\0`).join(''))]);
}

function pe(machine: number, symbols: number): Buffer {
  const bytes = Buffer.alloc(128);
  bytes.write('MZ', 'latin1');
  bytes.writeUInt32LE(64, 0x3c);
  bytes.write('PE\0\0', 64, 'latin1');
  bytes.writeUInt16LE(machine, 68);
  bytes.writeUInt32LE(symbols, 68 + 12);
  return bytes;
}

const [x64, arm64] = [62, 183];
const [strings, symbols] = [3, 2];

function check(files: Record<string, Buffer>, ...flags: string[]) {
  const prebuilds = mkdtempSync(join(folder, 'prebuilds-'));
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(prebuilds, path)), { recursive: true });
    writeFileSync(join(prebuilds, path), bytes);
  }
  const { status, stderr } = spawnSync(process.execPath, [script, prebuilds, ...flags], { encoding: 'utf8' });
  return { status, faults: stderr.split('\n').filter((line) => line !== '') };
}

const glibc = 'linux-x64/bptt.glibc.node';
const musl = 'linux-x64/bptt.musl.node';

test('binaries that may be published have no fault', () => {
  const files = {
    [glibc]: elf(x64, strings, 'GLIBC_2.2.5', 'GLIBC_2.28'),
    'linux-arm64/bptt.musl.node': elf(arm64, strings),
    'win32-x64/bptt.node': pe(0x8664, 0),
  };
  expect(check(files)).toEqual({ status: 0, faults: [] });
});

test.each([
  ['a newer glibc', glibc, elf(x64, strings, 'GLIBC_2.9', 'GLIBC_2.29'), 'needs glibc 2.29, newer than 2.28'],
  ['glibc where musl is', musl, elf(x64, strings, 'GLIBC_2.17'), 'needs glibc 2.17'],
  ['musl where glibc is', glibc, elf(x64, strings), 'needs no glibc'],
  ['another processor', musl, elf(arm64, strings), 'is for linux-arm64'],
  ['another system', 'win32-arm64/bptt.node', elf(arm64, strings), 'is for linux-arm64'],
  ['another processor of Windows', 'win32-x64/bptt.node', pe(0xaa64, 0), 'is for win32-arm64'],
  ['symbols', musl, elf(x64, symbols), 'is not stripped'],
  ['symbols on Windows', 'win32-x64/bptt.node', pe(0x8664, 7), 'is not stripped'],
  [
    'size',
    musl,
    Buffer.concat([elf(x64, strings), Buffer.alloc(2e6)]),
    'has 2000128 bytes, more than 2000000',
  ],
  ['something else', musl, Buffer.from('#!/bin/sh\n'), 'is for an unknown kind of file'],
])('the check finds %s', (_, path, bytes, fault) => {
  expect(check({ [path]: bytes })).toEqual({ status: 1, faults: [`${path} ${fault}`] });
});

test('no binary at all is a fault', () => {
  expect(check({})).toEqual({ status: 1, faults: [expect.stringContaining('holds no binary')] });
});

test('with --all it also finds what is missing', () => {
  const { status, faults } = check({ [musl]: elf(x64, strings) }, '--all');
  expect(status).toBe(1);
  expect(faults).toHaveLength(7);
  expect(faults).toContain('darwin-arm64/bptt.node is missing');
});
