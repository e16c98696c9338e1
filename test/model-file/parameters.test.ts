import { ManyToOne, Recurrent } from '../../lib/index';

const refused = expect.objectContaining({
  name: 'BpttError',
  code: 'ERR_DATA',
  message: expect.stringMatching(/\[1\]: expected a finite number; found the number/) as string,
}) as Error;

describe.each([NaN, Infinity, -Infinity])('a parameter with %p is refused', (number) => {
  test('of a model, which is left as it was', () => {
    using model = new ManyToOne({
      cell: 'gru',
      hidden: 3,
      input: { kind: 'features', size: 2, normalize: false },
      output: { kind: 'values', size: 2 },
    });
    const before = model.parameters();
    expect(() => {
      model.setParameter('output.bias', Float32Array.of(1, number));
    }).toThrow(refused);
    expect(model.parameters()).toEqual(before);
  });

  test('of a bare layer', () => {
    using layer = new Recurrent({ cell: 'rnn', input: 1, hidden: 2 });
    const before = layer.parameter('bias_l0');
    expect(() => {
      layer.setParameter('bias_l0', Float32Array.of(1, number));
    }).toThrow(refused);
    expect(layer.parameter('bias_l0')).toEqual(before);
  });
});

test('an unknown option of a bare layer is an error', () => {
  using layer = new Recurrent({ cell: 'rnn', input: 1, hidden: 2 });
  const x = new Float32Array(2);
  const forward = { steps: 2, batch: 1, lenghts: Int32Array.of(1) };
  expect(() => layer.forward(x, forward)).toThrow(
    /forward: unknown option "lenghts"; expected one of steps,/,
  );
  layer.forward(x, { steps: 2, batch: 1, training: true });
  const backward = { dInputs: x };
  expect(() => layer.backward(new Float32Array(4), undefined, backward as never)).toThrow(
    /backward: unknown option "dInputs"/,
  );
});
