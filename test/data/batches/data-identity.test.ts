import { identityOf } from '../../../lib/data/batches/data-identity';
import type { EncodedExample } from '../../../lib/data/encoded';

const ids = (...values: number[]): Int32Array => Int32Array.from(values);
const of = (tokens: Int32Array, target?: EncodedExample['target']): EncodedExample => ({
  input: { length: tokens.length, tokens },
  ...(target && { target }),
});

test('counts the examples and their steps, and is the same for the same data', async () => {
  const data = (): EncodedExample[] => [of(ids(2, 3), { classes: ids(1) }), of(ids(4), { classes: ids(0) })];
  const identity = await identityOf(data());
  expect(identity).toMatchObject({ examples: 2, steps: 3 });
  expect(identity.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(await identityOf(data())).toEqual(identity);
});

test('everything that an example holds has a part in it, and where it ends', async () => {
  const long = new Float32Array(100_000);
  const changed = long.slice();
  changed[99_999] = 1;
  const text = new Int32Array(200_000);
  const other = text.slice();
  other[199_999] = 1;
  const different: EncodedExample[][] = [
    [],
    [of(ids())],
    [of(ids(2, 3))],
    [of(ids(3, 2))],
    [of(ids(2)), of(ids(3))],
    [of(ids(2, 3), { classes: ids(1) })],
    [of(ids(2, 3), { classes: ids(1), truth: ['ant'] })],
    [of(ids(2, 3), { classes: ids(1), truth: ['an', 't'] })],
    [of(ids(2, 3), { classes: ids(1), references: [['ant']] })],
    [of(ids(2, 3), { classes: ids(1), references: [['ant'], []] })],
    [of(ids(2, 3), { classes: ids(1), steps: 1 })],
    [of(ids(2, 3), { values: Float32Array.of(1) })],
    [of(ids(2, 3), { active: ids(1), activeCounts: ids(1) })],
    [{ input: { length: 1, features: long } }],
    [{ input: { length: 1, features: changed } }],
    [{ input: { length: 2, active: ids(1), activeCounts: ids(1, 0) } }],
    [{ input: { length: 2, active: ids(1), activeCounts: ids(0, 1) } }],
    [{ ...of(ids(2)), context: 1 }],
    [{ ...of(ids(2)), context: Float32Array.of(1, 2) }],
    [{ input: { length: 199_999 }, text }],
    [{ input: { length: 199_999 }, text: other }],
  ];
  const hashes = await Promise.all(different.map(async (data) => (await identityOf(data)).sha256));
  expect(new Set(hashes).size).toBe(different.length);
});
