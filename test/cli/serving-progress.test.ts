import { evaluateWith } from '../../lib/models/sequence-model';
import { ManyToOne, OneToMany } from '../../lib/index';
import { ServingProgress } from '../../lib/cli/serving-progress';
import { firstWord, firstWordModel } from '../tasks';
import { screen } from './screen';

test('a terminal shows a bar, which is gone at the end', () => {
  const { stream, text } = screen(true);
  const progress = new ServingProgress(undefined, stream);
  progress.showReading('a/b.jsonl', 50, 100, 7);
  expect(text()).toMatch(/reading b\.jsonl \[=+-+\] 50% {2}7 examples/);
  progress.show('measuring', { step: 3, steps: 4, unit: 'examples' });
  expect(text()).toMatch(/measuring \[=+-+\] 75% {2}3 examples/);
  progress.end();
  expect(text().endsWith('\r\u001b[K')).toBe(true);
});

test('nothing is shown elsewhere, nor between results on the same terminal', () => {
  const file = screen(false);
  new ServingProgress(undefined, file.stream).show('measuring', { step: 1, steps: 2 });
  const terminal = screen(true);
  new ServingProgress(screen(true).stream, terminal.stream).show('predicting', { step: 1, steps: 2 });
  new ServingProgress(screen(false).stream, terminal.stream).end();
  expect([file.text(), terminal.text()]).toEqual(['', '']);
});

test('an evaluation tells how far it is, to its end', async () => {
  const model = new ManyToOne(firstWordModel);
  await model.fit(firstWord(20, 1), { epochs: 1 });
  const heard: [string, number, number][] = [];
  const data = firstWord(100, 2);
  const metrics = await evaluateWith(model, data, { batchSize: 10 }, (...event) => heard.push(event));
  expect(metrics).toEqual({
    ...(await model.evaluate(data, { batchSize: 10 })),
    seconds: expect.any(Number) as number,
  });
  expect(heard[0]).toEqual(['encoding', 0, 100]);
  const measured = heard.filter(([phase]) => phase === 'measuring');
  expect(measured.map(([, step]) => step)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  const writer = new OneToMany({ cell: 'gru', hidden: 2, sequence: { kind: 'tokens' } });
  await writer.fit('ab'.repeat(50), { epochs: 1 });
  await evaluateWith(writer, 'ab'.repeat(3000) as never, {}, (...event) => heard.push(event));
  expect(heard.at(-1)).toEqual(['measuring', 5999, 5999]);
});
