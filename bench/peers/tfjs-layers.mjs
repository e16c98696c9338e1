// The side of TensorFlow.js, for one of its backends.
import { createRequire } from 'node:module';
import { serveSteps } from '../harness/step-server.mjs';
import { noise } from './noise.mjs';

const require = createRequire(import.meta.url);

/** @param {'wasm' | 'cpu'} backend */
export async function serveTfjs(backend) {
  const log = console.log;
  // What it prints must not be taken for an answer.
  console.log = console.info = console.warn = () => {};
  const tf = require('@tensorflow/tfjs');
  if (backend === 'wasm') require('@tensorflow/tfjs-backend-wasm');
  if (!(await tf.setBackend(backend))) throw new Error(`no backend ${backend}`);
  await tf.ready();
  console.log = log;
  const makers = { rnn: tf.layers.simpleRNN, gru: tf.layers.gru, lstm: tf.layers.lstm };

  /** The layer as it comes, [B, T, I]; a GRU resets before the product, it has no other. */
  function layer({ cell, shape, mode }) {
    const { steps, batch, input, hidden, bidirectional = false } = shape;
    const one = () => makers[cell]({ units: hidden, returnSequences: true, recurrentInitializer: 'glorotUniform' });
    const layer = bidirectional ? tf.layers.bidirectional({ layer: one(), mergeMode: 'concat' }) : one();
    const x = tf.tensor3d(noise(batch * steps * input), [batch, steps, input]);
    const first = layer.apply(x);
    const dOutput = tf.tensor(noise(first.size), first.shape);
    first.dispose();
    if (mode === 'infer') {
      return () => tf.tidy(() => layer.apply(x).dataSync());
    }
    const variables = layer.trainableWeights.map(({ val }) => val);
    const versions = variables
      .filter(({ shape }) => shape.length === 2)
      .map((variable) => ({ variable, values: [variable.clone(), tf.mul(variable, 1.001)] }));
    let count = 0;
    return () =>
      tf.tidy(() => {
        count++;
        for (const { variable, values } of versions) variable.assign(values[count % 2]);
        const loss = (x) => tf.sum(tf.mul(layer.apply(x, { training: true }), dOutput));
        const gradients = tf.grads((x, ..._) => loss(x))([x, ...variables]);
        return gradients[0].dataSync();
      });
  }

  await serveSteps(() => ({ name: `TensorFlow.js ${tf.version.tfjs}`, detail: `${backend}, 1 thread` }), { layer });
}
