// From the start of a process to its first prediction: an LSTM is read from a file and reads 20 steps. Prints one JSON line.
//   node first-prediction.mjs bptt|onnxruntime write|predict FOLDER
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(new URL('../package.json', import.meta.url));
const [side, action, folder] = process.argv.slice(2);
const [steps, input, hidden] = [20, 64, 128];

const actions = {
  bptt: {
    async write() {
      const { ManyToOne } = require('..');
      const model = new ManyToOne({
        cell: 'lstm',
        hidden,
        input: { kind: 'features', size: input, normalize: false },
        output: { kind: 'values', size: 1 },
      });
      await model.save(join(folder, 'model.safetensors'));
    },
    async predict() {
      const { loadModel } = require('..');
      const model = await loadModel(join(folder, 'model.safetensors'));
      return (await model.predict(new Float32Array(steps * input).fill(0.5))).values.length;
    },
  },
  onnxruntime: {
    async write() {
      require('onnxruntime-node');
      const { recurrentModel } = await import('../peers/onnx-model.mjs');
      const random = (length) => Float32Array.from({ length }, (_, i) => Math.sin(i) / 12);
      const weights = { weight_ih: random(4 * hidden * input), weight_hh: random(4 * hidden * hidden), bias: random(4 * hidden) };
      writeFileSync(join(folder, 'model.onnx'), recurrentModel({ cell: 'lstm', steps, batch: 1, input, hidden }, [weights]));
    },
    async predict() {
      const { InferenceSession, Tensor } = require('onnxruntime-node');
      const session = await InferenceSession.create(join(folder, 'model.onnx'));
      const x = new Tensor('float32', new Float32Array(steps * input).fill(0.5), [steps, 1, input]);
      return (await session.run({ x })).y.size;
    },
  },
};

console.log(JSON.stringify({ size: await actions[side][action]() }));
