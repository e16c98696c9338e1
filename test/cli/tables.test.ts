import { join } from 'node:path';

import { loadModel, OneToMany, system, type ManyToOne } from '../../lib/index';
import { temporaryFolder } from '../temporary-folder';
import { lastLine, lines, run, writeLines, writeText, type Outcome } from './run';

// Each command is a process of its own.
jest.setTimeout(60_000);

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const out = at('model.safetensors');

function train(data: string, ...options: string[]): Promise<Outcome> {
  const small = ['--hidden', '4', '--epochs', '1', '--quiet'];
  return run(['train', 'many-to-one', '--data', data, '--out', out, ...small, ...options]);
}

const columns = ['--x', 'text', '--y', 'label'];

test('an empty label is an error with its line', async () => {
  const data = writeText(at('missing.csv'), 'text,label\ngreat phone,pos\n"",pos\nhate it,\n[1],neg\n');
  const { code, stderr } = await train(data, ...columns);
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('missing.csv:4, column "label": the cell is empty') as string,
  });
});

test.each([[['--input', 'words']], [[]]])(
  'a text that looks like JSON is a text with %j',
  async (options) => {
    const data = writeText(at('texts.csv'), 'text,label\ngreat phone,pos\n"",pos\n[1],[1]\n"[]",neg\n');
    expect(await train(data, ...columns, ...options)).toMatchObject({ code: 0, stderr: '' });
    const model = (await loadModel(out)) as ManyToOne<'classes'>;
    expect(model.labels).toEqual(['[1]', 'neg', 'pos']);
    expect(model.vocabulary!.has('[')).toBe(true);
    const { stdout } = await run(['predict', out, '--data', data, '--x', 'text']);
    expect(lines(stdout)[2]).toEqual(await model.predict('[1]'));
    expect(lines(stdout)[3]).toEqual(await model.predict('[]'));
  },
);

test('a model finds the columns of texts it was trained on', async () => {
  const data = writeText(at('kept.csv'), 'text,label\ngreat phone,pos\nhate it,neg\n');
  expect(await train(data, ...columns)).toMatchObject({ code: 0 });
  const model = (await loadModel(out)) as ManyToOne<'classes'>;
  expect(model.record!.options.table).toEqual({ x: 'text', y: 'label' });
  const other = writeText(at('other.csv'), 'x,y,label,text\nno,no,neg,hate it\nno,no,pos,great phone\n');
  const measured = await run(['evaluate', out, '--data', other, '--json']);
  const { seconds: _, ...metrics } = await model.evaluate([
    { x: 'hate it', y: 'neg' },
    { x: 'great phone', y: 'pos' },
  ]);
  expect(lastLine(measured.stdout)).toMatchObject(metrics);
  const predicted = await run(['predict', out, '--data', other]);
  expect(lines(predicted.stdout)[0]).toEqual(await model.predict('hate it'));
  // Others may be named, and a file without them says which are missing.
  const renamed = writeText(at('renamed.csv'), 'x,y\nhate it,neg\n');
  const named = await run(['evaluate', out, '--data', renamed, '--x', 'x', '--y', 'y', '--json']);
  expect(lastLine(named.stdout)).toMatchObject({ examples: 1 });
  const missing = await run(['evaluate', out, '--data', renamed]);
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('there is no column "text"')]);
  // Examples in lines have no columns, neither when they are learned from nor when they are measured.
  const jsonl = writeLines(at('lines.jsonl'), [
    { x: 'hate it', y: 'neg' },
    { x: 'great phone', y: 'pos' },
  ]);
  expect(await run(['evaluate', out, '--data', jsonl])).toMatchObject({ code: 0 });
  expect(await train(jsonl)).toMatchObject({ code: 0 });
  expect((await loadModel(out)).record!.options.table).toBeUndefined();
  expect(await run(['evaluate', out, '--data', renamed])).toMatchObject({ code: 0 });
});

test('columns of numbers are numbers, and it is said how they are taken', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i / 2},${i % 3},${i * 1.5}\n`).join('');
  const data = writeText(at('numbers.csv'), `size,stars,price\n${rows}`);
  const labels = await train(data, '--x', 'size', '--y', 'stars', '--valid', data);
  expect(labels.code).toBe(0);
  expect(labels.stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/"size" is numbers: each is read as a sequence of one step/),
    expect.stringMatching(/"stars" is numbers, 3 different whole ones: they are taken for classes/),
  ]);
  const classifier = (await loadModel(out)) as ManyToOne<'classes'>;
  expect(classifier.labels).toEqual(['0', '1', '2']);
  expect(classifier.architecture.input).toMatchObject({ kind: 'features', size: 1 });
  const predicted = await run(['predict', out, '--data', data, '--x', 'size']);
  expect(lines(predicted.stdout)[1]).toEqual(await classifier.predict([[0.5]]));
  const measured = await run(['evaluate', out, '--data', data, '--x', 'size', '--y', 'stars', '--json']);
  expect(lastLine(measured.stdout)).toMatchObject({ examples: 60, accuracy: expect.any(Number) as number });
  expect(measured.stderr).toBe('');

  const values = await train(data, '--x', 'size', '--y', 'price');
  expect(values.stderr).toMatch(/"price" is numbers: they are taken for values/);
  expect((await loadModel(out)).architecture).toMatchObject({ output: { kind: 'values', size: 1 } });

  const said = await train(data, '--x', 'size', '--y', 'price', '--input', 'words', '--output', 'classes');
  expect(said).toMatchObject({ code: 0, stderr: '' });
  expect((await loadModel(out)).labels).toContain('1.5');
});

test('what is no number in a column of numbers is an error with its line', async () => {
  const data = writeText(at('gaps.csv'), 'size,price\n1.5,2.5\nNA,3.5\n2.5,4.5\n');
  expect(await train(data, '--x', 'size', '--y', 'price')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('gaps.csv:3, column "size": expected a number') as string,
  });
});

test('a context of numbers is read from a table', async () => {
  const data = writeText(at('curves.csv'), 'start,name\n0.5,anna\n1.5,otto\n2.5,emma\n');
  const options = ['--x', 'start', '--y', 'name', '--context', 'values'];
  const small = ['--hidden', '4', '--epochs', '1', '--quiet'];
  expect(
    await run(['train', 'one-to-many', '--data', data, '--out', out, ...small, ...options]),
  ).toMatchObject({ code: 0, stderr: '' });
  const { code } = await run(['generate', out, '--context', '0.5', '--max-steps', '3']);
  expect(code).toBe(0);
});

test('keys that are passed over are told of once, in each file', async () => {
  const examples = [
    { id: 1, x: 'a', y: 'p' },
    { id: 2, x: 'b', y: 'n' },
  ];
  const data = writeLines(at('train.jsonl'), examples);
  const valid = writeLines(at('valid.jsonl'), examples);
  const { code, stderr } = await train(data, '--valid', valid);
  expect(code).toBe(0);
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/^bptt: .*train\.jsonl:1: the key "id" is passed over/),
    expect.stringMatching(/^bptt: .*valid\.jsonl:1: the key "id" is passed over/),
  ]);
  const predicted = await run(['predict', out, '--data', data]);
  expect(predicted.stderr).toMatch(/^bptt: .*train\.jsonl:1: the key "id" is passed over[^\n]*\n$/);
  expect(lines(predicted.stdout)).toHaveLength(2);
  const weighted = writeLines(at('weighted.jsonl'), [{ x: 'a', y: 'p', weight: 2 }]);
  expect(await train(weighted)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('weighted.jsonl:1: a "weight" is given') as string,
  });
});

test('more threads than processors: it is said what is done', async () => {
  const data = writeLines(at('few.jsonl'), [{ x: 'a', y: 'p' }]);
  await train(data);
  const threads = String(system.threads + 1);
  for (const command of ['evaluate', 'predict']) {
    const { code, stderr } = await run([command, out, '--data', data, '--threads', threads]);
    expect(code).toBe(0);
    expect(stderr).toContain(`--threads ${threads}: there are ${system.threads} processors`);
  }
});

test.each([
  ['--dropout', 'input=0.2=3'],
  ['--dropout', 'input=0.2,input=0.3'],
  ['--characters', 'hidden=3,hidden=4'],
  ['--teacher-forcing', 'from=1,from=0.5,to=0,epochs=3'],
  ['--optimizer', 'sgd,momentum= '],
  ['--optimizer', 'sgd,momentum=0.5,momentum=0.9'],
  ['--optimizer', 'sgd,kind=adam'],
])('%s %s is wrong usage', async (option, value) => {
  const mode = option === '--teacher-forcing' ? 'encoder-decoder' : 'many-to-one';
  const data = writeLines(at('any.jsonl'), [{ x: 'a', y: 'p' }]);
  const { code } = await run(['train', mode, '--data', data, '--out', out, option, value]);
  expect(code).toBe(2);
});

test('ids of a prompt are numbers', async () => {
  const model = new OneToMany({ cell: 'gru', hidden: 3, sequence: { kind: 'tokens' } });
  await model.fit([{ y: Int32Array.of(2, 3, 4) }], { epochs: 1 });
  await model.save(out);
  expect(await run(['generate', out, '--prompt', '[2,3]', '--max-steps', '2'])).toMatchObject({ code: 0 });
  for (const prompt of ['[null]', '["3"]', '[2.5]', '[true]']) {
    const { code, stderr } = await run(['generate', out, '--prompt', prompt, '--max-steps', '2']);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('option --prompt: expected indexes') as string,
    });
  }
});
