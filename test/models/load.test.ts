import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ManyToMany, ManyToOne, OneToMany } from '../../lib/index';
import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();
const one = join(folder, 'one.safetensors');
const many = join(folder, 'many.safetensors');
const writer = join(folder, 'writer.safetensors');
const stack = { cell: 'gru', hidden: 2, input: { kind: 'features', size: 1 } } as const;

beforeAll(async () => {
  await new ManyToOne({ ...stack, output: { kind: 'values', size: 1 } }).save(one);
  await new ManyToMany({
    ...stack,
    output: { kind: 'classes', labels: ['a', 'b'] },
    alignment: 'ctc',
  }).save(many);
  const model = new OneToMany({ cell: 'gru', hidden: 2, sequence: { kind: 'tokens' } });
  await model.fit([{ y: 'ab' }], { epochs: 1 });
  await model.save(writer);
});

test('what a caller expects of a saved model is checked when it is loaded', async () => {
  expect((await ManyToOne.load(one, { output: 'values' })).mode).toBe('many-to-one');
  expect((await ManyToMany.load(many, { output: 'classes', alignment: 'ctc' })).mode).toBe('many-to-many');
  expect((await OneToMany.load(writer, { sequence: 'tokens' })).mode).toBe('one-to-many');
  expect(await rejection(ManyToOne.load(one, { output: 'classes' }))).toEqual({
    code: 'ERR_FORMAT',
    message: `"${one}" holds a model with output "values"; expected "classes".`,
  });
  expect(await rejection(ManyToMany.load(many, { alignment: 'steps' }))).toMatchObject({
    code: 'ERR_FORMAT',
    message: expect.stringContaining('alignment "ctc"; expected "steps"'),
  });
  expect(await rejection(OneToMany.load(writer, { sequence: 'features' }))).toMatchObject({
    code: 'ERR_FORMAT',
    message: expect.stringContaining('sequence "tokens"; expected "features"'),
  });
});

test('an expectation that no model can meet is refused before the file is read', async () => {
  expect(await rejection(ManyToOne.load('nowhere', { output: 'klasses' as never }))).toMatchObject({
    code: 'ERR_OPTION',
  });
  expect(await rejection(ManyToOne.load('nowhere', { kind: 'classes' } as never))).toMatchObject({
    code: 'ERR_OPTION',
  });
});

test('what names no file is said to be none', async () => {
  for (const [path, message] of [
    [new Uint8Array(3), /expected the path of a file.*found a Uint8Array of 3/],
    [new ArrayBuffer(3), /expected the path of a file.*found an object/],
    ['https://example.org/m', /"https:\/\/example.org\/m" is the text of a URL/],
    [pathToFileURL(one).href, /is the text of a URL; expected the path/],
    [new URL('https://example.org/m'), /Could not read/],
  ] as const) {
    expect(await rejection(ManyToOne.load(path as never))).toEqual({
      code: 'ERR_IO',
      message: expect.stringMatching(message),
    });
  }
  expect((await ManyToOne.load(pathToFileURL(one) as never)).mode).toBe('many-to-one');
});

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    ({ code, message }: { code: string; message: string }) => ({ code, message }),
  );
}
