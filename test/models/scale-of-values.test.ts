import { join } from 'node:path';

import { EncoderDecoder, loadModel, ManyToMany, ManyToOne, OneToMany } from '../../lib/index';
import { readModelFile, writeModelFile } from '../../lib/model-file/model-file';
import { failure, rejection } from '../data/failure';
import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();

/** Costs of seven days: 40 and 3 for each piece. */
function week(index: number): { x: number[][]; total: number } {
  const x = Array.from({ length: 7 }, (_, day) => [(index * 7 + day * 3 + ((index * day) % 5)) % 20]);
  return { x, total: 40 + 3 * x.reduce((sum, [pieces]) => sum + pieces!, 0) };
}

const weeks = Array.from({ length: 200 }, (_, index) => week(index));
const variance = varianceOf(weeks.map(({ total }) => total));

function varianceOf(numbers: readonly number[]): number {
  const mean = numbers.reduce((sum, number) => sum + number) / numbers.length;
  return numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0) / numbers.length;
}

const sizes = { cell: 'lstm', hidden: 16, input: { kind: 'features' }, output: { kind: 'values' } } as const;
const training = { epochs: 40, optimizer: { kind: 'adam', learningRate: 0.01 } } as const;

describe('large values are learned without any option', () => {
  const far = { shown: 0.1 * variance, scaled: 0.1 };

  test('one of each sequence, beside one that never changes', async () => {
    using model = new ManyToOne<'values'>(sizes);
    const data = weeks.map(({ x, total }) => ({ x, y: [total, 1e6] }));
    await model.fit(data, training);
    const { loss, mse, mae, rmse, scaledMse, perOutput } = await model.evaluate(data);
    const [cost, constant] = perOutput!;
    expect(cost!.mse).toBeLessThan(far.shown);
    expect(constant!.rmse).toBeLessThan(1);
    expect(scaledMse).toBeLessThan(far.scaled);
    expect(loss).toBeCloseTo(scaledMse!, 6);
    expect(mse).toBeCloseTo((cost!.mse + constant!.mse) / 2, 8);
    expect(rmse).toBe(Math.sqrt(mse!));
    const predictions = await model.predictMany(data.map(({ x }) => x));
    const errors = predictions.map(({ values }, i) => values.map((value, o) => value - data[i]!.y[o]!));
    expect(mse).toBeCloseTo(mean(errors.flat().map((error) => error ** 2)), 2);
    expect(mae).toBeCloseTo(mean(errors.flat().map(Math.abs)), 3);
    expect(model.architecture.output).toEqual({ kind: 'values', normalize: true });
  });

  test('one of each step', async () => {
    using model = new ManyToMany<'values'>(sizes);
    const data = weeks.map(({ x }) => ({ x, y: x.map((_, day) => [1000 * (day + x[day]![0]!)]) }));
    await model.fit(data, training);
    const { scaledMse } = await model.evaluate(data);
    expect(scaledMse).toBeLessThan(far.scaled);
  });

  test('rows of any number', async () => {
    using model = new EncoderDecoder<'values'>(sizes);
    const data = weeks.map(({ x, total }) => ({ x, y: [[total], [2 * total]] }));
    await model.fit(data, training);
    const metrics = await model.evaluate(data);
    expect(metrics.scaledMse).toBeLessThan(far.scaled);
    const predictions = await model.predictMany(data.map(({ x }) => x));
    const errors = predictions.flatMap(({ y }, i) => y.map(([value], row) => value! - data[i]!.y[row]![0]!));
    expect(metrics.mse).toBeCloseTo(mean(errors.map((error) => error ** 2)), 2);
  });

  test('the next row of a sequence', async () => {
    using model = new OneToMany<'features'>({ cell: 'lstm', hidden: 16, sequence: { kind: 'features' } });
    const data = weeks.map((_, i) => ({
      y: Array.from({ length: 20 }, (_unused, t) => [5000 + 900 * Math.sin(i + t)]),
    }));
    await model.fit(data, training);
    const metrics = await model.evaluate(data);
    expect(metrics.scaledMse).toBeLessThan(far.scaled);
    expect(metrics.rmse! / Math.sqrt(metrics.scaledMse!)).toBeCloseTo(900 / Math.SQRT2, -1);
  });
});

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

test('as they are, with z-scores in the metrics alone', async () => {
  using model = new ManyToOne<'values'>({ ...sizes, output: { kind: 'values', normalize: false } });
  const data = weeks.map(({ x, total }) => ({ x, y: [total / 100] }));
  await model.fit(data, training);
  const { loss, mse, scaledMse } = await model.evaluate(data);
  expect(loss).toBeCloseTo(mse! / 2, 6);
  expect(scaledMse! * (variance / 1e4)).toBeCloseTo(mse!, 8);
});

describe('what was written when values were learned as they are by default', () => {
  const data = weeks.slice(0, 40).map(({ x, total }) => ({ x, y: [total / 100] }));
  const raw = { ...sizes, output: { kind: 'values', normalize: false } } as const;
  const few = { epochs: 2, batchSize: 8 };

  /** A file as it was written then. */
  async function earlier(path: string): Promise<string> {
    const { architecture, output, ...file } = await readModelFile(path);
    const { measured: _measured, ...learned } = output as Record<string, unknown>;
    const changed = { ...(architecture as object), output: { kind: 'values' } };
    await writeModelFile(path, { ...file, architecture: changed, output: learned });
    return path;
  }

  async function parametersAfter(model: ManyToOne): Promise<unknown> {
    await model.fit(data, few);
    return model.parameters();
  }

  test('a model goes on learning them so', async () => {
    using model = new ManyToOne<'values'>(raw);
    await model.fit(data, few);
    const path = join(folder, 'raw.safetensors');
    await model.save(path);
    using loaded = (await loadModel(await earlier(path))) as ManyToOne<'values'>;
    expect(loaded.architecture.output).toEqual({ kind: 'values', normalize: false });
    expect(await loaded.predict(data[0]!.x)).toEqual(await model.predict(data[0]!.x));
    const { mse, loss, scaledMse } = await loaded.evaluate(data);
    expect(loss).toBeCloseTo(mse! / 2, 6);
    expect(scaledMse).toBeUndefined();
    expect(await parametersAfter(loaded)).toEqual(await parametersAfter(model));
    await loaded.save(path);
    using again = (await loadModel(path)) as ManyToOne<'values'>;
    expect(again.architecture.output).toEqual({ kind: 'values', normalize: false });
  });

  test('a model that was never trained begins so', async () => {
    const known = { input: { kind: 'features', size: 1 }, output: { kind: 'values', size: 1 } } as const;
    using model = new ManyToOne<'values'>({ ...sizes, ...known });
    const path = join(folder, 'new.safetensors');
    await model.save(path);
    using same = (await loadModel(path)) as ManyToOne<'values'>;
    expect(same.architecture.output).toEqual({ ...known.output, normalize: true });
    using loaded = (await loadModel(await earlier(path))) as ManyToOne<'values'>;
    await loaded.fit(data, few);
    using expected = new ManyToOne<'values'>(raw);
    await expected.fit(data, few);
    expect(await loaded.predict(data[0]!.x)).toEqual(await expected.predict(data[0]!.x));
  });

  test('a training goes on so, unless somebody asks for another scale', async () => {
    const path = join(folder, 'checkpoint.safetensors');
    using model = new ManyToOne<'values'>(raw);
    await model.fit(data, { ...few, checkpoint: { path } });
    await earlier(path);
    using whole = new ManyToOne<'values'>(raw);
    await whole.fit(data, { ...few, epochs: 3 });
    for (const output of [sizes.output, raw.output]) {
      using resumed = new ManyToOne<'values'>({ ...sizes, output });
      await resumed.fit(data, { ...few, epochs: 3, resume: path });
      expect(resumed.parameters()).toEqual(whole.parameters());
      expect(resumed.architecture.output).toEqual({ kind: 'values', normalize: false });
    }
    using other = new ManyToOne<'values'>({ ...sizes, output: { kind: 'values', normalize: true } });
    expect(await rejection(other.fit(data, { ...few, epochs: 3, resume: path }))).toEqual(
      failure('ERR_OPTION', '"output.normalize" must be false'),
    );
  });

  test('a new one that was told so is not gone on with by a model that was not', async () => {
    const path = join(folder, 'told.safetensors');
    using model = new ManyToOne<'values'>(raw);
    await model.fit(data, { ...few, checkpoint: { path } });
    using open = new ManyToOne<'values'>(sizes);
    expect(await rejection(open.fit(data, { ...few, epochs: 3, resume: path }))).toEqual(
      failure('ERR_OPTION', '"output.normalize" must be false'),
    );
  });
});
