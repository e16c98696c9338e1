// What makes a finished binary unfit for publication, read from its bytes alone, so that any machine can tell of any.
import { glibcFloor } from './prebuild-targets.mjs';

const largest = 2e6;

/** Platform and processor of a binary by its own header, and whether it still holds symbols for a debugger. */
function describe(bytes) {
  const processors = {
    linux: { 62: 'x64', 183: 'arm64' },
    win32: { 0x8664: 'x64', 0xaa64: 'arm64' },
    darwin: { 0x01000007: 'x64', 0x0100000c: 'arm64' },
  };
  const known = (platform, machine, symbols) => ({
    place: `${platform}-${processors[platform][machine] ?? `machine ${machine}`}`,
    symbols,
  });
  if (bytes.toString('latin1', 0, 4) === '\x7fELF') {
    const sections = Number(bytes.readBigUInt64LE(0x28));
    const [size, count] = [bytes.readUInt16LE(0x3a), bytes.readUInt16LE(0x3c)];
    const types = Array.from({ length: count }, (_, i) => bytes.readUInt32LE(sections + i * size + 4));
    return known('linux', bytes.readUInt16LE(0x12), types.includes(2)); // SHT_SYMTAB
  }
  if (bytes.toString('latin1', 0, 2) === 'MZ') {
    const header = bytes.readUInt32LE(0x3c) + 4;
    return known('win32', bytes.readUInt16LE(header), bytes.readUInt32LE(header + 12) > 0);
  }
  // What strip leaves in a Mach-O file is not told from what it takes by one number.
  if (bytes.readUInt32LE(0) === 0xfeedfacf) return known('darwin', bytes.readUInt32LE(4), false);
  return { place: 'an unknown kind of file', symbols: false };
}

const minor = (version) => Number(version.split('.')[1]);

/** The newest glibc that any imported symbol asks for, as in '2.28'; undefined for a binary that asks for none. */
export function glibcNeeded(bytes) {
  const versions = bytes.toString('latin1').matchAll(/\bGLIBC_2\.(\d+)/g);
  const newest = Math.max(...Array.from(versions, ([, minor]) => Number(minor)));
  return newest === -Infinity ? undefined : `2.${newest}`;
}

/**
 * What is wrong with `bytes` as prebuilds/`path`: predicates; none if nothing is.
 * `anyGlibc`: the binary is for machines like this one, and may need a newer glibc than those that are published.
 */
export function faultsOf(path, bytes, { anyGlibc = false } = {}) {
  const faults = [];
  const { place, symbols } = describe(bytes);
  if (place !== path.split('/')[0]) faults.push(`is for ${place}`);
  if (symbols) faults.push('is not stripped');
  if (bytes.length > largest) faults.push(`has ${bytes.length} bytes, more than ${largest}`);
  const glibc = glibcNeeded(bytes);
  if (path.endsWith('.musl.node') && glibc !== undefined) faults.push(`needs glibc ${glibc}`);
  if (path.endsWith('.glibc.node')) {
    if (glibc === undefined) faults.push('needs no glibc');
    else if (!anyGlibc && minor(glibc) > minor(glibcFloor)) {
      faults.push(`needs glibc ${glibc}, newer than ${glibcFloor}`);
    }
  }
  return faults;
}
