import { OneToMany, Vocabulary } from '../../lib/index';
import { seedAfter } from '../../lib/support/seed';

const last = Number.MAX_SAFE_INTEGER;

test.each([
  [0, 0, 0],
  [1, 5, 6],
  [last, 0, last],
  [last - 1, 1, last],
  [last, 1, 0],
  [last, 3, 2],
  [last - 3, 10, 6],
  [last, last, last - 1],
])('%i and %i further on is %i', (seed, distance, expected) => {
  expect(seedAfter(seed, distance)).toBe(expected);
});

const written = (model: OneToMany, seed: number): Promise<string> =>
  model.generateMany([{}], { seed, maxSteps: 60 }).then(([one]) => one!.y.join(''));

test('the largest seed is a seed of its own', async () => {
  using model = new OneToMany({
    cell: 'gru',
    hidden: 4,
    sequence: { kind: 'tokens', vocabulary: Vocabulary.of([...'abcdefgh']) },
  });
  // A letter that seldom ends.
  model.setParameter('output.bias', Float32Array.of(-20, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  expect(await written(model, last)).not.toBe(await written(model, 0));
  const [, next] = await model.generateMany([{}, {}], { seed: last, maxSteps: 60 });
  expect(next!.y.join('')).toBe(await written(model, 0));
});

test('a model with the largest seed is trained with that seed', async () => {
  using model = new OneToMany({ cell: 'gru', hidden: 4, seed: last, sequence: { kind: 'tokens' } });
  await model.fit([{ y: 'ab' }], { epochs: 1 });
  expect(model.record!.seed).toBe(last);
  await model.fit([{ y: 'ab' }], { epochs: 1 });
  expect(model.record!.seed).toBe(0);
});
