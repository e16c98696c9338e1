// The side of brain.js.
import { createRequire } from 'node:module';
import { serveSteps } from '../harness/step-server.mjs';
import { noise } from './noise.mjs';

const require = createRequire(import.meta.url);
const { recurrent } = require('brain.js');
const { version } = require('brain.js/package.json');
const nets = { rnn: recurrent.RNNTimeStep, gru: recurrent.GRUTimeStep, lstm: recurrent.LSTMTimeStep };

/** One sequence after the other: it has no batches. It always has an output layer, here as wide as the input. */
function layer({ cell, shape, lengths, mode }) {
  const { steps, input, hidden, bidirectional } = shape;
  if (bidirectional) throw new Error('reads in one direction only');
  const net = new nets[cell]({ inputSize: input, hiddenLayers: [hidden], outputSize: input });
  const values = noise((steps + 1) * input, 0.5);
  const row = (t) => Array.from(values.subarray(t * input, (t + 1) * input));
  // It learns what comes next, so that T steps take T + 1 rows.
  const sequences = lengths.map((length) => Array.from({ length: length + 1 }, (_, t) => row(t)));
  // Hardly learning, since a plain RNN of its kind would run away to NaN.
  const train = () => net.train(sequences, { iterations: 1, errorThresh: 0, learningRate: 1e-6 });
  if (mode === 'train') return train;
  net.train([sequences[0].slice(0, 2)], { iterations: 1, errorThresh: 0 });
  const inputs = sequences.map((sequence) => sequence.slice(0, -1));
  return () => inputs.map((sequence) => net.run(sequence));
}

await serveSteps(() => ({ name: `brain.js ${version}`, detail: 'JavaScript, 1 thread' }), { layer });
