// bptt's side of the comparison.
import { createRequire } from 'node:module';
import { serveSteps } from '../harness/step-server.mjs';
import { layer } from './bptt-layers.mjs';
import { models } from './bptt-models.mjs';
import { predictions, stream } from './bptt-serving.mjs';

const require = createRequire(import.meta.url);
const { native } = require('../../dist/addon/native.js');
const { version } = require('../../package.json');
const threads = Number(process.argv[2]);

const withThreads = (make) => (request) => make({ ...request, threads });

await serveSteps(() => ({ name: `bptt ${version}`, detail: native().system().isa }), {
  layer: withThreads(layer),
  model: ({ model, ...request }) => models[model]({ ...request, threads }),
  stream,
  predictions: withThreads(predictions),
});
