import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { encodeTensors, readTensors } from '../../lib/files/safetensors';
import { loadModel, OneToMany, type SequenceExample } from '../../lib/index';
import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();
const path = join(folder, 'model.safetensors');

const data: SequenceExample[] = [
  { x: 'up', y: 'abc' },
  { x: 'down', y: 'cba' },
];

let metadata: Map<string, string>;
let tensors: Awaited<ReturnType<typeof readTensors>>['tensors'];

beforeAll(async () => {
  using model = new OneToMany({
    cell: 'lstm',
    hidden: 4,
    context: 'class',
    sequence: { kind: 'tokens', embedding: 3 },
  });
  await model.fit(data, { epochs: 1 });
  await model.save(path);
  const file = await readTensors(path);
  metadata = new Map(file.metadata);
  tensors = file.tensors;
});

test('its parts say what the model learned', () => {
  expect(metadata.get('mode')).toBe('one-to-many');
  expect(JSON.parse(metadata.get('output')!)).toEqual({
    kind: 'next',
    endless: false,
    context: { kind: 'class', classes: ['down', 'up'] },
  });
  expect(JSON.parse(metadata.get('input')!)).toMatchObject({ kind: 'tokens', tokenizer: 'characters' });
  expect(JSON.parse(metadata.get('architecture')!)).toMatchObject({
    bidirectional: false,
    context: 'class',
    sequence: { kind: 'tokens', tokenizer: 'characters', embedding: 3 },
  });
  expect([...tensors.keys()]).toEqual([
    'embedding.weight',
    'recurrent.weight_ih_l0',
    'recurrent.weight_hh_l0',
    'recurrent.bias_l0',
    'context.weight',
    'context.bias',
    'output.weight',
    'output.bias',
  ]);
});

type Json = Record<string, unknown>;

test.each<[string, string, (json: Json) => unknown]>([
  [
    'a class too many',
    'output',
    (json) => ({ ...json, context: { kind: 'class', classes: ['a', 'b', 'c'] } }),
  ],
  ['no class', 'output', (json) => ({ ...json, context: { kind: 'class', classes: [] } })],
  ['a class twice', 'output', (json) => ({ ...json, context: { kind: 'class', classes: ['a', 'a'] } })],
  [
    'a context of values',
    'output',
    (json) => ({
      ...json,
      context: { kind: 'values', normalization: { mean: [0, 0], deviation: [1, 1] } },
    }),
  ],
  ['no context', 'output', ({ context: _, ...json }) => json],
  ['a context of a strange kind', 'output', (json) => ({ ...json, context: 'jazz' })],
  ['a text with a context', 'output', (json) => ({ ...json, endless: true })],
  ['nothing about its end', 'output', ({ endless: _, ...json }) => json],
  ['labels', 'output', () => ({ kind: 'classes', per: 'step', labels: ['a'] })],
  ['features', 'input', () => ({ kind: 'features', size: 5 })],
  ['a huge number of ids', 'input', () => ({ kind: 'tokens', ids: 2 ** 31 - 1 })],
  ['two directions', 'architecture', (json) => ({ ...json, bidirectional: true })],
  [
    'a window',
    'architecture',
    (json) => ({ ...json, sequence: { ...(json['sequence'] as Json), window: 1 } }),
  ],
  ['an input and an output', 'architecture', ({ sequence, ...json }) => ({ ...json, input: sequence })],
  ['a record with a window of none', 'training', (json) => ({ ...json, options: { tbptt: 0 } })],
])('a file is refused with %s', async (_, key, change) => {
  const json = JSON.parse(metadata.get(key)!) as Json;
  const changed = new Map([...metadata, [key, JSON.stringify(change(json))]]);
  const other = join(folder, 'other.safetensors');
  writeFileSync(other, Buffer.concat(encodeTensors({ tensors, metadata: changed })));
  await expect(loadModel(other)).rejects.toMatchObject({ code: 'ERR_FORMAT' });
});
