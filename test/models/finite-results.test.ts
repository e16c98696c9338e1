import { FileExample } from '../../lib/data/example';
import {
  ManyToMany,
  ManyToOne,
  EncoderDecoder,
  OneToMany,
  type Example,
  type SequenceModel,
} from '../../lib/index';

/**
 * Results that float32 cannot hold are an error in every mode, which names what was asked for; what stands beside it is not
 * disturbed. The recurrence of these models grows by 1.3 a step, past 3.4e38 somewhere before step 600.
 */

const hidden = 8;
const growing = {
  cell: { kind: 'rnn', activation: 'relu' },
  hidden,
  input: { kind: 'features', size: 1, normalize: false },
} as const;
const classes = { kind: 'classes' as const, labels: ['a', 'b'] };
const values = { kind: 'values', size: 1 } as const;

const short = [[1], [1]];
const long = Array.from({ length: 600 }, () => [1]);

function grown<M extends SequenceModel>(model: M): M {
  const parameters = model.parameters();
  for (const [name, { data }] of Object.entries(parameters)) {
    if (/weight_(ih|hh)_l0$/.test(name)) {
      data.fill(name.includes('_ih_') ? 1 : 0);
      if (name.includes('_hh_')) for (let unit = 0; unit < hidden; unit += 1) data[unit * (hidden + 1)] = 1.3;
      model.setParameter(name, data);
    }
  }
  return model;
}

interface Case {
  model: SequenceModel;
  target: (steps: number) => unknown;
  options?: object;
  streams?: boolean;
}

const cases: Record<string, Case> = {
  'many-to-one, classes': {
    model: new ManyToOne({ ...growing, output: classes }),
    target: () => 'b',
    streams: true,
  },
  'many-to-one, values': {
    model: new ManyToOne({ ...growing, output: values }),
    target: () => [1],
    streams: true,
  },
  'many-to-many, classes': {
    model: new ManyToMany({ ...growing, output: classes }),
    target: (steps) => new Array<string>(steps).fill('a'),
    streams: true,
  },
  'many-to-many, values': {
    model: new ManyToMany({ ...growing, output: values }),
    target: (steps) => new Float32Array(steps),
    streams: true,
  },
  crf: {
    model: new ManyToMany({ ...growing, output: classes, crf: true }),
    target: (steps) => new Array<string>(steps).fill('a'),
  },
  ctc: { model: new ManyToMany({ ...growing, output: classes, alignment: 'ctc' }), target: () => ['a', 'b'] },
  'encoder-decoder, classes': {
    model: new EncoderDecoder({ ...growing, output: classes }),
    target: () => ['a'],
    options: { maxSteps: 3 },
  },
  'encoder-decoder, values': {
    model: new EncoderDecoder({ ...growing, output: values }),
    target: () => [[1]],
    options: { maxSteps: 3 },
  },
};

const nonFinite = (message: RegExp) => ({ code: 'ERR_NON_FINITE', message: expect.stringMatching(message) });

describe.each(Object.entries(cases))('%s', (_name, { model, target, options, streams }) => {
  grown(model);

  it('predicts what it can, and names what it cannot', async () => {
    const [first] = await model.predictMany([short], options);
    await expect(model.predict(long, options as never)).rejects.toMatchObject(
      nonFinite(/^the sequence: the network's outputs are not finite/),
    );
    await expect(model.predictMany([short, long, short], options as never)).rejects.toMatchObject(
      nonFinite(/^sequence 1: the network's outputs are not finite/),
    );
    expect(await model.predictMany([short], options as never)).toEqual([first]);
  });

  it('is not measured on what it cannot predict', async () => {
    const example = (x: number[][]) => ({ x, y: target(x.length) });
    await model.evaluate([example(short)] as never);
    await expect(model.evaluate([short, short, long].map(example) as never)).rejects.toMatchObject(
      nonFinite(/^example 2: the network's outputs are not finite/),
    );
  });

  if (streams === true)
    it('names the step of a stream', () => {
      const stream = (model as ManyToOne).stream();
      const first = stream.step([1]);
      let step = 1;
      const run = () => {
        for (; step < 600; step += 1) stream.step([1]);
      };
      expect(run).toThrow(expect.objectContaining({ code: 'ERR_NON_FINITE' }));
      expect(() => stream.step([1])).toThrow(new RegExp(`^step ${step}: the network's outputs`));
      stream.reset();
      expect(stream.step([1])).toEqual(first);
    });
});

const written = {
  tokens: { sequence: { kind: 'tokens' }, y: 'a', size: 3, active: 2, never: 0 },
  features: {
    sequence: { kind: 'features', size: 3, normalize: false },
    y: [[1, 2, 3]],
    size: 3,
    active: 0,
    never: 1,
  },
  multihot: { sequence: { kind: 'multihot', size: 3 }, y: [[0]], size: 4, active: 0, never: 3 },
} as const;

describe.each(Object.entries(written))('one-to-many, %s', (_kind, { sequence, y, size, active, never }) => {
  const model = new OneToMany({
    cell: growing.cell,
    hidden,
    context: 'values',
    sequence,
  } as never);
  const longest = { maxSteps: 600 };
  // As z-scores 1 and 0.
  const start = { context: [2] };
  const still = { context: [1] };

  beforeAll(async () => {
    await model.fit([0, 2].map((x) => ({ x: [x], y })) as never, { epochs: 1 });
    // States begin with the context, grow, and make the end ever less likely.
    grown(model);
    const parameters = model.parameters();
    for (const name of [
      'recurrent.weight_ih_l0',
      'recurrent.bias_l0',
      'context.bias',
      'output.weight',
      'output.bias',
    ]) {
      const { data } = parameters[name]!;
      data.fill(0);
      if (name === 'output.weight') {
        data.fill(1, active * hidden, (active + 1) * hidden);
        data.fill(-1, never * hidden, (never + 1) * hidden);
      }
      model.setParameter(name, data);
    }
    model.setParameter('context.weight', parameters['context.weight']!.data.fill(9));
    expect(parameters['output.bias']!.data).toHaveLength(size);
  });

  it('writes what it can, and says where it cannot go on', async () => {
    const steps: unknown[] = [];
    const write = async () => {
      for await (const step of model.generate({ ...start, ...longest })) steps.push(step);
    };
    await expect(write()).rejects.toMatchObject(
      nonFinite(/^generate: the network's outputs are not finite at step \d+: /),
    );
    expect(steps.length).toBeGreaterThan(100);
    const [few] = await model.generateMany([start], { maxSteps: 3 });
    expect(few!.y).toHaveLength(3);
    await expect(model.generateMany([still, start, still], longest)).rejects.toMatchObject(
      nonFinite(/^generateMany: sequence 1: the network's outputs are not finite/),
    );
  });

  it('is not measured on what it cannot read', async () => {
    const example = (steps: number) => ({
      x: [2],
      y: typeof y === 'string' ? y.repeat(steps) : Array.from({ length: steps }, () => y[0]),
    });
    await model.evaluate([example(3)] as never);
    await expect(model.evaluate([example(3), example(600)] as never)).rejects.toMatchObject(
      nonFinite(/^example 1: the network's outputs are not finite/),
    );
  });

  it('names the step of a stream', () => {
    const stream = model.stream(start);
    const step = typeof y === 'string' ? y : y[0];
    let at = 0;
    const run = () => {
      for (; at < 600; at += 1) stream.step(step);
    };
    expect(run).toThrow(expect.objectContaining({ code: 'ERR_NON_FINITE' }));
    expect(() => stream.step(step as never)).toThrow(new RegExp(`^step ${at}: the network's outputs`));
  });
});

describe('a text', () => {
  it('is not measured where it cannot be read', async () => {
    const model = new OneToMany({ cell: growing.cell, hidden, sequence: { kind: 'tokens' } });
    await model.fit('ab'.repeat(20), { epochs: 1 });
    grown(model);
    model.setParameter('embedding.weight', model.parameters()['embedding.weight']!.data.fill(1));
    model.setParameter('output.weight', model.parameters()['output.weight']!.data.fill(1));
    await expect(model.evaluate('ab'.repeat(400))).rejects.toMatchObject(
      nonFinite(/^the text, read on from step 0: the network's outputs are not finite at step \d+: /),
    );
  });
});

describe('a training', () => {
  it('names the example of the validation data, and leaves the model as it was', async () => {
    const model = grown(new ManyToOne({ ...growing, output: values }));
    const before = model.parameters();
    const validation = [short, long].map((x) => ({ x, y: [1] }));
    const fitting = model.fit([{ x: short, y: [1] }], {
      epochs: 2,
      validation,
      optimizer: { kind: 'sgd', learningRate: 1e-9 },
    });
    await expect(fitting).rejects.toMatchObject(nonFinite(/validation, example 1: the network's outputs/));
    expect(model.parameters()).toEqual(before);
  });

  it('names it by file and line where it came from a file', async () => {
    const model = grown(new ManyToOne({ ...growing, output: values }));
    const validation = [short, long].map((x, i) => new FileExample('v.jsonl', 7 + i, { x, y: [1] }));
    const fitting = model.fit([{ x: short, y: [1] }], {
      validation: validation as unknown as Example[],
      optimizer: { kind: 'sgd', learningRate: 1e-9 },
    });
    await expect(fitting).rejects.toMatchObject(nonFinite(/^[^:]*v\.jsonl:8: the network's outputs/));
  });
});
