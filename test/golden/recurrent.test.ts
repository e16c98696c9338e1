import type { CellKind } from '../../binding';
import type { CellSpec } from '../../lib/architecture/architecture';
import { Recurrent } from '../../lib/models/recurrent';
import { decode, expectClose, readFixture } from './read-fixture';
import type { Encoded } from './read-fixture';

interface EncodedState {
  h: Encoded;
  c?: Encoded;
}

interface Case {
  name: string;
  steps: number;
  batch: number;
  lengths?: number[];
  state?: EncodedState;
  dFinalState?: EncodedState;
  x: Encoded;
  dOutput: Encoded;
  output: Encoded;
  finalState: EncodedState;
  dInput: Encoded;
  dState: EncodedState;
  gradients: Record<string, Encoded>;
}

interface Group {
  cell: CellKind;
  activation?: 'tanh' | 'relu' | 'sigmoid' | 'identity';
  reset?: 'after' | 'before';
  peepholes?: boolean;
  projection?: number;
  layerNorm?: boolean;
  input: number;
  hidden: number;
  layers: number;
  bidirectional: boolean;
  parameters: Record<string, Encoded>;
  cases: Case[];
}

function cellOf({ cell: kind, activation, reset, peepholes, projection, layerNorm }: Group): CellSpec {
  switch (kind) {
    case 'rnn':
      return { kind, activation };
    case 'gru':
      return { kind, reset, layerNorm };
    case 'lstm':
      return { kind, peepholes, projection, layerNorm };
    case 'mingru':
      return kind;
  }
}

function makeLayer(group: Group): Recurrent {
  const { input, hidden, layers, bidirectional } = group;
  const layer = new Recurrent({ cell: cellOf(group), input, hidden, layers, bidirectional, threads: 2 });
  for (const [name, data] of Object.entries(group.parameters)) layer.setParameter(name, decode(data));
  return layer;
}

function decodeState(state: EncodedState) {
  return { h: decode(state.h), ...(state.c && { c: decode(state.c) }) };
}

function expectState(
  what: string,
  actual: { h: Float32Array; c?: Float32Array },
  expected: EncodedState,
  share: number | undefined,
): void {
  expectClose(`${what} h`, actual.h, expected.h, share);
  if (expected.c) expectClose(`${what} c`, actual.c, expected.c, share);
  else expect(actual.c).toBeUndefined();
}

const cells = [
  'rnn-tanh',
  'rnn-relu',
  'rnn-sigmoid',
  'rnn-identity',
  'gru-after',
  'gru-before',
  'lstm',
  'lstm-projection',
  'lstm-peepholes',
  'lstm-peepholes-projection',
  'mingru',
  'lstm-layer-norm',
  'lstm-all',
  'gru-layer-norm',
];

describe.each(cells)('%s has the outputs and gradients of PyTorch', (cell) => {
  const { groups } = readFixture<{ groups: Group[] }>(`recurrent-${cell}`);
  const cases = groups.flatMap((group) => group.cases.map((one) => ({ name: one.name, group, one })));

  it.each(cases)('$name', ({ group, one }) => {
    const layer = makeLayer(group);
    // What is normalised among few units may be small beside what float32 has rounded.
    const share = group.layerNorm ? 2e-4 : undefined;
    const { output, state } = layer.forward(decode(one.x), {
      steps: one.steps,
      batch: one.batch,
      training: true,
      ...(one.lengths && { lengths: Int32Array.from(one.lengths) }),
      ...(one.state && { state: decodeState(one.state) }),
    });
    expectClose('output', output, one.output, share);
    expectState('final state', state, one.finalState, share);

    const { dInput, dState } = layer.backward(
      decode(one.dOutput),
      one.dFinalState && decodeState(one.dFinalState),
    );
    expectClose('dInput', dInput, one.dInput, share);
    expectState('dState', dState, one.dState, share);
    for (const [name, gradient] of Object.entries(one.gradients)) {
      expectClose(`gradient of ${name}`, layer.gradient(name), gradient, share);
    }
  });
});
