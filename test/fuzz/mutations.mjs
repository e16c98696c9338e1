// What can be wrong with a model file: bytes that are flipped, lost or put in, and a header that is sound JSON but lies.
// `random.below(n)` gives 0 … n − 1; the same random numbers give the same file.

/** The header as an object whose metadata are objects too where they are JSON, and the bytes of the tensors. */
export function open(bytes) {
  const end = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString('utf8', 8, end));
  for (const [key, text] of Object.entries(header.__metadata__)) {
    if (text.startsWith('{')) header.__metadata__[key] = JSON.parse(text);
  }
  return { header, data: bytes.subarray(end) };
}

/** A number that JSON can say and JavaScript cannot write: see `written`. */
const raw = (number) => `@@${number}@@`;

const written = (value) => JSON.stringify(value).replaceAll(/"@@(.*?)@@"/g, '$1');

/** The reverse of `open`. */
export function close({ header, data }) {
  const sealed = { ...header };
  const { __metadata__: metadata } = header;
  if (typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata)) {
    sealed.__metadata__ = Object.fromEntries(
      Object.entries(metadata).map(([key, value]) => [
        key,
        typeof value === 'object' && value !== null ? written(value) : value,
      ]),
    );
  }
  const json = Buffer.from(written(sealed));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

const nested = (depth) => {
  let value = [];
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
};

const sizes = [
  ...[0, 1, 2, -1, 1.5, -0.5, 127, 255, 256, 65535, 65536, 2 ** 20, 2 ** 24],
  ...[2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 2 ** 64, 1e300, 5e-324],
  ...['1e999', '-1e999', '-0', '1E+2', '18446744073709551617'].map(raw),
];

/** Values at whose sight a careless reader takes too much memory, wraps around, divides by zero or throws. */
const evil = [
  ...sizes,
  ...['', '0', 'x', '__proto__', 'constructor', 'toString', '\0', '\ud800', '\u{1d11e}', 'a'.repeat(70_000)],
  ...[null, true, false, [], {}, [null], [[]], [-1], [0], [2 ** 53], [1, 1, 1], { kind: 'values' }],
  nested(500),
  Array.from({ length: 20_000 }, (_, i) => i),
  Array.from({ length: 20_000 }, () => 'same'),
];

/** Every place in a tree, as the object or array it is in and its key there. */
function places(tree, found = []) {
  for (const key of Object.keys(tree)) {
    found.push([tree, key]);
    if (typeof tree[key] === 'object' && tree[key] !== null) places(tree[key], found);
  }
  return found;
}

/** A number that a size, a count or a limit is read from, and that is now another one. */
function changeNumber({ header }, random) {
  const numbers = places(header).filter(
    ([parent, key]) => typeof parent[key] === 'number' && !Array.isArray(parent),
  );
  const [parent, key] = numbers[random.below(numbers.length)];
  parent[key] = sizes[random.below(sizes.length)];
}

/** The same where a checkpoint tells how far its training was; elsewhere anywhere. */
function changePosition({ header }, random) {
  changeNumber({ header: header.__metadata__.checkpoint ?? header }, random);
}

function changeTree({ header }, random) {
  const all = places(header);
  const pick = () => all[random.below(all.length)];
  const [parent, key] = pick();
  const [other, otherKey] = pick();
  const value = parent[key];
  switch (random.below(7)) {
    case 0:
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
      return;
    case 1:
      parent[key] = structuredClone(other[otherKey]);
      return;
    case 2:
      if (Array.isArray(parent)) parent.push(structuredClone(value));
      else parent[`${key}2`] = structuredClone(value);
      return;
    case 3:
      if (typeof value === 'number') {
        parent[key] = value + [1, -1, 4, -4, 2 ** 32, 2 ** 53][random.below(6)];
        return;
      }
    // falls through
    default:
      parent[key] = structuredClone(evil[random.below(evil.length)]);
  }
}

/** A tensor whose shape and offsets agree with each other and with the file, and with nothing else; or none. */
function changeTensor(file, random) {
  const names = Object.keys(file.header).filter((key) => key !== '__metadata__');
  const name = names[random.below(names.length)];
  const entry = file.header[name];
  const factor = [0, 2, 3][random.below(3)];
  const [begin, end] = entry.data_offsets;
  const numbers = ((end - begin) / 4) * factor;
  const grown = numbers * 4 - (end - begin);
  const longer = random.below(entry.shape.length);
  const resized = entry.shape.map((size, axis) => (axis === longer ? size * factor : size));
  entry.shape = [[numbers], [numbers, 1], [1, numbers], [numbers, 1, 1], resized][random.below(5)];
  if (factor === 0 && random.below(2) === 0) entry.shape.push(2 ** (10 * random.below(6)));
  for (const { data_offsets: offsets } of names.map((name) => file.header[name])) {
    if (offsets[0] >= end) offsets[0] += grown;
    if (offsets[1] >= end && offsets !== entry.data_offsets) offsets[1] += grown;
  }
  entry.data_offsets = [begin, end + grown];
  file.data = Buffer.concat([
    file.data.subarray(0, begin),
    Buffer.alloc(numbers * 4, 1),
    file.data.subarray(end),
  ]);
  if (factor === 0 && random.below(2) === 0) delete file.header[name];
}

const words = [0x7fc00000, 0xffc00001, 0x7f800000, 0xff800000, 0x7f7fffff, 1, 0x80000000];

/** NaN, infinities, the largest and the smallest numbers, at one place or at all. */
function changeWeights(file, random) {
  file.data = Buffer.from(file.data);
  const word = words[random.below(words.length)];
  const numbers = file.data.length / 4;
  if (random.below(2) === 0) file.data.writeUInt32LE(word, 4 * random.below(numbers));
  else for (let at = 0; at < numbers; at += 1) file.data.writeUInt32LE(word, 4 * at);
}

function changeBytes(bytes, random) {
  const changed = Buffer.from(bytes);
  const end = 8 + Number(bytes.readBigUInt64LE());
  const at = random.below(random.below(3) === 0 ? bytes.length : end);
  switch (random.below(6)) {
    case 0:
      return changed.subarray(0, at);
    case 1: {
      const length = 1 + random.below(16);
      return Buffer.concat([changed.subarray(0, at), changed.subarray(at + length)]);
    }
    case 2: {
      const from = random.below(bytes.length);
      const piece = bytes.subarray(from, from + 1 + random.below(64));
      return Buffer.concat([changed.subarray(0, at), piece, changed.subarray(at)]);
    }
    case 3:
      changed.writeBigUInt64LE(
        [0n, 1n, 7n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n][random.below(8)],
      );
      return changed;
    default:
      for (let flips = 1 + random.below(3); flips > 0; flips -= 1) {
        changed[random.below(2) === 0 ? at : random.below(end)] ^= 1 << random.below(8);
      }
      return changed;
  }
}

const changes = [changeTree, changeTree, changeNumber, changePosition, changeTensor, changeWeights];

/** A file that is wrong in one to three ways, or by chance in none. */
export function mutate(bytes, random) {
  if (random.below(4) === 0) return changeBytes(bytes, random);
  const file = open(bytes);
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    const change = changes[random.below(changes.length)];
    // Two changes may not go together: the file then stays as the first one left it.
    try {
      change(file, random);
    } catch {
      break;
    }
  }
  return close(file);
}

/** The file cut off at each place, and with each byte of its header changed; of all these every `stride`-th. */
export function* everyDamage(bytes, stride) {
  for (let size = 0; size < bytes.length; size += stride) yield bytes.subarray(0, size);
  const end = 8 + Number(bytes.readBigUInt64LE());
  for (let at = 0; at < end * 8; at += stride) {
    const changed = Buffer.from(bytes);
    changed[at >> 3] ^= 1 << (at & 7);
    yield changed;
  }
}
