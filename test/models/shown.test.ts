import { inspect } from 'node:util';
import { ManyToOne, Recurrent } from '../../lib/index';

const architecture = {
  cell: 'lstm',
  hidden: 3,
  input: { kind: 'tokens', embedding: 2 },
  output: { kind: 'classes' },
} as const;

test('a model is shown as what it is, without its insides', async () => {
  const model = new ManyToOne(architecture);
  const before = inspect(model);
  expect(before).toMatch(/^ManyToOne {/);
  for (const part of ["mode: 'many-to-one'", "kind: 'lstm'", 'hidden: 3', 'not known', 'trained: false']) {
    expect(before).toContain(part);
  }
  await model.fit(
    [
      { x: 'a b', y: 'p' },
      { x: 'c', y: 'q' },
    ],
    { epochs: 1 },
  );
  const after = inspect(model);
  expect(after).toContain(`parameters: ${model.parameterCount}`);
  expect(after).toContain('vocabulary: 5');
  expect(after).toContain('trained: true');
  expect(after).not.toMatch(/task|network|trainer|Map|\bknown\b/);
  expect(after.split('\n').length).toBeLessThan(40);
  expect(JSON.parse(JSON.stringify(model))).toEqual({
    mode: 'many-to-one',
    architecture: model.architecture,
    vocabulary: 5,
    parameters: model.parameterCount,
    trained: true,
  });
  model.dispose();
  expect(inspect(model)).toMatch(/^ManyToOne {.*disposed: true/s);
  expect(JSON.stringify(model)).toBe('{"mode":"many-to-one","disposed":true}');
});

test('so is the bare layer', () => {
  const layer = new Recurrent({ cell: 'gru', input: 2, hidden: 3 });
  expect(inspect(layer)).toMatch(/^Recurrent {.*kind: 'gru'.*hidden: 3/s);
  expect(JSON.parse(JSON.stringify(layer))).toMatchObject({
    cell: { kind: 'gru', reset: 'after' },
    input: 2,
    hidden: 3,
    layers: 1,
  });
  layer.dispose();
  expect(inspect(layer)).toContain('disposed: true');
  expect(JSON.stringify(layer)).toBe('{"disposed":true}');
});
