// ONNX files of one recurrent layer, written without Python. Field numbers: onnx.proto of ONNX, IR version 8.
import protobuf from 'protobufjs';

const schema = protobuf.parse(`
  syntax = "proto3";
  message Attribute { string name = 1; int64 i = 3; bytes s = 4; repeated bytes strings = 9; int32 type = 20; }
  message Node { repeated string input = 1; repeated string output = 2; string op_type = 4; repeated Attribute attribute = 5; }
  message Tensor { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message Dimension { int64 dim_value = 1; }
  message Shape { repeated Dimension dim = 1; }
  message TensorType { int32 elem_type = 1; Shape shape = 2; }
  message Type { TensorType tensor_type = 1; }
  message Value { string name = 1; Type type = 2; }
  message Graph { repeated Node node = 1; string name = 2; repeated Tensor initializer = 5; repeated Value input = 11; repeated Value output = 12; }
  message Opset { string domain = 1; int64 version = 2; }
  message Model { int64 ir_version = 1; string producer_name = 2; Graph graph = 7; repeated Opset opset_import = 8; }
`, { keepCase: true }).root;

const float = 1;
const int32 = 6;
const attributeTypes = { integer: 2, string: 3 };

/** Rows of H of each gate in ONNX's order (i o f c; z r h), by their places in PyTorch's (i f g o; r z n). */
const gateOrders = { rnn: [0], gru: [1, 0, 2], lstm: [0, 3, 1, 2] };

const bytes = (values) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
const tensor = (name, dims, values) => ({ name, dims, data_type: float, raw_data: bytes(values) });
const value = (name, dims, elem_type = float) => ({
  name,
  type: { tensor_type: { elem_type, shape: { dim: dims.map((dim_value) => ({ dim_value })) } } },
});
const integer = (name, i) => ({ name, i, type: attributeTypes.integer });
const string = (name, s) => ({ name, s: new TextEncoder().encode(s), type: attributeTypes.string });

function concatenated(arrays) {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

function reordered(values, cell) {
  const size = values.length / gateOrders[cell].length;
  return concatenated(gateOrders[cell].map((gate) => values.subarray(gate * size, (gate + 1) * size)));
}

/**
 * @param {{ cell: 'rnn' | 'gru' | 'lstm', steps: number, batch: number, input: number, hidden: number, ragged?: boolean, states?: boolean }} layer
 *   `ragged`: with an input of lengths; `states`: first states go in and last ones come out
 * @param {{ weight_ih: Float32Array, weight_hh: Float32Array, bias: Float32Array, bias_hn?: Float32Array }[]} directions
 *   as `Recurrent` names and lays them out
 * @returns {Uint8Array} inputs x, lengths, h, c; outputs y `[T, D, B, H]`, hn, cn `[D, B, H]`
 */
export function recurrentModel({ cell, steps, batch, input, hidden, ragged = false, states = false }, directions) {
  const count = directions.length;
  const rows = gateOrders[cell].length * hidden;
  const all = (make) => concatenated(directions.map(make));
  const recurrentBias = ({ bias_hn }) => {
    const bias = new Float32Array(rows);
    if (bias_hn) bias.set(bias_hn, 2 * hidden);
    return bias;
  };
  const stateNames = states ? (cell === 'lstm' ? ['h', 'c'] : ['h']) : [];
  const stateShape = [count, batch, hidden];
  const graph = {
    name: cell,
    node: [
      {
        op_type: cell.toUpperCase(),
        input: ['x', 'w', 'r', 'b', ...(ragged || states ? [ragged ? 'lengths' : ''] : []), ...stateNames],
        output: ['y', ...stateNames.map((name) => `${name}n`)],
        attribute: [
          integer('hidden_size', hidden),
          string('direction', count === 2 ? 'bidirectional' : 'forward'),
          ...(cell === 'gru' ? [integer('linear_before_reset', 1)] : []),
        ],
      },
    ],
    initializer: [
      tensor('w', [count, rows, input], all(({ weight_ih }) => reordered(weight_ih, cell))),
      tensor('r', [count, rows, hidden], all(({ weight_hh }) => reordered(weight_hh, cell))),
      tensor('b', [count, 2 * rows], all((one) => concatenated([reordered(one.bias, cell), recurrentBias(one)]))),
    ],
    input: [
      value('x', [steps, batch, input]),
      ...(ragged ? [value('lengths', [batch], int32)] : []),
      ...stateNames.map((name) => value(name, stateShape)),
    ],
    output: [
      value('y', [steps, count, batch, hidden]),
      ...stateNames.map((name) => value(`${name}n`, stateShape)),
    ],
  };
  const model = { ir_version: 8, producer_name: 'bptt-bench', graph, opset_import: [{ domain: '', version: 14 }] };
  const type = schema.lookupType('Model');
  return type.encode(type.fromObject(model)).finish();
}
