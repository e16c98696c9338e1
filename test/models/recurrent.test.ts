import { Recurrent, type ForwardOptions, type RecurrentOptions } from '../../lib/index';
import { laterCells } from '../tasks';

const options: RecurrentOptions = { cell: 'lstm', input: 3, hidden: 4, layers: 2, bidirectional: true };
const [T, B, I, H, L, D] = [5, 2, 3, 4, 2, 2];

function ramp(length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => Math.sin(index));
}

const x = ramp(T * B * I);
const dOutput = ramp(T * B * D * H);
const sizes: ForwardOptions = { steps: T, batch: B };

function error(code: string, message: RegExp): Error {
  return expect.objectContaining({
    name: 'BpttError',
    code,
    message: expect.stringMatching(message) as string,
  }) as Error;
}

test('forward and backward give arrays of the documented shapes', () => {
  using layer = new Recurrent(options);
  const { output, state } = layer.forward(x, { ...sizes, training: true });
  expect(output).toHaveLength(T * B * D * H);
  expect(state.h).toHaveLength(L * D * B * H);
  expect(state.c).toHaveLength(L * D * B * H);
  const { dInput, dState } = layer.backward(dOutput);
  expect(dInput).toHaveLength(x.length);
  expect(dState.h).toHaveLength(L * D * B * H);
  expect(dState.c).toHaveLength(L * D * B * H);
  expect(dInput.every((value) => value === 0)).toBe(false);
});

test('with a projection h has its size, in the output too, and c that of the units', () => {
  const P = 3;
  using layer = new Recurrent({ ...options, cell: { kind: 'lstm', projection: P } });
  const { output, state } = layer.forward(x, { ...sizes, training: true });
  const { dState } = layer.backward(ramp(T * B * D * P), state);
  expect([output, state.h, state.c, dState.h, dState.c].map((array) => array?.length)).toEqual([
    T * B * D * P,
    ...[L * D * B * P, L * D * B * H],
    ...[L * D * B * P, L * D * B * H],
  ]);
  const wrong = { h: state.c!, c: state.h };
  expect(() => layer.forward(x, { ...sizes, state: wrong })).toThrow(
    error('ERR_SHAPE', /state.h must be .* shape \[4, 2, 3\]/),
  );
});

test('the arrays handed over are written into', () => {
  using layer = new Recurrent(options);
  const [output, dInput] = [new Float32Array(T * B * D * H), new Float32Array(T * B * I)];
  expect(layer.forward(x, { ...sizes, training: true, output }).output).toBe(output);
  expect(layer.backward(dOutput, undefined, { dInput }).dInput).toBe(dInput);
  expect(output).toEqual(layer.forward(x, sizes).output);
});

test('only the LSTM has a c', () => {
  using layer = new Recurrent({ ...options, cell: 'gru' });
  const { state } = layer.forward(x, { ...sizes, training: true });
  expect(state).toEqual({ h: expect.any(Float32Array) as Float32Array });
  expect(layer.backward(dOutput).dState).toEqual({ h: expect.any(Float32Array) as Float32Array });
  expect(() => layer.forward(x, { ...sizes, state: { ...state, c: state.h } })).toThrow(
    error('ERR_SHAPE', /only an LSTM/),
  );
});

test.each(['lstm', ...laterCells])('the state of one part is where the next one goes on: %j', (cell) => {
  using layer = new Recurrent({ ...options, cell, hidden: 6, bidirectional: false });
  const whole = layer.forward(x, sizes);
  const first = layer.forward(x.slice(0, 2 * B * I), { steps: 2, batch: B });
  const rest = layer.forward(x.slice(2 * B * I), { steps: T - 2, batch: B, state: first.state });
  expect(rest.output).toEqual(whole.output.slice(first.output.length));
  expect(rest.state).toEqual(whole.state);
});

test('past a length the output is 0, and length 0 leaves the state as it was', () => {
  using layer = new Recurrent(options);
  const state = { h: ramp(L * D * B * H), c: ramp(L * D * B * H) };
  const result = layer.forward(x, { ...sizes, lengths: Int32Array.of(2, 0), state });
  for (let step = 0; step < T; step += 1) {
    const rows = result.output.subarray(step * B * D * H, (step + 1) * B * D * H);
    expect(rows.subarray(0, D * H).every((value) => value === 0)).toBe(step >= 2);
    expect(rows.subarray(D * H).every((value) => value === 0)).toBe(true);
  }
  for (let block = 0; block < L * D; block += 1) {
    const second = [(block * B + 1) * H, (block * B + 2) * H] as const;
    expect(result.state.h.slice(...second)).toEqual(state.h.slice(...second));
    expect(result.state.c!.slice(...second)).toEqual(state.c.slice(...second));
  }
});

test.each([
  [0, 2],
  [5, 0],
  [0, 0],
])('%d steps of %d sequences are fine', (steps, batch) => {
  using layer = new Recurrent(options);
  const { output, state } = layer.forward(new Float32Array(), { steps, batch, training: true });
  expect(output).toHaveLength(0);
  expect(state.h).toEqual(new Float32Array(L * D * batch * H));
  expect(layer.backward(output).dInput).toHaveLength(0);
});

test('parameters have the documented names and shapes', () => {
  const named = (cell: RecurrentOptions['cell']): unknown => {
    using layer = new Recurrent({ ...options, cell, layers: 1 });
    return layer.parameterNames.map((name) => [name, layer.parameterShape(name)]);
  };
  const shapes = (gates: number, more: (suffix: string) => unknown[] = () => []): unknown[] =>
    ['', '_reverse'].flatMap((suffix) => [
      [`weight_ih_l0${suffix}`, [gates * H, I]],
      [`weight_hh_l0${suffix}`, [gates * H, H]],
      [`bias_l0${suffix}`, [gates * H]],
      ...more(suffix),
    ]);
  expect(named('rnn')).toEqual(shapes(1));
  expect(named('lstm')).toEqual(shapes(4));
  expect(named('gru')).toEqual(shapes(3, (suffix) => [[`bias_hn_l0${suffix}`, [H]]]));
  expect(named({ kind: 'gru', reset: 'before' })).toEqual(shapes(3));
  expect(named({ kind: 'lstm', peepholes: true })).toEqual(
    shapes(4, (suffix) => [[`weight_peephole_l0${suffix}`, [3 * H]]]),
  );
  const places = ['', '_reverse'];
  expect(named({ kind: 'lstm', projection: 3 })).toEqual(
    places.flatMap((suffix) => [
      [`weight_ih_l0${suffix}`, [4 * H, I]],
      [`weight_hh_l0${suffix}`, [4 * H, 3]],
      [`bias_l0${suffix}`, [4 * H]],
      [`weight_hr_l0${suffix}`, [3, H]],
    ]),
  );
  expect(named('mingru')).toEqual(
    places.flatMap((suffix) => [
      [`weight_ih_l0${suffix}`, [2 * H, I]],
      [`bias_l0${suffix}`, [2 * H]],
    ]),
  );
});

test('parameters are copied both ways', () => {
  using layer = new Recurrent(options);
  const values = ramp(4 * H);
  layer.setParameter('bias_l1_reverse', values);
  values.fill(0);
  expect(layer.parameter('bias_l1_reverse')).toEqual(ramp(4 * H));
  layer.parameter('bias_l1_reverse').fill(0);
  expect(layer.parameter('bias_l1_reverse')).toEqual(ramp(4 * H));
});

test('the forget gate begins with its bias, and the same seed with the same parameters', () => {
  using layer = new Recurrent({ ...options, cell: { kind: 'lstm', forgetBias: 2.5 } });
  expect(layer.parameter('bias_l0').slice(H, 2 * H)).toEqual(new Float32Array(H).fill(2.5));
  using one = new Recurrent(options);
  using same = new Recurrent({ ...options, seed: 1, threads: 1 });
  using other = new Recurrent({ ...options, seed: 2 });
  expect(same.parameter('weight_ih_l0')).toEqual(one.parameter('weight_ih_l0'));
  expect(other.parameter('weight_ih_l0')).not.toEqual(one.parameter('weight_ih_l0'));
});

test('each backward overwrites the gradients', () => {
  using layer = new Recurrent(options);
  layer.forward(x, { ...sizes, training: true });
  layer.backward(dOutput);
  const gradient = layer.gradient('weight_hh_l0');
  expect(gradient).toHaveLength(4 * H * H);
  layer.forward(x, { ...sizes, training: true });
  layer.backward(dOutput);
  expect(layer.gradient('weight_hh_l0')).toEqual(gradient);
});

describe('the wrong call', () => {
  const layer = new Recurrent(options);

  test('backward without a forward that trains is ERR_STATE', () => {
    expect(() => layer.backward(dOutput)).toThrow(error('ERR_STATE', /training: true/));
    layer.forward(x, { ...sizes, training: true });
    layer.forward(x, sizes);
    expect(() => layer.backward(dOutput)).toThrow(error('ERR_STATE', /training: true/));
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      'too short an x',
      () => layer.forward(x.slice(1), sizes),
      /x must be .* shape \[5, 2, 3\] \(T, B, I\).* found a Float32Array of 29/,
    ],
    [
      'an x of doubles',
      () => layer.forward(new Float64Array(30) as never, sizes),
      /x must be a Float32Array.* found a Float64Array/,
    ],
    ['an x that is a list', () => layer.forward([...x] as never, sizes), /x must be a Float32Array/],
    ['no x', () => layer.forward(undefined as never, sizes), /x must be a Float32Array.* found nothing/],
    [
      '−1 steps',
      () => layer.forward(x, { steps: -1, batch: B }),
      /steps must be a whole number of at least 0; found the number -1/,
    ],
    ['half a step', () => layer.forward(x, { steps: 2.5, batch: B }), /steps must be/],
    ['no batch', () => layer.forward(x, { steps: T } as never), /batch must be .* found nothing/],
    ['2^31 steps', () => layer.forward(x, { steps: 2 ** 31, batch: 0 }), /steps|2147483648/],
    [
      'lengths for one more',
      () => layer.forward(x, { ...sizes, lengths: new Int32Array(3) }),
      /lengths must be an Int32Array .* found a Int32Array of 3/,
    ],
    [
      'lengths in a list',
      () => layer.forward(x, { ...sizes, lengths: [5, 5] as never }),
      /lengths must be an Int32Array/,
    ],
    [
      'a length beyond the steps',
      () => layer.forward(x, { ...sizes, lengths: Int32Array.of(5, 6) }),
      /lengths\[1\] must be 0 to 5 .* found 6/,
    ],
    [
      'a negative length',
      () => layer.forward(x, { ...sizes, lengths: Int32Array.of(-1, 5) }),
      /lengths\[0\]/,
    ],
    [
      'half a state',
      () => layer.forward(x, { ...sizes, state: { h: new Float32Array(16) } }),
      /state.h must be .*\[4, 2, 4\] \(L·D, B, P\)/,
    ],
    [
      'a state without c',
      () => layer.forward(x, { ...sizes, state: { h: new Float32Array(32) } }),
      /state.c must be/,
    ],
    [
      'too small an output',
      () => layer.forward(x, { ...sizes, output: new Float32Array(79) }),
      /output must be .* 80 numbers/,
    ],
    [
      'too small a gradient',
      () => {
        layer.forward(x, { ...sizes, training: true });
        return layer.backward(dOutput.slice(1));
      },
      /dOutput must be .*\[5, 2, 8\]/,
    ],
    [
      'too small a gradient of the state',
      () => {
        layer.forward(x, { ...sizes, training: true });
        return layer.backward(dOutput, { h: new Float32Array(1), c: new Float32Array(32) });
      },
      /dState.h must be/,
    ],
    [
      'too small a gradient of the input',
      () => {
        layer.forward(x, { ...sizes, training: true });
        return layer.backward(dOutput, undefined, { dInput: new Float32Array(1) });
      },
      /dInput must be/,
    ],
    [
      'a detached x',
      () => {
        const gone = x.slice();
        structuredClone(gone, { transfer: [gone.buffer] });
        return layer.forward(gone, sizes);
      },
      /x must be .* found a Float32Array of 0/,
    ],
    [
      'a parameter of another size',
      () => {
        layer.setParameter('bias_l0', new Float32Array(15));
      },
      /bias_l0 must be .*\[16\]/,
    ],
  ])('with %s is ERR_SHAPE', (_, call, message) => {
    expect(call).toThrow(error('ERR_SHAPE', message));
  });

  test.each<[string, () => unknown]>([
    ['parameter', () => layer.parameter('bias')],
    ['parameterShape', () => layer.parameterShape('bias')],
    ['gradient', () => layer.gradient('bias_l2')],
    [
      'setParameter',
      () => {
        layer.setParameter('', new Float32Array(16));
      },
    ],
  ])('%s with an unknown name is ERR_OPTION', (_, call) => {
    expect(call).toThrow(error('ERR_OPTION', /expected one of weight_ih_l0, /));
  });

  test('with a wrong option is ERR_OPTION', () => {
    expect(() => new Recurrent({ ...options, hidden: 0 })).toThrow(
      error('ERR_OPTION', /Recurrent: option "hidden"/),
    );
    expect(() => new Recurrent({ ...options, size: 3 } as never)).toThrow(
      error('ERR_OPTION', /unknown option "size"/),
    );
  });

  test('for sizes nobody has memory for is ERR_MEMORY', () => {
    expect(() => new Recurrent({ ...options, hidden: 2 ** 20 })).toThrow(error('ERR_MEMORY', /./));
  });

  test('after dispose is ERR_DISPOSED', () => {
    const gone = new Recurrent(options);
    gone.dispose();
    gone.dispose();
    const disposed = error('ERR_DISPOSED', /disposed/);
    expect(() => gone.forward(x, sizes)).toThrow(disposed);
    expect(() => gone.backward(dOutput)).toThrow(disposed);
    expect(() => gone.parameter('bias_l0')).toThrow(disposed);
    expect(() => gone.parameterNames).toThrow(disposed);
  });
});

test('there are no gradients before a backward', () => {
  using layer = new Recurrent(options);
  const none = error('ERR_STATE', /"bias_l0" before a backward/);
  expect(() => layer.gradient('bias_l0')).toThrow(none);
  expect(() => layer.gradient('bias')).toThrow(error('ERR_OPTION', /There is no parameter "bias"/));
  layer.forward(x, { ...sizes, training: true });
  expect(() => layer.gradient('bias_l0')).toThrow(none);
  layer.backward(dOutput);
  const gradient = layer.gradient('bias_l0');
  expect(gradient.some((value) => value !== 0)).toBe(true);
  layer.forward(x, sizes);
  expect(layer.gradient('bias_l0')).toEqual(gradient);
});

describe('precision: bfloat16', () => {
  /** Of the largest. What is normalised may be small, and a projection is one more product whose operands are rounded. */
  const bound = (cell: RecurrentOptions['cell']): number => {
    if (typeof cell === 'object' && 'layerNorm' in cell) return 0.1;
    return typeof cell === 'object' && 'projection' in cell ? 3e-2 : 2e-2;
  };
  const run = (precision: 'float32' | 'bfloat16', threads: number, cell: RecurrentOptions['cell']) => {
    using layer = new Recurrent({ ...options, cell, hidden: 40, precision, threads });
    const { output, state } = layer.forward(x, { ...sizes, training: true });
    const { dInput } = layer.backward(ramp(output.length));
    const gradients = layer.parameterNames.map((name) => layer.gradient(name));
    return [output, state.h, dInput, ...gradients];
  };

  test.each(['rnn', 'gru', 'lstm', { kind: 'gru', reset: 'before' }, ...laterCells] as const)(
    'is near float32, differs from it, and has the same bits with any number of threads: %j',
    (cell) => {
      const exact = run('float32', 1, cell);
      const rounded = run('bfloat16', 1, cell);
      for (const [index, values] of exact.entries()) {
        const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const error = values.reduce(
          (most, value, i) => Math.max(most, Math.abs(value - rounded[index]![i]!)),
          0,
        );
        expect(error / largest).toBeLessThan(bound(cell));
        expect(error / largest).toBeGreaterThan(1e-6);
      }
      expect(run('bfloat16', 3, cell)).toEqual(rounded);
    },
  );

  test('parameters stay float32', () => {
    using layer = new Recurrent({ ...options, precision: 'bfloat16' });
    using other = new Recurrent(options);
    expect(layer.parameter('weight_ih_l0')).toEqual(other.parameter('weight_ih_l0'));
  });

  test('no other name', () => {
    expect(() => new Recurrent({ ...options, precision: 'float16' as 'bfloat16' })).toThrow(
      error('ERR_OPTION', /precision.*float32.*bfloat16/),
    );
  });
});
