// Times bptt's recurrent layers alone. Options: node layers.mjs --help
import { readLayerOptions } from './harness/layer-options.mjs';
import { reportLayers } from './harness/layer-report.mjs';

await reportLayers(['bptt'], readLayerOptions());
