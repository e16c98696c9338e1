import {
  collectExamples,
  FileExample,
  locate,
  type Example,
  type ExampleSource,
} from '../../lib/data/example';
import { failure, rejection } from './failure';

const examples: Example[] = [
  { x: 'a', y: 'b' },
  { x: ['c'], y: 'd', alternatives: ['e'] },
];

function* sync(): Generator<Example> {
  yield* examples;
}

async function* async(): AsyncGenerator<Example> {
  for (const example of examples) yield Promise.resolve(example);
}

test.each<[string, () => ExampleSource]>([
  ['an array', () => examples],
  ['an iterable', sync],
  ['an async iterable', async],
  ['a set', () => new Set(examples)],
])('collects %s', async (_, source) => {
  const collected = await collectExamples(source());
  expect(collected).toEqual(examples);
  expect(collected).not.toBe(examples);
});

test.each<[unknown, string]>([
  [[], 'There is no example in train.jsonl'],
  ['text', 'train.jsonl must be an array, an iterable or an async iterable of { x, y }; found "text"'],
  [null, 'found null'],
  [undefined, 'found nothing'],
  [{ x: 1, y: 2 }, 'found an object'],
  [[{ x: 'a', y: 'b' }, 'c'], 'Example 1 of train.jsonl: expected an object { x, y }, found "c"'],
  [[null], 'Example 0', 'found null'] as unknown as [unknown, string],
  [[['a', 'b']], 'found a list of 2'],
])('%j is no source of examples', async (source, message) => {
  expect(await rejection(collectExamples(source as ExampleSource, 'train.jsonl'))).toEqual(
    failure('ERR_DATA', message),
  );
});

test('an error of the source comes through', async () => {
  const reason = new Error('broken');
  function* broken(): Generator<Example> {
    yield* examples;
    throw reason;
  }
  expect(await rejection(collectExamples(broken()))).toBe(reason);
});

test('a timer is served while a slow iterable is collected', async () => {
  function* slow(): Generator<Example> {
    for (let i = 0; i < 2000; i++) {
      const end = performance.now() + 0.05;
      while (performance.now() < end);
      yield { x: 'a', y: 'b' };
    }
  }
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  expect(await collectExamples(slow())).toHaveLength(2000);
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(5);
});

test('examples are named by number, those of a file by line', () => {
  const name = locate([examples[0], new FileExample('valid.csv', 12, { x: 'a' })]);
  expect([name(0), name(1)]).toEqual(['example 0', 'valid.csv:12']);
});

test('an example of a file shows only what it holds', () => {
  expect(Object.keys(new FileExample('a.jsonl', 1, { y: 'b' }))).toEqual(['y']);
  expect(JSON.stringify(new FileExample('a.jsonl', 1, { x: 'a', y: 'b' }))).toBe('{"x":"a","y":"b"}');
});

test.each<[object, string]>([
  [{ x: 'a', y: 'b', id: 7 }, 'Example 1 of train: unknown key "id"; expected x, y, alternatives.'],
  [{ input: 'a', output: 'b' }, 'unknown key "input"'],
  [{ x: 'a', y: 'b', weight: 2 }, 'Example 1 of train: a "weight" is given'],
])('%j is refused', async (example, message) => {
  const source = [examples[0], example] as Example[];
  expect(await rejection(collectExamples(source, 'train'))).toEqual(failure('ERR_DATA', message));
});

test('a key that has no value says nothing', async () => {
  const example = { x: 'a', y: 'b', alternatives: undefined, id: undefined };
  expect(await collectExamples([example as never])).toEqual([example]);
});
